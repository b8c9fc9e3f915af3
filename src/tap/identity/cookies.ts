import { createHash } from 'node:crypto'

/**
 * Browsers keep one cookie jar for all ports of a host (RFC 6265 §8.5), so what would be several jars is told apart by a
 * prefix of the name, one for each upstream origin.
 */
export function jarPrefix(origin: string): string {
  return `authtap-${createHash('sha256').update(origin).digest('hex').slice(0, 8)}-`
}

/** Where a browser keeps the cookies of one upstream. */
export interface Jar {
  /** What their names begin with; empty where nothing else has cookies for the host that the browser knows. */
  readonly prefix: string
  readonly scheme: 'http' | 'https'
  /** What their paths begin with. */
  readonly path: string
}

const anyJar = /^authtap-[0-9a-f]{8}-/

const ofOtherHosts = /^\s*domain\s*(?:=|$)/i
/** What a browser keeps from hosts with TLS only (RFC 6265bis §5.7). */
const ofTls = /^\s*(?:secure\s*$|partitioned\s*$|samesite\s*=\s*none\s*$)/i

/** A Set-Cookie value as a browser can keep it for the host that it knows, in the jar of that upstream. */
export function localSetCookie(value: string, { prefix, scheme, path }: Jar): string {
  const [pair = '', ...attributes] = value.split(';')
  const kept = attributes
    .filter(
      (attribute) =>
        !ofOtherHosts.test(attribute) && (scheme === 'https' || !ofTls.test(attribute)),
    )
    .map((attribute) => attribute.replace(/^(\s*path\s*=\s*)(?=\/)/i, `$1${path}`))
  return [named(pair, prefix), ...kept].join(';')
}

/** A cookie without a name keeps none (RFC 6265bis §5.7), only the jar's. */
function named(pair: string, prefix: string): string {
  if (prefix === '') return pair
  return pair.includes('=')
    ? pair.replace(/^\s*/, (space) => space + prefix)
    : `${prefix}=${pair.trim()}`
}

/**
 * The Cookie value as the upstream is to get it; undefined when nothing is left of it. What other upstreams set stays here.
 * @param browser the sender shares its jar among ports: what has no prefix was set by some other program of this machine
 */
export function upstreamCookie(
  value: string,
  prefix: string,
  browser: boolean,
): string | undefined {
  if (prefix === '') return value
  if (!browser && !value.includes('authtap-')) return value
  const kept = value
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(prefix) || (!browser && pair !== '' && !anyJar.test(pair)))
    .map((pair) => withoutPrefix(pair, prefix))
  return kept.length === 0 ? undefined : kept.join('; ')
}

function withoutPrefix(pair: string, prefix: string): string {
  if (!pair.startsWith(prefix)) return pair
  const bare = pair.slice(prefix.length)
  return bare.startsWith('=') ? bare.slice(1) : bare
}
