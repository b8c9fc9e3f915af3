import type { Citation } from './report.ts'

const mcpPages: Readonly<Record<string, string>> = {
  '2025-03-26': 'https://modelcontextprotocol.io/specification/2025-03-26/basic/authorization',
  '2025-06-18': 'https://modelcontextprotocol.io/specification/2025-06-18/basic/authorization',
  '2025-11-25': 'https://modelcontextprotocol.io/specification/2025-11-25/basic/authorization',
  '2026-07-28': 'https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization',
}

/**
 * Resolves a citation to a link. Spellings: `RFC 9728 §3.3`, `OAuth 2.1 §4.1.3`, `MCP 2025-11-25 Section Title`,
 * `MCP 2025-11-25 transports Section Title`, `OIDC Discovery §4.3`, `Fetch CORS protocol`, `CIMD §4`.
 * Returns undefined for a spelling it does not know.
 */
export function cite(ref: string): Citation | undefined {
  const url = linkOf(ref)
  return url === undefined ? undefined : { ref, url }
}

function linkOf(ref: string): string | undefined {
  const rfc = /^RFC (\d{4})(?: (?:§([\d.]+)|App\. ([A-Z])))?$/.exec(ref)
  if (rfc !== null) {
    const page = `https://www.rfc-editor.org/rfc/rfc${rfc[1]}`
    if (rfc[2] !== undefined) return `${page}#section-${rfc[2]}`
    return rfc[3] === undefined ? page : `${page}#appendix-${rfc[3]}`
  }
  const oauth = /^OAuth 2\.1(?: §([\d.]+))?$/.exec(ref)
  if (oauth !== null) {
    const page = 'https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1'
    return oauth[1] === undefined ? page : `${page}#section-${oauth[1]}`
  }
  const mcp = /^MCP (\d{4}-\d{2}-\d{2}) (transports |security |caching )?(.+)$/.exec(ref)
  if (mcp !== null) return mcpLink(mcp[1]!, mcp[2]?.trim(), mcp[3]!)
  if (ref.startsWith('OIDC Discovery'))
    return `https://openid.net/specs/openid-connect-discovery-1_0.html${oidcAnchor(ref)}`
  if (ref.startsWith('OIDC Registration'))
    return `https://openid.net/specs/openid-connect-registration-1_0.html`
  if (ref.startsWith('OIDC Core')) return `https://openid.net/specs/openid-connect-core-1_0.html`
  if (ref.startsWith('ID-JAG'))
    return 'https://datatracker.ietf.org/doc/draft-ietf-oauth-identity-assertion-authz-grant/'
  if (ref.startsWith('MCP extension '))
    return `https://modelcontextprotocol.io/extensions/auth/${ref.slice('MCP extension '.length).toLowerCase().replaceAll(' ', '-')}`
  if (ref.startsWith('Fetch')) return 'https://fetch.spec.whatwg.org/#http-cors-protocol'
  if (ref.startsWith('CIMD'))
    return 'https://datatracker.ietf.org/doc/draft-ietf-oauth-client-id-metadata-document/'
  return undefined
}

function mcpLink(revision: string, page: string | undefined, section: string): string | undefined {
  const authorization = mcpPages[revision]
  if (authorization === undefined) return undefined
  const base =
    page === 'transports'
      ? authorization.replace('authorization', 'transports')
      : page === 'security'
        ? authorization.replace('authorization', 'security_best_practices')
        : page === 'caching'
          ? authorization.replace('basic/authorization', 'server/utilities/caching')
          : authorization
  return `${base}#${section
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')}`
}

function oidcAnchor(ref: string): string {
  if (ref.includes('§4.3')) return '#ProviderConfigurationValidation'
  return ref.includes('§3') ? '#ProviderMetadata' : '#ProviderConfig'
}
