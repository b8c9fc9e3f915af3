/** The servers of the demo, asked by hand. */
import { createHash, randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startDemoServers, type DemoParties } from '../../src/demo/parties.ts'
import type { DemoFault } from '../../src/demo/faults.ts'

let parties: DemoParties

afterEach(() => parties.stop())

const redirectUri = 'http://127.0.0.1:1/callback'
const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25' },
}

function post(url: string, headers: Record<string, string>, body: string): Promise<Response> {
  return fetch(url, { method: 'POST', headers, body, redirect: 'manual' })
}

function mcp(message: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const fields = {
    'Content-Type': 'application/json',
    Accept: 'application/json, text/event-stream',
    ...headers,
  }
  return post(parties.mcpUrl, fields, JSON.stringify(message))
}

function requestToken(form: Record<string, string>): Promise<Response> {
  const type = { 'Content-Type': 'application/x-www-form-urlencoded' }
  return post(`${parties.issuer}/token`, type, new URLSearchParams(form).toString())
}

async function register(redirectUris: readonly string[]): Promise<Response> {
  const metadata = { redirect_uris: redirectUris, token_endpoint_auth_method: 'none' }
  return post(
    `${parties.issuer}/register`,
    { 'Content-Type': 'application/json' },
    JSON.stringify(metadata),
  )
}

async function authorize(changes: Record<string, string> = {}) {
  const registered = (await (await register([redirectUri])).json()) as { client_id: string }
  const verifier = randomBytes(32).toString('base64url')
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: registered.client_id,
    redirect_uri: redirectUri,
    state: 'a state',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    resource: parties.mcpUrl,
    ...changes,
  })
  const response = await fetch(`${parties.issuer}/authorize?${query.toString()}`, {
    redirect: 'manual',
  })
  const location = response.headers.get('location')
  const params = location === null ? new URLSearchParams() : new URL(location).searchParams
  const form = {
    grant_type: 'authorization_code',
    code: params.get('code') ?? '',
    redirect_uri: redirectUri,
    client_id: registered.client_id,
    code_verifier: verifier,
  }
  return { status: response.status, params, form }
}

async function logIn() {
  const { form } = await authorize()
  const tokens = (await (await requestToken(form)).json()) as Record<string, string>
  return { ...tokens, form } as { access_token: string; refresh_token: string; form: typeof form }
}

describe('the authorization server', () => {
  beforeEach(async () => {
    parties = await startDemoServers('none')
  })

  test('sends iss and state with the code', async () => {
    const { status, params } = await authorize()
    expect(status).toBe(302)
    expect([params.get('iss'), params.get('state')]).toEqual([parties.issuer, 'a state'])
  })

  test('sends iss and state with an error', async () => {
    const { params } = await authorize({ response_type: 'token' })
    expect(params.get('error')).toBe('unsupported_response_type')
    expect([params.get('iss'), params.get('state')]).toEqual([parties.issuer, 'a state'])
  })

  test.each([
    [
      'a resource that it does not know',
      { resource: 'https://other.example/mcp' },
      'invalid_target',
    ],
    ['a scope that it does not know', { scope: 'root' }, 'invalid_scope'],
    ['plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
  ])('refuses %s', async (_what, changes, error) => {
    expect((await authorize(changes)).params.get('error')).toBe(error)
  })

  test('shows a page when the redirect URI or the client is not registered', async () => {
    expect(await authorize({ redirect_uri: 'http://127.0.0.1:1/other' })).toMatchObject({
      status: 400,
    })
    expect(await authorize({ client_id: '__proto__' })).toMatchObject({ status: 400 })
  })

  test('lets a loopback client use another port than it registered', async () => {
    const { status } = await authorize({ redirect_uri: 'http://127.0.0.1:2/callback' })
    expect(status).toBe(302)
  })

  test.each([
    ['no redirect URI', []],
    ['http to another machine', ['http://app.example/callback']],
    ['what is not a URL', ['callback']],
  ])('does not register %s', async (_what, redirectUris) => {
    const response = await register(redirectUris)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: 'invalid_redirect_uri' })
  })

  test('redeems a code once, and revokes what it gave when the code comes again', async () => {
    const { form, refresh_token } = await logIn()
    expect((await requestToken(form)).status).toBe(400)
    const refresh = { grant_type: 'refresh_token', refresh_token, client_id: form.client_id }
    expect((await requestToken(refresh)).status).toBe(400)
  })

  test('rotates refresh tokens, and revokes the family when an old one comes again', async () => {
    const { form, refresh_token } = await logIn()
    const refresh = (value: string) =>
      requestToken({ grant_type: 'refresh_token', refresh_token: value, client_id: form.client_id })
    const renewed = (await (await refresh(refresh_token)).json()) as { refresh_token: string }
    expect(renewed.refresh_token).not.toBe(refresh_token)
    expect((await refresh(refresh_token)).status).toBe(400)
    expect((await refresh(renewed.refresh_token)).status).toBe(400)
  })

  test('gives a refresh token to its own client only', async () => {
    const { refresh_token } = await logIn()
    const refresh = { grant_type: 'refresh_token', refresh_token, client_id: 'another' }
    expect((await requestToken(refresh)).status).toBe(400)
  })

  test('does not narrow a grant to a resource that was not authorized', async () => {
    const { form } = await authorize()
    const response = await requestToken({ ...form, resource: 'https://other.example/mcp' })
    expect(await response.json()).toMatchObject({ error: 'invalid_target' })
  })

  test('forbids caches to keep tokens', async () => {
    const { form } = await authorize()
    expect((await requestToken(form)).headers.get('cache-control')).toBe('no-store')
  })
})

describe('the MCP server', () => {
  beforeEach(async () => {
    parties = await startDemoServers('none')
  })

  test('challenges a request without a token, naming no error', async () => {
    const response = await mcp(initialize)
    expect(response.status).toBe(401)
    const { origin } = new URL(parties.mcpUrl)
    const wanted = `Bearer resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp", scope="mcp:tools"`
    expect(response.headers.get('www-authenticate')).toBe(wanted)
  })

  test('names the error when a token is damaged', async () => {
    const { access_token } = await logIn()
    const damaged = access_token.slice(0, -4) + (access_token.endsWith('AAAA') ? 'BBBB' : 'AAAA')
    const response = await mcp(initialize, { Authorization: `Bearer ${damaged}` })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"')
  })

  test('takes no token that another authorization server issued', async () => {
    const other = await startDemoServers('none')
    const [own, theirs] = [parties, other]
    parties = other
    const { access_token } = await logIn()
    parties = own
    const response = await mcp(initialize, { Authorization: `Bearer ${access_token}` })
    await theirs.stop()
    expect(response.status).toBe(401)
  })

  test('serves a session, and forgets it when it is deleted', async () => {
    const { access_token } = await logIn()
    const bearer = { Authorization: `bearer ${access_token}` }
    const opened = await mcp(initialize, bearer)
    const session = { ...bearer, 'Mcp-Session-Id': opened.headers.get('mcp-session-id') ?? '' }
    const call = {
      jsonrpc: '2.0',
      id: 2,
      method: 'tools/call',
      params: { name: 'echo', arguments: { text: 'hi' } },
    }
    expect(await (await mcp(call, session)).text()).toContain('"text":"hi"')
    expect((await fetch(parties.mcpUrl, { method: 'DELETE', headers: session })).status).toBe(204)
    expect((await mcp(call, session)).status).toBe(404)
  })

  test.each([
    ['a page of another machine', { Origin: 'https://evil.example' }, 403],
    ['a client that takes no event stream', { Accept: 'application/json' }, 406],
    ['a body that is not JSON', { 'Content-Type': 'text/plain' }, 415],
  ])('refuses %s', async (_what, headers, status) => {
    const { access_token } = await logIn()
    expect(
      (await mcp(initialize, { Authorization: `Bearer ${access_token}`, ...headers })).status,
    ).toBe(status)
  })

  test('offers no stream to GET', async () => {
    const { access_token } = await logIn()
    const response = await fetch(parties.mcpUrl, {
      headers: { Authorization: `Bearer ${access_token}` },
    })
    expect(response.status).toBe(405)
  })
})

describe('a fault of a server', () => {
  const challengeOf = async (fault: DemoFault) => {
    parties = await startDemoServers(fault)
    return mcp(initialize)
  }

  test('malformed-challenge sends typographic quotation marks as UTF-8', async () => {
    const field = (await challengeOf('malformed-challenge')).headers.get('www-authenticate') ?? ''
    expect(Buffer.from(field, 'latin1').toString('utf8')).toContain(
      'resource_metadata=\u201chttp://',
    )
  })

  test('malformed-challenge leaves the metadata where only the challenge leads', async () => {
    const field = (await challengeOf('malformed-challenge')).headers.get('www-authenticate') ?? ''
    const named = /http:[^\u00e2]+/.exec(field)?.[0] ?? ''
    expect(await (await fetch(named)).json()).toMatchObject({ resource: parties.mcpUrl })
    const { origin } = new URL(parties.mcpUrl)
    expect((await fetch(`${origin}/.well-known/oauth-protected-resource/mcp`)).status).toBe(404)
  })

  test('no-www-authenticate sends a 401 without a challenge', async () => {
    const response = await challengeOf('no-www-authenticate')
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, null])
  })

  test('strip-authorization answers with and without a token alike, and leaves its marks', async () => {
    const bare = await challengeOf('strip-authorization')
    const { access_token } = await logIn()
    const sent = await mcp(initialize, { Authorization: `Bearer ${access_token}` })
    expect([sent.status, await sent.text()]).toEqual([bare.status, await bare.text()])
    expect(sent.headers.get('www-authenticate')).toBe(bare.headers.get('www-authenticate'))
    expect([sent.headers.get('via'), sent.headers.get('server')]).toEqual([
      '1.1 demo-gateway',
      'demo-gateway',
    ])
  })

  test('wrong-audience shows in the token alone', async () => {
    parties = await startDemoServers('wrong-audience')
    const { access_token } = await logIn()
    const claims = JSON.parse(
      Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString(),
    ) as object
    expect(claims).toMatchObject({ iss: parties.issuer, aud: 'api://default' })
  })
})
