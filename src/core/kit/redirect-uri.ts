import { isLoopback } from '../wire/url.ts'
import { splitUrl } from '../wire/url-parts.ts'

/** Why a redirect URI must not be registered or used, in words. */
interface UnsafeRedirectUri {
  readonly variant:
    'relative' | 'dangerous-scheme' | 'fragment' | 'wildcard' | 'http-public' | 'custom-scheme'
  readonly text: string
}

/** Schemes whose handler runs or reads what it is given instead of bringing it to an application. */
const dangerous = new Set(['about', 'blob', 'data', 'file', 'filesystem', 'javascript', 'vbscript'])

/**
 * What is wrong with a redirect URI by its own looks (OAuth 2.1 §2.3, MCP Communication Security): it has to be https, or
 * a loopback URI. A scheme of an application's own is outside that text, and editors use some all the same.
 */
export function unsafeRedirectUri(uri: string): UnsafeRedirectUri | undefined {
  const parts = splitUrl(uri)
  if (parts === undefined) return { variant: 'relative', text: 'is no absolute URI' }
  const scheme = parts.scheme.toLowerCase()
  if (dangerous.has(scheme))
    return {
      variant: 'dangerous-scheme',
      text: `has the scheme ${scheme}, which no client answers`,
    }
  if (parts.fragment !== '') return { variant: 'fragment', text: 'has a fragment' }
  const segments = [...(parts.authority?.host.split('.') ?? []), ...parts.path.split('/')]
  if (segments.some((segment) => segment === '*' || segment === '**'))
    return { variant: 'wildcard', text: 'has a wildcard' }
  if (scheme === 'https' || isLoopback(uri)) return undefined
  return scheme === 'http'
    ? { variant: 'http-public', text: 'is plain http to a host that is not this machine' }
    : { variant: 'custom-scheme', text: `has the scheme ${scheme}, neither https nor loopback` }
}
