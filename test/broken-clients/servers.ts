import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { field, param, record } from './recording.ts'
import type { Received } from './recording.ts'

/** How the servers behave; each member's first value is the healthy one. */
export interface Behaviour {
  /** `iss` in the authorization response: as published, of a stranger, with a slash too many, or not at all. */
  readonly iss?: 'right' | 'foreign' | 'slash' | 'absent'
  /** The path of the resource metadata; the challenge names it. */
  readonly metadataPath?: string
  /** The `resource` that the metadata names, relative to the server. */
  readonly resource?: string
  /** What the authorization server's metadata says of its issuer, appended to the true one. */
  readonly issuerSuffix?: string
  /** The issuer's path. */
  readonly issuerPath?: string
  /** Scope that calls need, named in the challenge. */
  readonly scope?: string
  /** Answers every token with `insufficient_scope`. */
  readonly neverEnough?: boolean
  /** After the first sign-in the resource moves to another authorization server. */
  readonly moves?: boolean
}

export interface Servers {
  readonly log: Received[]
  /** The MCP endpoint. */
  readonly url: string
  /** What each server is called in a comparison, by `host:port`. */
  readonly names: ReadonlyMap<string, string>
  close(): Promise<void>
}

interface Grant {
  readonly client: string
  readonly redirectUri: string
  readonly challenge: string | undefined
  readonly method: string
  readonly resource: string | undefined
  readonly scope: string | undefined
}

/** An MCP server, its authorization server and another one, all on loopback, writing into one log. */
export async function startServers(behaviour: Behaviour = {}): Promise<Servers> {
  const log: Received[] = []
  const tokens = new Map<string, Grant>()
  const first = await authorizationServer('as', log, tokens, behaviour)
  const second = await authorizationServer('other-as', log, tokens, behaviour)
  const mcp = await resourceServer(log, tokens, behaviour, [first.issuer, second.issuer])
  const servers = [first, second, mcp]
  return {
    log,
    url: `${mcp.origin}/mcp`,
    names: new Map(servers.map(({ origin, name }) => [new URL(origin).host, `{${name}}`])),
    close: async () => {
      await Promise.all(servers.map((server) => server.close()))
    },
  }
}

function json(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
) {
  response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(JSON.stringify(value))
}

async function authorizationServer(
  name: string,
  log: Received[],
  tokens: Map<string, Grant>,
  behaviour: Behaviour,
) {
  const clients = new Map<string, readonly string[]>()
  const codes = new Map<string, Grant>()
  const path = behaviour.issuerPath ?? ''
  let origin = ''

  const metadata = () => ({
    issuer: `${origin}${path}${behaviour.issuerSuffix ?? ''}`,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    registration_endpoint: `${origin}/register`,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256', 'plain'],
    authorization_response_iss_parameter_supported: behaviour.iss !== 'absent',
  })

  const register = (request: Received, response: ServerResponse) => {
    const { redirect_uris } = JSON.parse(param(request, '(body)') ?? '{}') as {
      redirect_uris: string[]
    }
    const client = `${name}-client-${clients.size + 1}`
    clients.set(client, redirect_uris)
    json(response, 201, { client_id: client, redirect_uris, token_endpoint_auth_method: 'none' })
  }

  const authorize = (request: Received, response: ServerResponse) => {
    const client = param(request, 'client_id') ?? ''
    const redirectUri = param(request, 'redirect_uri') ?? ''
    if (!clients.get(client)?.includes(redirectUri)) {
      response
        .writeHead(400, { 'content-type': 'text/html' })
        .end('<p>unknown client or redirect URI</p>')
      return
    }
    const code = `${name}-code-${codes.size + 1}`
    codes.set(code, {
      client,
      redirectUri,
      challenge: param(request, 'code_challenge'),
      method: param(request, 'code_challenge_method') ?? 'plain',
      resource: param(request, 'resource'),
      scope: param(request, 'scope'),
    })
    const answer = new URL(redirectUri)
    answer.searchParams.set('code', code)
    const state = param(request, 'state')
    if (state !== undefined) answer.searchParams.set('state', state)
    const iss = issIn(behaviour, `${origin}${path}`)
    if (iss !== undefined) answer.searchParams.set('iss', iss)
    response.writeHead(302, { location: answer.href }).end()
  }

  const token = (request: Received, response: ServerResponse) => {
    const code = param(request, 'code') ?? ''
    const grant = codes.get(code)
    codes.delete(code)
    const error = tokenError(request, grant)
    if (error !== undefined || grant === undefined) return json(response, 400, { error })
    const accessToken = `${name}-access-${tokens.size + 1}`
    tokens.set(accessToken, grant)
    json(response, 200, { access_token: accessToken, token_type: 'Bearer', expires_in: 3600 })
  }

  const server = await record(name, log, (request, response) => {
    const known = [
      `/.well-known/oauth-authorization-server${path}`,
      // A server that also answers where it need not (RFC 8414 §5 names the inserted form only).
      `${path}/.well-known/oauth-authorization-server`,
    ]
    if (request.method === 'GET' && known.includes(request.path))
      return json(response, 200, metadata())
    if (request.path === '/register') return register(request, response)
    if (request.path === '/authorize') return authorize(request, response)
    if (request.path === '/token') return token(request, response)
    json(response, 404, { error: 'not_found' })
  })
  origin = server.origin
  return { ...server, name, issuer: `${origin}${path}` }
}

function issIn(behaviour: Behaviour, issuer: string): string | undefined {
  switch (behaviour.iss ?? 'right') {
    case 'right':
      return issuer
    case 'slash':
      return `${issuer}/`
    case 'foreign':
      return 'https://stranger.example'
    case 'absent':
      return undefined
  }
}

function tokenError(request: Received, grant: Grant | undefined): string | undefined {
  if (param(request, 'grant_type') !== 'authorization_code') return 'unsupported_grant_type'
  if (grant === undefined) return 'invalid_grant'
  if (param(request, 'client_id') !== grant.client) return 'invalid_client'
  if (param(request, 'redirect_uri') !== grant.redirectUri) return 'invalid_grant'
  const verifier = param(request, 'code_verifier') ?? ''
  const derived =
    grant.method === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier
  if (grant.challenge !== undefined && derived !== grant.challenge) return 'invalid_grant'
  return undefined
}

async function resourceServer(
  log: Received[],
  tokens: Map<string, Grant>,
  behaviour: Behaviour,
  issuers: readonly [string, string],
) {
  const metadataPath = behaviour.metadataPath ?? '/.well-known/oauth-protected-resource/mcp'
  let origin = ''
  let moved = false

  const challenge = (response: ServerResponse, status: number, error?: string) => {
    const params = [`resource_metadata="${origin}${metadataPath}"`]
    if (behaviour.scope !== undefined) params.unshift(`scope="${behaviour.scope}"`)
    if (error !== undefined) params.unshift(`error="${error}"`)
    json(response, status, { error }, { 'www-authenticate': `Bearer ${params.join(', ')}` })
  }

  const call = (request: Received, response: ServerResponse) => {
    const token = /^bearer (.*)$/i.exec(field(request, 'authorization') ?? '')?.[1] ?? ''
    const grant = tokens.get(token)
    if (token === '') return challenge(response, 401)
    if (grant?.resource !== `${origin}/mcp`) return challenge(response, 401, 'invalid_token')
    if (behaviour.neverEnough) return challenge(response, 403, 'insufficient_scope')
    if (behaviour.scope !== undefined && grant.scope !== behaviour.scope)
      return challenge(response, 403, 'insufficient_scope')
    if (behaviour.moves && !moved) {
      moved = true
      return challenge(response, 401, 'invalid_token')
    }
    json(response, 200, { jsonrpc: '2.0', id: 1, result: { tools: [] } })
  }

  const server = await record('mcp', log, (request, response) => {
    if (request.path === metadataPath)
      return json(response, 200, {
        resource: `${origin}${behaviour.resource ?? '/mcp'}`,
        authorization_servers: [moved ? issuers[1] : issuers[0]],
      })
    if (request.path === '/mcp') return call(request, response)
    json(response, 404, { error: 'not_found' })
  })
  origin = server.origin
  return { ...server, name: 'mcp' }
}
