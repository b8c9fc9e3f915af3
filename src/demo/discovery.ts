import { address, objectOf, send, Stopped, text } from './web.ts'
import { parseUrl } from '../core/wire/parse-url.ts'

/** What the 401 said, as far as it could be read. */
export interface ChallengeFacts {
  readonly resourceMetadata: string | undefined
  readonly scope: string | undefined
}

/** What the client needs to know to log in. */
export interface Discovered {
  readonly resource: string
  readonly scope: string | undefined
  readonly issuer: string
  readonly authorizationEndpoint: string
  readonly tokenEndpoint: string
  readonly registrationEndpoint: string
  /** The authorization response has to carry `iss` (RFC 9207 §3). */
  readonly issPromised: boolean
}

export function readChallenge(response: Response): ChallengeFacts {
  const field = response.headers.get('www-authenticate') ?? ''
  if (!/^bearer /i.test(field)) return { resourceMetadata: undefined, scope: undefined }
  const url = parameter(field, 'resource_metadata')
  return {
    resourceMetadata: url !== undefined && parseUrl(url) !== undefined ? url : undefined,
    scope: parameter(field, 'scope'),
  }
}

function parameter(field: string, name: string): string | undefined {
  const match = new RegExp(`[ ,]${name}=(?:"([^"]*)"|([^ ,]+))`, 'i').exec(field)
  return match?.[1] ?? match?.[2]
}

/** From a challenge to the endpoints of the authorization server, with every identity checked on the way. */
export async function discover(
  mcpUrl: string,
  challenge: ChallengeFacts,
  say: (line: string) => void,
): Promise<Discovered> {
  const resource = await findResourceMetadata(mcpUrl, challenge)
  say(`resource metadata names ${resource.issuer} as authorization server`)
  const server = await findServerMetadata(resource.issuer)
  say(`server metadata of ${resource.issuer} is complete`)
  return { ...server, ...resource, scope: challenge.scope ?? resource.scope }
}

/** Header first, then the path-inserted well-known URL, then the root (MCP 2025-11-25 Protected Resource Metadata Discovery). */
async function findResourceMetadata(mcpUrl: string, challenge: ChallengeFacts) {
  const { origin, pathname } = new URL(mcpUrl)
  const root = `${origin}/.well-known/oauth-protected-resource`
  const candidates = new Set([
    challenge.resourceMetadata,
    pathname === '/' ? undefined : root + pathname,
    root,
  ])
  for (const url of candidates) {
    const document = url === undefined ? undefined : await objectOf(await send(url))
    if (document === undefined) continue
    const resource = text(document, 'resource', 'the resource metadata')
    if (resource !== mcpUrl && !(url === root && resource === origin)) {
      throw new Stopped(`the resource metadata describes ${resource}, not ${mcpUrl}`)
    }
    return { resource, issuer: firstServer(document), scope: scopesOf(document) }
  }
  throw new Stopped(
    'the server asks for authorization, but its resource metadata is nowhere to be found',
  )
}

function firstServer(document: Record<string, unknown>): string {
  const servers = document['authorization_servers']
  const first: unknown = Array.isArray(servers) ? servers[0] : undefined
  return address({ authorization_servers: first }, 'authorization_servers', 'the resource metadata')
}

function scopesOf(document: Record<string, unknown>): string | undefined {
  const scopes = document['scopes_supported']
  return Array.isArray(scopes) && scopes.length > 0 ? scopes.join(' ') : undefined
}

/** MCP 2025-11-25 Authorization Server Metadata Discovery. */
function metadataUrls(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.endsWith('/') ? pathname.slice(0, -1) : pathname
  const urls = ['oauth-authorization-server', 'openid-configuration'].map(
    (name) => `${origin}/.well-known/${name}${path}`,
  )
  return path === '' ? urls : [...urls, `${origin}${path}/.well-known/openid-configuration`]
}

async function findServerMetadata(issuer: string) {
  for (const url of metadataUrls(issuer)) {
    const document = await objectOf(await send(url))
    if (document !== undefined) return checkServerMetadata(issuer, document)
  }
  throw new Stopped(`the authorization server ${issuer} publishes no metadata`)
}

function checkServerMetadata(issuer: string, document: Record<string, unknown>) {
  const owner = 'the server metadata'
  const named = text(document, 'issuer', owner)
  // RFC 8414 §3.3: identical, without any normalisation.
  if (named !== issuer)
    throw new Stopped(`the server metadata is that of ${named}, not of ${issuer}`)
  const methods = document['code_challenge_methods_supported']
  if (!Array.isArray(methods) || !methods.includes('S256')) {
    throw new Stopped('the authorization server does not say that it supports PKCE with S256')
  }
  return {
    authorizationEndpoint: address(document, 'authorization_endpoint', owner),
    tokenEndpoint: address(document, 'token_endpoint', owner),
    registrationEndpoint: address(document, 'registration_endpoint', owner),
    issPromised: document['authorization_response_iss_parameter_supported'] === true,
  }
}
