import {
  defaultPort,
  join,
  normalEscapes,
  normalParts,
  normalPort,
  splitUrl,
  withoutSlash,
  type UrlParts,
} from './url-parts.ts'

/** How two URLs differ, in the order in which explanations are tried. */
export type UrlDifference =
  | 'trailing-slash'
  | 'case'
  | 'default-port'
  | 'percent-encoding'
  | 'scheme'
  | 'port'
  | 'www'
  | 'path'
  | 'query'
  | 'host'
  | 'other'

type Respell = (parts: UrlParts) => UrlParts

/** Ways to spell one thing differently, each undone (RFC 3986 §6.2.2, §6.2.3). `case` is that of scheme and host. */
const spellings: readonly (readonly [UrlDifference, Respell])[] = [
  ['trailing-slash', (parts) => ({ ...parts, path: withoutSlash(parts.path) })],
  ['case', inLowerCase],
  ['default-port', withoutDefaultPort],
  ['percent-encoding', withoutNeedlessEscapes],
]

/**
 * The smallest single explanation of why two URLs are not the same bytes; undefined when they are. Differences in
 * spelling come before differences in substance, and another host outweighs whatever else differs.
 */
export function difference(a: string, b: string): UrlDifference | undefined {
  if (a === b) return undefined
  const left = splitUrl(a)
  const right = splitUrl(b)
  if (left === undefined || right === undefined) return textDifference(a, b)
  return (
    spellingDifference(left, right) ??
    (afterScheme(a) === afterScheme(b) ? 'scheme' : undefined) ??
    partDifference(left, right)
  )
}

/** For values that are not both URLs: an audience without its scheme, a bare name. */
function textDifference(a: string, b: string): UrlDifference {
  if (withoutSlash(a) === withoutSlash(b)) return 'trailing-slash'
  if (a.toLowerCase() === b.toLowerCase()) return 'case'
  return afterScheme(a) === afterScheme(b) ? 'scheme' : 'other'
}

function afterScheme(url: string): string {
  const mark = url.indexOf('://')
  return mark === -1 ? url : url.slice(mark + 3)
}

function spellingDifference(left: UrlParts, right: UrlParts): UrlDifference | undefined {
  const same = (chosen: typeof spellings) => respelled(left, chosen) === respelled(right, chosen)
  const single = spellings.find((spelling) => same([spelling]))
  if (single !== undefined) return single[0]
  if (!same(spellings)) return undefined
  // Several at once: name the first that cannot be left out.
  return spellings.find((spelling) => !same(spellings.filter((other) => other !== spelling)))?.[0]
}

function respelled(parts: UrlParts, chosen: typeof spellings): string {
  return join(chosen.reduce((spelled, [, respell]) => respell(spelled), parts))
}

function inLowerCase(parts: UrlParts): UrlParts {
  const { authority } = parts
  const scheme = parts.scheme.toLowerCase()
  if (authority === undefined) return { ...parts, scheme }
  return { ...parts, scheme, authority: { ...authority, host: authority.host.toLowerCase() } }
}

function withoutDefaultPort(parts: UrlParts): UrlParts {
  const { authority } = parts
  if (authority === undefined) return parts
  const port = normalPort(parts.scheme, authority.port) ?? authority.port
  return { ...parts, authority: { ...authority, port } }
}

function withoutNeedlessEscapes(parts: UrlParts): UrlParts {
  return { ...parts, path: normalEscapes(parts.path), query: normalEscapes(parts.query) }
}

/** For URLs that are different things: the one part that differs, or the one that matters most. */
function partDifference(left: UrlParts, right: UrlParts): UrlDifference {
  const [normalLeft, normalRight] = [normalParts(left), normalParts(right)]
  if (normalLeft === undefined || normalRight === undefined) return 'other'
  if ((left.authority === undefined) !== (right.authority === undefined)) return 'other'
  const [first, ...others] = differingParts(normalLeft, normalRight)
  // Dot segments, or an address or a name of a host in two notations.
  if (first === undefined) return left.path === right.path ? 'host' : 'path'
  if (others.length === 0) return first
  return [first, ...others].find((part) => part === 'host' || part === 'www') ?? 'other'
}

function differingParts(left: UrlParts, right: UrlParts): UrlDifference[] {
  const parts: UrlDifference[] = []
  if (left.scheme !== right.scheme) parts.push('scheme')
  if (!samePort(left, right)) parts.push('port')
  const [leftHost, rightHost] = [left.authority?.host ?? '', right.authority?.host ?? '']
  if (leftHost !== rightHost) {
    parts.push(withoutWww(leftHost) === withoutWww(rightHost) ? 'www' : 'host')
  }
  if (left.path !== right.path) parts.push('path')
  if (left.query !== right.query) parts.push('query')
  if (left.fragment !== right.fragment) parts.push('other')
  if (left.authority?.userinfo !== right.authority?.userinfo) parts.push('other')
  return parts
}

/** Equal as written or in effect: with another scheme, another default port is no difference of its own. */
function samePort(left: UrlParts, right: UrlParts): boolean {
  if (left.authority?.port === right.authority?.port) return true
  return effectivePort(left) === effectivePort(right)
}

function effectivePort(parts: UrlParts): string | undefined {
  return parts.authority?.port || defaultPort(parts.scheme)
}

function withoutWww(host: string): string {
  return host.startsWith('www.') ? host.slice(4) : host
}
