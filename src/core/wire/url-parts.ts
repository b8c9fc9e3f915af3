/** A URL taken apart as RFC 3986 Appendix B does it; joined in order the parts give the string back. */
export interface UrlParts {
  readonly scheme: string
  /** Undefined when there is none: `urn:example`, `com.example:/callback`. */
  readonly authority: Authority | undefined
  readonly path: string
  /** With its question mark; empty when there is none. */
  readonly query: string
  /** With its number sign; empty when there is none. */
  readonly fragment: string
}

interface Authority {
  /** With its at sign; empty when there is none. */
  readonly userinfo: string
  readonly host: string
  /** With its colon; empty when there is none. */
  readonly port: string
}

const appendixB = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)(\?[^#]*)?(#[^]*)?$/i

/** Takes an absolute URL apart without changing a character of it; undefined when it has no scheme. */
export function splitUrl(url: string): UrlParts | undefined {
  const match = appendixB.exec(url)
  if (match === null) return undefined
  const [, scheme = '', authority, path = '', query = '', fragment = ''] = match
  return {
    scheme,
    authority: authority === undefined ? undefined : splitAuthority(authority),
    path,
    query,
    fragment,
  }
}

export function splitAuthority(authority: string): Authority {
  const hostStart = authority.lastIndexOf('@') + 1
  const colon = authority.lastIndexOf(':')
  const portStart =
    colon > authority.lastIndexOf(']') && colon >= hostStart ? colon : authority.length
  return {
    userinfo: authority.slice(0, hostStart),
    host: authority.slice(hostStart, portStart),
    port: authority.slice(portStart),
  }
}

/** The URL up to its path, as it was written. */
export function rawOrigin(parts: UrlParts): string {
  const { userinfo, host, port } = parts.authority ?? { userinfo: '', host: '', port: '' }
  return `${parts.scheme}://${userinfo}${host}${port}`
}

const defaultPorts: ReadonlyMap<string, string> = new Map([
  ['http', ':80'],
  ['https', ':443'],
  ['ws', ':80'],
  ['wss', ':443'],
])

/** The default port of a web scheme, with its colon. */
export function defaultPort(scheme: string): string | undefined {
  return defaultPorts.get(scheme.toLowerCase())
}

/** Schemes whose authority is a network host for certain. */
export function isWeb(scheme: string): boolean {
  return defaultPort(scheme) !== undefined
}

/** Characters of a host. DNS allows 253 (RFC 1035 §2.3.4). */
const maxHost = 1000

/** The host as every URL parser of a client sees it: lower case, IDNA, IPv4 and IPv6 in one spelling. */
export function normalHost(host: string): string | undefined {
  // The URL Standard drops some of these silently and reads a backslash as the end of the host.
  if (host === '' || host.length > maxHost || /[\s\\]/.test(host)) return undefined
  // What looks like the beginning of a port is none of the host, and would be read as one.
  if (host.includes(':') && !host.startsWith('[')) return undefined
  try {
    return new URL(`http://${host}/`).hostname
  } catch {
    return undefined
  }
}

/** The port without leading zeros; empty when it is the scheme's own (RFC 3986 §6.2.3). */
export function normalPort(scheme: string, port: string): string | undefined {
  if (port === '' || port === ':') return ''
  if (!/^:\d+$/.test(port) || Number(port.slice(1)) > 65535) return undefined
  const short = `:${Number(port.slice(1))}`
  return short === defaultPort(scheme) ? '' : short
}

/** Percent-encoding in one spelling: unreserved characters bare, hex digits upper case (RFC 3986 §6.2.2). */
export function normalEscapes(text: string): string {
  return text.replace(/%[0-9a-f]{2}/gi, (escape) => {
    const character = String.fromCharCode(parseInt(escape.slice(1), 16))
    return /[a-z0-9\-._~]/i.test(character) ? character : escape.toUpperCase()
  })
}

/** RFC 3986 §5.2.4. */
function withoutDotSegments(path: string): string {
  if (!path.includes('/.')) return path
  const kept: string[] = []
  const segments = path.split('/')
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1
    if (segment === '..') {
      if (kept.length > 1) kept.pop()
      if (last) kept.push('')
    } else if (segment === '.') {
      if (last) kept.push('')
    } else {
      kept.push(segment)
    }
  }
  return kept.join('/')
}

export function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path
}

/** One spelling for all (RFC 3986 §6.2.2, §6.2.3); undefined when the host is one that no client could reach. */
export function normalParts(parts: UrlParts): UrlParts | undefined {
  const scheme = parts.scheme.toLowerCase()
  const query = normalEscapes(parts.query)
  if (parts.authority === undefined) {
    return isWeb(scheme) ? undefined : { ...parts, scheme, query, path: normalEscapes(parts.path) }
  }
  const { userinfo } = parts.authority
  const host = isWeb(scheme) ? normalHost(parts.authority.host) : parts.authority.host.toLowerCase()
  const port = normalPort(scheme, parts.authority.port)
  if (host === undefined || port === undefined || userinfo.includes('\\')) return undefined
  const path = withoutSlash(withoutDotSegments(normalEscapes(parts.path)))
  return { ...parts, scheme, authority: { userinfo, host, port }, path, query }
}

export function join(parts: UrlParts): string {
  const start = parts.authority === undefined ? `${parts.scheme}:` : rawOrigin(parts)
  return start + parts.path + parts.query + parts.fragment
}
