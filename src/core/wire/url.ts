import {
  isWeb,
  join,
  normalHost,
  normalParts,
  splitAuthority,
  splitUrl,
  type UrlParts,
} from './url-parts.ts'

export { difference, type UrlDifference } from './url-difference.ts'

function read(url: string): UrlParts | undefined {
  const parts = splitUrl(url)
  return parts === undefined ? undefined : normalParts(parts)
}

/** `scheme://host[:port]` in one spelling; undefined when the URL has no host. */
export function origin(url: string): string | undefined {
  const parts = read(url)
  if (parts?.authority === undefined || parts.authority.host === '') return undefined
  return `${parts.scheme}://${parts.authority.host}${parts.authority.port}`
}

/**
 * The URL in one spelling: scheme and host in lower case, no default port, no dot segments, unreserved characters
 * bare (RFC 3986 §6.2.2, §6.2.3), one trailing slash dropped. Query and fragment stay. Only for telling "the same
 * thing, spelled differently"; identifiers are compared byte for byte. Undefined for what is not an absolute URL.
 */
export function normUrl(url: string): string | undefined {
  const parts = read(url)
  return parts === undefined ? undefined : join(parts)
}

/** Equal bytes, or one thing in two spellings. */
export function sameUrl(a: string, b: string): boolean {
  if (a === b) return true
  const normal = normUrl(a)
  return normal !== undefined && normal === normUrl(b)
}

/** Same origin, and the parent's path is a prefix of the child's in whole segments. Queries do not count. */
export function covers(parent: string, child: string): boolean {
  const parentOrigin = origin(parent)
  if (parentOrigin === undefined || parentOrigin !== origin(child)) return false
  const parentPath = read(parent)?.path ?? ''
  const childPath = read(child)?.path ?? ''
  return childPath === parentPath || childPath.startsWith(`${parentPath}/`)
}

/** Two URLs on one loopback host that differ in the port alone (RFC 8252 §7.3). */
export function loopbackEqual(a: string, b: string): boolean {
  const portless = withoutPort(a)
  return portless !== undefined && portless === withoutPort(b) && isLoopback(a) && isLoopback(b)
}

function withoutPort(url: string): string | undefined {
  const parts = splitUrl(url)
  if (parts?.authority === undefined) return undefined
  return join({ ...parts, authority: { ...parts.authority, port: '' } })
}

/** A host of this machine (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3, RFC 6761 §6.3). Takes a host, host:port or web URL. */
export function isLoopback(hostOrUrl: string): boolean {
  const host = hostOf(hostOrUrl)
  if (host === undefined) return false
  const ip = ipv4(host)
  if (ip !== undefined) return ip[0] === 127
  return host === '[::1]' || host === 'localhost' || host.endsWith('.localhost')
}

/** Names of hosts that exist inside one network, cluster or cloud only. */
const privateSuffixes = ['.local', '.internal', '.svc']

/** Addresses of cloud metadata services that lie in no private range: Alibaba Cloud, Azure. */
const cloudMetadata = new Set(['100.100.100.200', '168.63.129.16'])

/**
 * A host that the public network does not reach: RFC 1918, RFC 4193, link-local (RFC 3927, RFC 4291 §2.5.6),
 * unspecified, cloud metadata, cluster-internal and single-label names. Loopback is not among them.
 * Takes a host, host:port or web URL.
 */
export function isPrivate(hostOrUrl: string): boolean {
  const host = hostOf(hostOrUrl)
  if (host === undefined || isLoopback(host)) return false
  const ip = ipv4(host)
  if (ip !== undefined) return isPrivateIpv4(ip)
  if (host.startsWith('[')) return host === '[::]' || /^\[(?:f[cd]..|fe[89ab].):/.test(host)
  return !host.includes('.') || privateSuffixes.some((suffix) => host.endsWith(suffix))
}

function isPrivateIpv4(ip: readonly number[]): boolean {
  const [first = 0, second = 0] = ip
  return (
    first === 0 ||
    first === 10 ||
    (first === 172 && second >= 16 && second <= 31) ||
    (first === 192 && second === 168) ||
    (first === 169 && second === 254) ||
    cloudMetadata.has(ip.join('.'))
  )
}

/** The four bytes of an IPv4 address, also of one mapped into IPv6 (RFC 4291 §2.5.5.2). */
function ipv4(host: string): number[] | undefined {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return host.split('.').map(Number)
  const mapped = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(host)
  if (mapped === null) return undefined
  return mapped.slice(1).flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 255])
}

function hostOf(hostOrUrl: string): string | undefined {
  const host = hostOrUrl.includes('://') ? webHost(hostOrUrl) : bareHost(hostOrUrl)
  const normal = host === undefined ? undefined : normalHost(host)
  return normal?.endsWith('.') ? normal.slice(0, -1) : normal
}

/** Only these schemes have network hosts for certain: in `myapp://callback` nothing names a machine. */
function webHost(url: string): string | undefined {
  const parts = splitUrl(url)
  return parts !== undefined && isWeb(parts.scheme) ? parts.authority?.host : undefined
}

/** The host of `host`, `host:port`, `[v6]`, `[v6]:port`, `v6` and `v6%zone`. */
function bareHost(text: string): string | undefined {
  if (text.startsWith('[')) return splitAuthority(text).host
  const colon = text.indexOf(':')
  if (colon === -1) return text
  if (colon === text.lastIndexOf(':')) {
    return /^\d*$/.test(text.slice(colon + 1)) ? text.slice(0, colon) : undefined
  }
  return `[${text.split('%', 1)[0] ?? ''}]`
}

/** The URL up to its query or fragment: what is compared when a redirect URI is matched. */
export function withoutResponse(url: string): string {
  return url.split(/[?#]/, 1)[0]!
}

/** Host and port, whatever the scheme. */
export function hostAndPort(url: string): string | undefined {
  return origin(url)?.split('://')[1]
}
