import type { Socket } from 'node:net'
import { type Connector, type Link, endpointOf } from './connect.ts'
import { proxyFor } from './env-proxy.ts'

/** What became of one connection. */
export interface Reached {
  readonly link: Link
  /** The proxy through which it went. */
  readonly proxy: URL | undefined
  readonly socket: Socket | undefined
  readonly error: Error | undefined
}

/** Opens one connection to a server and sends nothing. Whoever takes the socket ends it. */
export function reach(server: URL, connector: Connector): Promise<Reached> {
  const proxy = proxyFor(server)
  const link: Link = { address: '', dns: 0, connect: 0, tls: undefined, uses: 0 }
  return new Promise((resolve) => {
    connector.open(endpointOf(server), proxy, link, (error, socket) =>
      resolve({ link, proxy, socket: socket ?? undefined, error: error ?? undefined }),
    )
  })
}
