import { type Headers, headerValues } from '../../core/wire/exchange.ts'
import { isLoopback } from '../../core/wire/url.ts'
import { type Refusal, splitTarget, type Visit } from './gate.ts'
import { cameThroughTunnel, forwardedHost } from './tunnel-fields.ts'
import { parseUrl } from '../../core/wire/parse-url.ts'

/** The public names by which clients from elsewhere come, and what stands there. */
export interface Doors {
  /**
   * What is meant; undefined where nothing of ours has that name.
   * @param origin an https one, as `URL.origin` spells it
   * @param target path and query
   */
  find(
    origin: string,
    target: string,
  ): { readonly upstream: string; readonly rest: string } | undefined
  /** The public origin of the upstream that has this port; undefined when it has none. */
  originAt(port: number): string | undefined
}

/**
 * A request that came by a public name. The tunnel that brought it either left Host as the client wrote it, or put our own
 * address there and the client's in a field beside it, or only shows that it was there. Undefined where the client is on
 * this machine, or calls us by a name that is none of ours.
 */
export function visitFromElsewhere(
  doors: Doors,
  requestTarget: string,
  headers: Headers,
  port: number,
): Visit | Refusal | undefined {
  const hosts = headerValues(headers, 'host')
  const { authority, path } = splitTarget(requestTarget, 'https')
  const host = authority ?? hosts[0]
  if (hosts.length > 1 || host === undefined) return undefined
  const origin = publicOrigin(host)
  if (origin !== undefined && doors.find(origin, '/') !== undefined)
    return visit(doors, origin, path)
  if (!cameThroughTunnel(headers)) return undefined
  const forwarded = forwardedHost(headers)
  if (forwarded !== undefined) return visit(doors, publicOrigin(forwarded), path)
  const isOurs = origin !== undefined && isLoopback(new URL(origin).hostname)
  return isOurs ? visit(doors, doors.originAt(port), path) : undefined
}

function visit(doors: Doors, origin: string | undefined, asked: string): Visit | Refusal {
  const found = origin === undefined ? undefined : doors.find(origin, asked)
  if (origin === undefined || found === undefined)
    return { status: 421, text: 'nothing that authtap stands for has that name' }
  const { hostname: name, host: authority } = new URL(origin)
  const target = found.rest.startsWith('/') ? found.rest : `/${found.rest}`
  const through = { upstream: found.upstream, asked }
  return { name, scheme: 'https', authority, target, through }
}

function publicOrigin(host: string): string | undefined {
  if (!/^[^@/?#\\\s]+$/.test(host)) return undefined
  return parseUrl(`https://${host}`)?.origin
}
