import { joinWebUrl, splitWebUrl } from './authority.ts'
import { parseUrl } from '../../core/wire/parse-url.ts'

/** Hosts on which the relay listens; any other loopback address is not reached by it. */
const relayHosts = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Path of the relay for redirect URIs that are not on this machine. */
export const callbackPath = '/~callback'

/** The redirect URI with only the port replaced (RFC 8252 §7.3); undefined when it is not on a loopback host. */
export function swapPort(redirectUri: string, port: number): string | undefined {
  const parts = splitWebUrl(redirectUri)
  if (parts === undefined || parts.scheme.toLowerCase() !== 'http') return undefined
  if (!relayHosts.has(parts.host.toLowerCase())) return undefined
  return joinWebUrl({ ...parts, port: `:${port}` })
}

/** A relay URI that can be registered for any redirect URI. */
export function relayUriFor(redirectUri: string, port: number, host: string): string {
  return swapPort(redirectUri, port) ?? `http://${host}:${port}${callbackPath}`
}

/** The relay for clients from elsewhere, at a public origin. */
export function publicRelayUri(origin: string): string {
  return origin + callbackPath
}

/** Path of a relay URI as a browser requests it. */
export function pathOf(relayUri: string): string | undefined {
  return parseUrl(relayUri)?.pathname
}
