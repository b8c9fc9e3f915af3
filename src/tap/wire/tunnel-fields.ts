import { type Headers, headerValues } from '../../core/wire/exchange.ts'

/** Fields that tunnels, and proxies like them, add to a request on its way. */
const names = new Set([
  'cdn-loop',
  'client-ip',
  'forwarded',
  'true-client-ip',
  'via',
  'x-client-ip',
  'x-original-host',
  'x-real-ip',
])
const families = ['cf-', 'ngrok-', 'tailscale-', 'x-forwarded-', 'x-tunnel-']

/** Whether this is a field of what brought a request here, and not of the client. In lower case. */
export function isTunnelField(name: string): boolean {
  return names.has(name) || families.some((family) => name.startsWith(family))
}

/** Whether something on the way has left its mark. */
export function cameThroughTunnel(headers: Headers): boolean {
  return headers.some(([name]) => isTunnelField(name.toLowerCase()))
}

/** The host that the client asked for, where what brought it here put another one into Host (RFC 7239 §5.3). */
export function forwardedHost(headers: Headers): string | undefined {
  const listed = headerValues(headers, 'x-forwarded-host')[0]?.split(',', 1)[0]?.trim()
  if (listed !== undefined && listed !== '') return listed
  const original = headerValues(headers, 'x-original-host')[0]?.trim()
  if (original !== undefined && original !== '') return original
  return /(?:^|[;,\s])host="?([^";,\s]+)/i.exec(headerValues(headers, 'forwarded')[0] ?? '')?.[1]
}
