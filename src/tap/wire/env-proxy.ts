import { isLoopback } from '../../core/wire/url.ts'
import { UserError } from '../../errors.ts'
import { parseUrl } from '../../core/wire/parse-url.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The HTTP proxy that the environment names for this upstream, as curl reads it; undefined when it is reached directly. */
export function proxyFor(upstream: URL, env: Environment = process.env): URL | undefined {
  if (isLoopback(upstream.hostname) || exempt(upstream, env)) return undefined
  const secure = upstream.protocol === 'https:'
  // Upper-case HTTP_PROXY is what a CGI server sets from a request's Proxy header; here nobody can, so both are read.
  const named = secure
    ? (env['https_proxy'] ?? env['HTTPS_PROXY'] ?? env['all_proxy'] ?? env['ALL_PROXY'])
    : (env['http_proxy'] ?? env['HTTP_PROXY'] ?? env['all_proxy'] ?? env['ALL_PROXY'])
  return named === undefined || named === '' ? undefined : readProxy(named)
}

function readProxy(named: string): URL {
  const text = named.includes('://') ? named : `http://${named}`
  const url = parseUrl(text)
  const known = url?.protocol === 'http:' || url?.protocol === 'https:'
  if (url !== undefined && known && isEncoded(url.username + url.password)) return url
  throw new UserError(
    'EPROXYURL',
    'the proxy in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY is not an http or https URL',
    'correct that variable, or list the host of the MCP server in NO_PROXY',
  )
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

function exempt(upstream: URL, env: Environment): boolean {
  const host = upstream.hostname
  const port =
    upstream.port === '' ? (upstream.protocol === 'https:' ? '443' : '80') : upstream.port
  return (env['no_proxy'] ?? env['NO_PROXY'] ?? '')
    .toLowerCase()
    .split(/[,\s]/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true
      const ported = /^(.*[^:]):(\d{1,5})$/.exec(entry)
      if (ported !== null && ported[2] !== port) return false
      const name = (ported?.[1] ?? entry).replace(/^\*?\./, '')
      return host === name || host === `[${name}]` || host.endsWith(`.${name}`)
    })
}

/** The credentials in a proxy's URL, as the field that carries them. */
export function proxyAuthorization(proxy: URL): { 'proxy-authorization'?: string } {
  if (proxy.username === '') return {}
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` }
}
