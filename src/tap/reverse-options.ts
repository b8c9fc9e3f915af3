import type { Exchange } from '../core/wire/exchange.ts'
import type { Interception } from './intercept.ts'
import type { Notice } from './notices.ts'
import type { PublicOptions } from './public-names.ts'
import type { Identity } from './wire/listener.ts'

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
  /** Names under which clients from elsewhere come. */
  readonly publicly?: PublicOptions | undefined
  /** Clients speak https, and are shown this. */
  readonly identity?: Identity | undefined
  /** Connect to each target once at the start, and tell what is wrong. */
  readonly firstContact?: boolean
  /** Folder in which ports are remembered; undefined keeps none. */
  readonly stateDir?: string
  /** What is to be done to messages on purpose. */
  readonly interception?: Interception | undefined
  /** Called outside the forwarding path; again with the same id when the exchange grew. */
  emit(exchange: Exchange): void
  notice(notice: Notice): void
}
