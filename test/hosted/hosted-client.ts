import { createHash, randomBytes } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { Browser } from '../peers/browser.ts'
import { listen } from '../peers/listener.ts'

/** What is known of a hosted client, by its maker's documentation (`src/core/clients`). */
export interface Habits {
  readonly name: string
  readonly agent: string
  /** Under the client's own name. */
  readonly callbackPath: string
  /** The ways to authenticate that it uses with its metadata document, the preferred one first. */
  readonly document: readonly ('private_key_jwt' | 'none')[]
  /** Whether it compares `iss` (RFC 9207 §2.4). Neither maker says so. */
  readonly comparesIss: boolean
}

/** https://claude.com/docs/connectors/building/authentication */
export const claude: Habits = {
  name: 'claude.test',
  agent: 'Claude-User',
  callbackPath: '/api/mcp/auth_callback',
  document: ['none'],
  comparesIss: true,
}

/** https://developers.openai.com/apps-sdk/build/auth */
export const chatgpt: Habits = {
  name: 'chatgpt.test',
  agent: 'openai-mcp/1.0.0',
  callbackPath: '/connector/oauth/abc',
  document: ['private_key_jwt', 'none'],
  comparesIss: true,
}

export interface HostedClient {
  readonly port: number
  /** Connects, logs a person in, connects again and calls the tool; throws where it gives up. */
  use(mcpUrl: string): Promise<string>
  /** How it made itself known to the authorization server. */
  readonly registration: 'document' | 'dynamic' | undefined
  stop(): Promise<void>
}

type Json = Record<string, unknown>

interface Registered {
  readonly id: string
  readonly secret?: string | undefined
  readonly method: string
}

/** A client in somebody else's cloud: its callback and its metadata document are under a name of its own. */
export async function startHostedClient(habits: Habits): Promise<HostedClient> {
  const { privateKey, publicKey } = await generateKeyPair('RS256')
  const key = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }
  const site = `https://${habits.name}`
  const redirectUri = site + habits.callbackPath
  const id = `${site}/oauth/client.json`
  const answers: URLSearchParams[] = []
  const pages: Record<string, () => Json> = {
    '/oauth/client.json': () => ({
      ...metadata(redirectUri),
      client_id: id,
      token_endpoint_auth_method: habits.document[0],
      ...(habits.document[0] === 'private_key_jwt' && { jwks_uri: `${site}/jwks.json` }),
    }),
    '/jwks.json': () => ({ keys: [key] }),
  }
  const listener = await listen(() => (request, response) => {
    const url = new URL(request.url ?? '/', site)
    if (url.pathname === habits.callbackPath) answers.push(url.searchParams)
    const page = pages[url.pathname]?.() ?? {}
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(page))
  })
  let registration: HostedClient['registration']

  const ask = (url: string, init: RequestInit = {}) =>
    fetch(url, { ...init, headers: { 'User-Agent': habits.agent, ...init.headers } })

  const register = async (server: Json): Promise<Registered> => {
    const methods = (server['token_endpoint_auth_methods_supported'] as string[] | undefined) ?? []
    const offered = habits.document.find((method) => methods.includes(method))
    if (server['client_id_metadata_document_supported'] === true && offered !== undefined) {
      registration = 'document'
      return { id, method: offered }
    }
    registration = 'dynamic'
    const method = methods.includes('none') ? 'none' : (methods[0] ?? 'client_secret_basic')
    const response = await ask(String(server['registration_endpoint']), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ ...metadata(redirectUri), token_endpoint_auth_method: method }),
    })
    const made = (await response.json()) as Json
    if (!response.ok) throw new Error(`registration: ${JSON.stringify(made)}`)
    // It keeps what it registered, and no more: whatever else stands there is a surprise.
    if (String(made['redirect_uris']) !== redirectUri) throw new Error('other redirect URIs')
    return { id: String(made['client_id']), secret: made['client_secret'] as string, method }
  }

  const authenticate = async (client: Registered, server: Json, form: URLSearchParams) => {
    if (client.method === 'private_key_jwt') {
      const assertion = await new SignJWT({ jti: randomBytes(8).toString('hex') })
        .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
        .setIssuer(client.id)
        .setSubject(client.id)
        .setAudience(String(server['issuer']))
        .setIssuedAt()
        .setExpirationTime('1m')
        .sign(privateKey)
      form.set('client_assertion', assertion)
      form.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    }
    if (client.method === 'client_secret_post') form.set('client_secret', client.secret ?? '')
    if (client.method !== 'client_secret_basic') {
      form.set('client_id', client.id)
      return {}
    }
    const basic = Buffer.from(`${client.id}:${client.secret ?? ''}`).toString('base64')
    return { Authorization: `Basic ${basic}` }
  }

  const login = async (mcpUrl: string, challenge: string): Promise<string> => {
    const named = /resource_metadata="([^"]+)"/.exec(challenge)?.[1]
    const resource = (await (await ask(named ?? '')).json()) as Json
    if (resource['resource'] !== mcpUrl)
      throw new Error(`the resource is ${String(resource['resource'])}`)
    const issuer = (resource['authorization_servers'] as string[])[0] ?? ''
    const server = await discover(issuer, ask)
    if (server['issuer'] !== issuer) throw new Error(`the issuer is ${String(server['issuer'])}`)
    const client = await register(server)
    const verifier = randomBytes(32).toString('base64url')
    const state = randomBytes(8).toString('hex')
    const authorize = new URL(String(server['authorization_endpoint']))
    const scopes = resource['scopes_supported'] as string[] | undefined
    for (const [name, value] of Object.entries({
      response_type: 'code',
      client_id: client.id,
      redirect_uri: redirectUri,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      state,
      resource: mcpUrl,
      ...(scopes && { scope: scopes.join(' ') }),
    }))
      authorize.searchParams.set(name, value)
    const page = await new Browser().open(authorize.href)
    const answer = answers.pop()
    if (answer === undefined) throw new Error(`no answer: ${(await page.text()).slice(0, 200)}`)
    if (answer.get('state') !== state) throw new Error('another state')
    const iss = answer.get('iss')
    if (habits.comparesIss && iss !== null && iss !== issuer) throw new Error(`iss is ${iss}`)
    const form = new URLSearchParams({
      grant_type: 'authorization_code',
      code: answer.get('code') ?? '',
      redirect_uri: redirectUri,
      code_verifier: verifier,
      resource: mcpUrl,
    })
    const headers = await authenticate(client, server, form)
    const response = await ask(String(server['token_endpoint']), {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    })
    const tokens = (await response.json()) as Json
    if (!response.ok) throw new Error(`token: ${JSON.stringify(tokens)}`)
    return String(tokens['access_token'])
  }

  const use = async (mcpUrl: string): Promise<string> => {
    const held: { token?: string; session?: string | null } = {}
    const call = (method: string, params: Json, id?: number) =>
      ask(mcpUrl, {
        method: 'POST',
        headers: {
          Accept: 'application/json, text/event-stream',
          'Content-Type': 'application/json',
          'MCP-Protocol-Version': '2025-11-25',
          ...(held.token !== undefined && { Authorization: `Bearer ${held.token}` }),
          ...(held.session && { 'Mcp-Session-Id': held.session }),
        },
        body: JSON.stringify({ jsonrpc: '2.0', method, params, ...(id !== undefined && { id }) }),
      })
    const hello = {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: habits.name, version: '1' },
    }
    const challenged = await call('initialize', hello, 0)
    if (challenged.status === 401)
      held.token = await login(mcpUrl, challenged.headers.get('www-authenticate') ?? '')
    await challenged.body?.cancel()
    const opened = await call('initialize', hello, 1)
    if (!opened.ok) throw new Error(`initialize: ${opened.status}`)
    await opened.text()
    held.session = opened.headers.get('mcp-session-id')
    await (await call('notifications/initialized', {})).text()
    const params = { name: 'echo', arguments: { text: 'hello' } }
    const called = await call('tools/call', params, 2)
    return /"text":"([^"]*)"/.exec(await called.text())?.[1] ?? `no answer: ${called.status}`
  }

  return {
    port: Number(new URL(listener.origin).port),
    use,
    get registration() {
      return registration
    },
    stop: () => listener.stop(),
  }
}

function metadata(redirectUri: string): Json {
  return {
    client_name: 'hosted client',
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  }
}

/** The places of RFC 8414 §3.1 and OpenID Connect Discovery §4, as MCP orders them. */
async function discover(issuer: string, ask: (url: string) => Promise<Response>): Promise<Json> {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  const known = `${origin}/.well-known`
  const places = [
    `${known}/oauth-authorization-server${path}`,
    `${known}/openid-configuration${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
  ]
  for (const place of places) {
    const response = await ask(place)
    if (response.ok) return (await response.json()) as Json
    await response.body?.cancel()
  }
  throw new Error('no metadata of the authorization server')
}
