import type { Failure } from '../core/wire/exchange.ts'
import type { Notices } from './notices.ts'
import type { Target } from './target.ts'
import type { Connector } from './wire/connect.ts'
import { proxyFor } from './wire/env-proxy.ts'
import { describeFailure } from './wire/failure.ts'
import { reach } from './wire/reach.ts'

/**
 * Opens one connection to each server, sends nothing and closes it: whoever mistyped a scheme, a port or a name learns it now
 * and not from a client that was set up meanwhile. The proxy goes on in any case, since servers may come up later.
 */
export function contact(targets: readonly Target[], connector: Connector, notices: Notices): void {
  const origins = new Map(targets.map((target) => [target.origin, target.url]))
  for (const [origin, url] of origins) {
    const server = new URL(origin)
    // A proxy takes plain requests only when there is one.
    if (server.protocol === 'http:' && proxyFor(server) !== undefined) continue
    void reach(server, connector).then(({ error, socket }) => {
      socket?.destroy()
      if (error === undefined) return
      const failure = describeFailure(error, connector.phase(error) ?? 'tcp')
      notices.tell('warning', 'no-contact', contactTrouble(url, failure), origin)
    })
  }
}

const untrusted =
  /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_|ERR_TLS_CERT)/

/** What went wrong at the first connection, and what to do about it. */
export function contactTrouble(url: string, { phase, code, message }: Failure): string {
  const { host, hostname, protocol } = new URL(url)
  if (phase === 'dns')
    return `The name ${hostname} was not found (${code}). Look for a typing error, or connect to the network or VPN that knows it.`
  if (code === 'ECONNREFUSED' || (phase === 'tcp' && message.includes('ECONNREFUSED')))
    return `Nothing listens at ${host}. Start the MCP server, or give the port that it says it listens on.`
  if (
    protocol === 'https:' &&
    /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/.test(code)
  )
    return `${host} speaks no TLS. Try ${url.replace(/^https/i, 'http')}.`
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `The certificate of ${host} is for another name. Give the name that it was made for, or --insecure to accept it all the same.`
  if (code === 'CERT_HAS_EXPIRED')
    return `The certificate of ${host} has expired. Renew it, or give --insecure to accept it all the same.`
  if (untrusted.test(code))
    return `The certificate of ${host} is not trusted (${code}). Give the authority that signed it with --ca FILE, or --insecure to accept it all the same.`
  return `${host} could not be connected to (${code}: ${message}). Clients will fail the same way until that is mended.`
}
