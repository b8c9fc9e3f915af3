import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { field, param, record } from './recording.ts'
import type { Answer, Received, RecordingServer } from './recording.ts'

/** How the servers behave; each member's first value is the healthy one. */
export interface Behaviour {
  /** `iss` in the authorization response: as published, of a stranger, with a slash too many, or not at all. */
  readonly iss?: 'right' | 'foreign' | 'slash' | 'absent'
  /** `state` in the authorization response: as it was sent, another one, or none. */
  readonly state?: 'as sent' | 'another' | 'absent'
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
  /** What each server received, in order; the resource server last. */
  readonly received: () => Received[]
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

/** An MCP server, its authorization server and another one, all on loopback. */
export async function startServers(behaviour: Behaviour = {}): Promise<Servers> {
  const tokens = new Map<string, Grant>()
  const first = await authorizationServer('as', tokens, behaviour)
  const second = await authorizationServer('other-as', tokens, behaviour)
  const mcp = await resourceServer(tokens, behaviour, [first.issuer, second.issuer])
  const servers = [first, second, mcp]
  return {
    received: () => servers.flatMap((server) => server.received()),
    url: `${mcp.origin}/mcp`,
    names: new Map(servers.map(({ origin, name }) => [new URL(origin).host, `{${name}}`])),
    close: async () => {
      await Promise.all(servers.map((server) => server.stop()))
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

type Tokens = Map<string, Grant>

async function authorizationServer(name: string, tokens: Tokens, behaviour: Behaviour) {
  const path = behaviour.issuerPath ?? ''
  const server = await record(name, (origin) => {
    const answers = authorizationEndpoints(name, origin, tokens, behaviour)
    // It also answers where it need not: RFC 8414 §3.1 names the inserted form only.
    const wellKnown = '/.well-known/oauth-authorization-server'
    const documents = [wellKnown + path, path + wellKnown]
    return (request, response) => {
      if (documents.includes(request.path)) return json(response, 200, answers.metadata)
      if (request.path === '/register') return answers.register(request, response)
      if (request.path === '/authorize') return answers.authorize(request, response)
      if (request.path === '/token') return answers.token(request, response)
      json(response, 404, { error: 'not_found' })
    }
  })
  return { ...server, issuer: server.origin + path }
}

function authorizationEndpoints(
  name: string,
  origin: string,
  tokens: Tokens,
  behaviour: Behaviour,
) {
  const clients = new Map<string, readonly string[]>()
  const codes = new Map<string, Grant>()
  const issuer = `${origin}${behaviour.issuerPath ?? ''}`
  const metadata = {
    issuer: `${issuer}${behaviour.issuerSuffix ?? ''}`,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    registration_endpoint: `${origin}/register`,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256', 'plain'],
    authorization_response_iss_parameter_supported: behaviour.iss !== 'absent',
  }

  const register: Answer = (request, response) => {
    const { redirect_uris } = JSON.parse(param(request, '(body)') ?? '{}') as {
      redirect_uris: string[]
    }
    const client = `${name}-client-${clients.size + 1}`
    clients.set(client, redirect_uris)
    json(response, 201, { client_id: client, redirect_uris, token_endpoint_auth_method: 'none' })
  }

  const authorize: Answer = (request, response) => {
    const client = param(request, 'client_id') ?? ''
    const redirectUri = param(request, 'redirect_uri') ?? ''
    if (!clients.get(client)?.includes(redirectUri)) {
      const page = '<p>unknown client or redirect URI</p>'
      response.writeHead(400, { 'content-type': 'text/html' }).end(page)
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
    const state = stateIn(behaviour, param(request, 'state'))
    if (state !== undefined) answer.searchParams.set('state', state)
    const iss = issIn(behaviour, issuer)
    if (iss !== undefined) answer.searchParams.set('iss', iss)
    response.writeHead(302, { location: answer.href }).end()
  }

  const token: Answer = (request, response) => {
    const code = param(request, 'code') ?? ''
    const grant = codes.get(code)
    codes.delete(code)
    const error = tokenError(request, grant)
    if (error !== undefined || grant === undefined) return json(response, 400, { error })
    const accessToken = `${name}-access-${tokens.size + 1}`
    tokens.set(accessToken, grant)
    json(response, 200, { access_token: accessToken, token_type: 'Bearer', expires_in: 3600 })
  }

  return { metadata, register, authorize, token }
}

function stateIn({ state = 'as sent' }: Behaviour, sent: string | undefined): string | undefined {
  if (state === 'absent') return undefined
  return state === 'another' ? `another-${sent}` : sent
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

function resourceServer(
  tokens: Tokens,
  behaviour: Behaviour,
  issuers: readonly [string, string],
): Promise<RecordingServer> {
  const metadataPath = behaviour.metadataPath ?? '/.well-known/oauth-protected-resource/mcp'
  let moved = false

  const challenge = (response: ServerResponse, origin: string, status: number, error?: string) => {
    const params = [`resource_metadata="${origin}${metadataPath}"`]
    if (behaviour.scope !== undefined) params.unshift(`scope="${behaviour.scope}"`)
    if (error !== undefined) params.unshift(`error="${error}"`)
    json(response, status, { error }, { 'www-authenticate': `Bearer ${params.join(', ')}` })
  }

  const refusal = (token: string, origin: string): [status: number, error?: string] | undefined => {
    const grant = tokens.get(token)
    if (token === '') return [401]
    if (grant?.resource !== `${origin}/mcp`) return [401, 'invalid_token']
    const lacking = behaviour.scope !== undefined && grant.scope !== behaviour.scope
    if (behaviour.neverEnough || lacking) return [403, 'insufficient_scope']
    if (!behaviour.moves || moved) return undefined
    moved = true
    return [401, 'invalid_token']
  }

  return record('mcp', (origin) => (request, response) => {
    if (request.path === metadataPath)
      return json(response, 200, {
        resource: `${origin}${behaviour.resource ?? '/mcp'}`,
        authorization_servers: [moved ? issuers[1] : issuers[0]],
      })
    if (request.path !== '/mcp') return json(response, 404, { error: 'not_found' })
    const token = /^bearer (.*)$/i.exec(field(request, 'authorization') ?? '')?.[1] ?? ''
    const refused = refusal(token, origin)
    if (refused !== undefined) return challenge(response, origin, ...refused)
    json(response, 200, { jsonrpc: '2.0', id: 1, result: { tools: [] } })
  })
}
