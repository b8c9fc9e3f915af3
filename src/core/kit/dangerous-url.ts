import { hostAndPort, isLoopback, isPrivate, origin } from '../wire/url.ts'

/** What makes a URL one that nobody may open or fetch. */
export interface Danger {
  readonly variant:
    'script-scheme' | 'file' | 'custom-scheme' | 'metacharacters' | 'userinfo' | 'ssrf-target'
  readonly why: string
}

const scripts = new Set(['javascript', 'vbscript', 'data', 'blob'])

/** Characters that no URI has (RFC 3986 §2) and that a shell or a terminal takes for its own; braces are templates. */
const stray = /[\p{Cc}\s"'`<>\\^|]/u

/** Addresses at which a cloud tells its machines their secrets. */
const cloudHosts = new Set([
  '169.254.169.254',
  '169.254.170.2',
  '100.100.100.200',
  '168.63.129.16',
  '[fd00:ec2::254]',
  'metadata.google.internal',
])

/** Why a URL of a document is dangerous, whoever uses it; undefined for a plain web URL, and for what is no URL. */
export function dangerOf(url: string): Danger | undefined {
  const scheme = /^\s*([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase()
  if (scheme === undefined) return undefined
  if (scripts.has(scheme))
    return { variant: 'script-scheme', why: `${scheme}: runs what stands behind it` }
  if (scheme === 'file') return { variant: 'file', why: 'it opens a file of whoever follows it' }
  if (scheme !== 'http' && scheme !== 'https')
    return { variant: 'custom-scheme', why: `${scheme}: starts another program` }
  if (stray.test(url))
    return {
      variant: 'metacharacters',
      why: 'it holds characters that a shell would take for its own',
    }
  if (/^https?:\/\/[^/?#]*@/i.test(url))
    return { variant: 'userinfo', why: 'what stands before the @ is not the host' }
  const host = hostAndPort(url)?.replace(/:\d+$/, '')
  return host !== undefined && cloudHosts.has(host)
    ? { variant: 'ssrf-target', why: 'a cloud gives its credentials away there' }
    : undefined
}

/** Whether a public place sends on to one inside a network, which only whoever fetches it can reach. */
export function leadsInside(from: string, to: string): boolean {
  const isInside = (url: string) => isLoopback(url) || isPrivate(url)
  return origin(from) !== undefined && origin(to) !== undefined && !isInside(from) && isInside(to)
}
