import { sameUrl } from './url.ts'
import { rawOrigin, splitUrl } from './url-parts.ts'

export interface ServerMetadataUrl {
  readonly url: string
  readonly form: 'oauth' | 'openid'
  readonly placement: 'root' | 'inserted' | 'appended'
}

export type WellKnown =
  | {
      readonly document: 'resource-metadata'
      readonly probe: 'path' | 'root'
      /** The resource whose metadata the URL asks for. */
      readonly target: string
    }
  | {
      readonly document: 'server-metadata'
      readonly form: 'oauth' | 'openid'
      readonly placement: 'root' | 'inserted' | 'appended'
      /** The issuer that the URL derives from. */
      readonly issuer: string
    }

const resourcePath = '/.well-known/oauth-protected-resource'
const serverPaths = {
  oauth: '/.well-known/oauth-authorization-server',
  openid: '/.well-known/openid-configuration',
} as const

/**
 * Where a client looks for the metadata of a resource when no challenge names it: the suffix inserted between host
 * and path, the query kept (RFC 9728 §3.1), then at the root. Empty for what is not an http(s) URL.
 */
export function resourceMetadataUrls(resource: string): { url: string; probe: 'path' | 'root' }[] {
  const parts = splitHttp(resource)
  if (parts === undefined) return []
  const { base, path, query } = parts
  if (path === '' || path === '/') return [{ url: base + resourcePath + query, probe: 'root' }]
  return [
    { url: base + resourcePath + path + query, probe: 'path' },
    { url: base + resourcePath, probe: 'root' },
  ]
}

/**
 * Where a client looks for the metadata of an authorization server, in the order of MCP 2025-11-25 Authorization
 * Server Metadata Discovery: RFC 8414 §3.1, then OpenID Connect Discovery §4, inserted before appended. The
 * terminating slash of the issuer goes. Empty for what is not an http(s) URL.
 */
export function serverMetadataUrls(issuer: string): ServerMetadataUrl[] {
  const parts = splitHttp(issuer)
  if (parts === undefined) return []
  const { base } = parts
  const { oauth, openid } = serverPaths
  const path = parts.path.endsWith('/') ? parts.path.slice(0, -1) : parts.path
  if (path === '') {
    return [
      { url: base + oauth, form: 'oauth', placement: 'root' },
      { url: base + openid, form: 'openid', placement: 'root' },
    ]
  }
  return [
    { url: base + oauth + path, form: 'oauth', placement: 'inserted' },
    { url: base + openid + path, form: 'openid', placement: 'inserted' },
    { url: base + path + openid, form: 'openid', placement: 'appended' },
  ]
}

/** Whether a client that is given this issuer identifier asks this URL for its metadata (RFC 8414 §3.1). */
export function leadsTo(issuer: string, url: string): boolean {
  return serverMetadataUrls(issuer).some((candidate) => asksFor(candidate.url, url))
}

/** Clients write host and port in their own spelling, without a port that need not be written; a slash more is another URL. */
export function asksFor(place: string, url: string): boolean {
  return place === url || (place.endsWith('/') === url.endsWith('/') && sameUrl(place, url))
}

/**
 * What a well-known URL asks for, and for whom: the two functions above undone. What surrounds the suffix keeps its
 * spelling; a document at the root gives the origin without a trailing slash. A suffix appended to a path is read
 * for authorization servers only, where OpenID Connect Discovery §4.1 has it so.
 */
export function readWellKnown(url: string): WellKnown | undefined {
  const parts = splitHttp(url)
  if (parts === undefined) return undefined
  const { base, path, query } = parts
  const resource = inserted(path, resourcePath)
  if (resource !== undefined) {
    const probe = resource === '' ? 'root' : 'path'
    return { document: 'resource-metadata', probe, target: base + resource + query }
  }
  return readServerPath(base, path)
}

function readServerPath(base: string, path: string): WellKnown | undefined {
  for (const form of ['oauth', 'openid'] as const) {
    const issuerPath = inserted(path, serverPaths[form])
    if (issuerPath === undefined) continue
    const placement = issuerPath === '' ? 'root' : 'inserted'
    return { document: 'server-metadata', form, placement, issuer: base + issuerPath }
  }
  for (const form of ['oauth', 'openid'] as const) {
    if (!path.endsWith(serverPaths[form])) continue
    const issuer = base + path.slice(0, -serverPaths[form].length)
    return { document: 'server-metadata', form, placement: 'appended', issuer }
  }
  return undefined
}

/** What follows the suffix; empty at the root, undefined when the path does not start with it. */
function inserted(path: string, suffix: string): string | undefined {
  if (path === suffix || path === `${suffix}/`) return ''
  return path.startsWith(`${suffix}/`) ? path.slice(suffix.length) : undefined
}

function splitHttp(url: string): { base: string; path: string; query: string } | undefined {
  const parts = splitUrl(url)
  if (parts?.authority === undefined || !/^https?$/i.test(parts.scheme)) return undefined
  if (parts.authority.host === '') return undefined
  return { base: rawOrigin(parts), path: parts.path, query: parts.query }
}
