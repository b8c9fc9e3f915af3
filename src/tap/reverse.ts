import type { Exchange } from '../core/exchange.ts'
import { UserError } from '../errors.ts'
import type { Notice } from './notice.ts'

export interface ReverseOptions {
  /** Absolute http or https URLs of MCP endpoints. */
  readonly targets: readonly string[]
  /** The first target's port. 0: every port is ephemeral and state is neither read nor written. */
  readonly port?: number
  /** Address to listen on in place of both loopback addresses; one that is not loopback needs `allowRemote`. */
  readonly host?: string
  /** Further origins to map from the start, such as an identity provider. */
  readonly also?: readonly string[]
  readonly relay?: 'auto' | 'always' | 'never'
  readonly dpop?: 'rebind'
  /** PEM certificates to trust for the upstream in addition to the system's. */
  readonly ca?: string
  /** PEM client certificate and key for the upstream. */
  readonly cert?: string
  readonly key?: string
  /** Accept any certificate of the upstream. */
  readonly insecure?: boolean
  /** Bytes kept of each body; the rest is passed on and counted. Default 1 MiB. */
  readonly bodyLimit?: number
  /** Web origins that may call the proxy although they are not loopback. */
  readonly allowOrigin?: readonly string[]
  readonly allowRemote?: boolean
  /** Folder in which ports are remembered; undefined keeps none. */
  readonly stateDir?: string
  /** Called outside the forwarding path; again with the same id when the exchange grew. */
  emit(exchange: Exchange): void
  notice(notice: Notice): void
}

export interface Listening {
  /** The targets in the order given, and where each is now reached. */
  readonly urls: readonly { readonly upstream: string; readonly url: string }[]
  /** Port of each mapped upstream origin. */
  readonly ports: Readonly<Record<string, number>>
  readonly relayPort: number
}

export interface ReverseTap {
  /** Read anew, it includes the origins mapped since. */
  readonly listening: Listening
  /** Stops accepting, closes streams, records what was in flight as ended. */
  stop(): Promise<void>
  /** The local spelling of an upstream URL; the URL itself when its origin is not mapped. */
  url(upstreamUrl: string): string
}

/** Starts the reverse proxy. Throws UserError when it cannot start. */
export function startReverse(_options: ReverseOptions): Promise<ReverseTap> {
  return Promise.reject(new UserError('ENOTREADY', 'the reverse proxy cannot start yet'))
}
