/** `src/tap/probe/login/`: a login by `authtap check`, at real servers. */
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { LoginOptions } from '../../../src/tap/probe/login/person.ts'
import { startBetterAuthServer } from '../../more-peers/better-auth-server.ts'
import { placements, startSdkServer } from '../../more-peers/sdk-server.ts'
import { startWorkersServer } from '../../more-peers/workers-server.ts'
import { Browser } from '../../peers/browser.ts'
import { type Cast, startServers } from '../../peers/play.ts'
import { checked, faultsOf } from './checked.ts'

async function cast(given: Cast = {}) {
  const servers = await startServers(given)
  onTestFinished(servers.stop)
  return servers
}

const bad = { mark: 'bad' as const }

function login(options: Partial<LoginOptions> = {}): LoginOptions {
  return {
    way: 'browser',
    clientId: undefined,
    clientSecret: undefined,
    clientMetadata: undefined,
    key: undefined,
    register: false,
    scope: undefined,
    waiting: 20_000,
    open: (url) => void new Browser().open(url),
    ...options,
  }
}

describe('a login that works', () => {
  test('at oidc-provider: through, renewed, given back', async () => {
    const { mcp, as } = await cast()
    const { report, looks, exchanges } = await checked(mcp.url, {}, login())
    expect(faultsOf(report)).toEqual([])
    expect(report.verdict).toBe('pass')
    expect(report.flows.map(({ outcome }) => outcome)).toEqual(['authorized'])
    expect(looks.filter(({ mark }) => mark === 'bad')).toEqual([])
    const texts = looks.map(({ text }) => text)
    expect(texts).toContain('tools/list: 200 answered as MCP, 1 tools')
    expect(texts).toContain(`aud ${mcp.url}`)
    expect(texts).toContain('the old refresh token again: 400 invalid_grant')
    expect(texts).toContain('revocation: 200')
    expect(exchanges.filter(({ request }) => request.url.includes('/callback?'))).toHaveLength(1)
    expect(as.failures).toEqual([])
  })

  test.each(placements.slice(0, 4))('of the SDK %s', async (placement) => {
    const peer = await startSdkServer(placement)
    onTestFinished(() => peer.stop())
    const { report, looks } = await checked(peer.url, {}, login())
    expect(looks.filter(({ mark }) => mark === 'bad')).toEqual([])
    expect(faultsOf(report)).toEqual([])
    expect(report.verdict).toBe('pass')
  })

  test('at better-auth and at workers-oauth-provider', async () => {
    for (const start of [startBetterAuthServer, startWorkersServer]) {
      const peer = await start()
      onTestFinished(() => peer.stop())
      const { report, looks } = await checked(peer.url, {}, login())
      expect(looks.filter(({ mark }) => mark === 'bad')).toEqual([])
      expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([])
      expect(report.verdict).toBe('pass')
    }
  })

  test.each(['client_secret_basic', 'client_secret_post'])(
    'where only %s is listed: the client registers for that, and authenticates so',
    async (method) => {
      const { mcp } = await cast({
        authorizationServer: {
          metadata: (proper) => ({ ...proper, token_endpoint_auth_methods_supported: [method] }),
        },
      })
      const { report, exchanges } = await checked(mcp.url, {}, login())
      expect(faultsOf(report)).toEqual([])
      expect(report.verdict).toBe('pass')
      const registration = exchanges.find(
        ({ request: { method: verb, url } }) => verb === 'POST' && url.endsWith('/reg'),
      )!
      const sent = JSON.parse(Buffer.from(registration.request.body.bytes).toString()) as object
      expect(sent).toMatchObject({ token_endpoint_auth_method: method })
    },
  )

  test('of a client that was registered by hand', async () => {
    const { mcp, as } = await cast()
    await as.know({ id: 'by-hand', redirectUri: 'http://127.0.0.1/callback', comparesPorts: false })
    const { report } = await checked(mcp.url, {}, login({ clientId: 'by-hand' }))
    expect(report.verdict).toBe('pass')
    expect(report.flows[0]).toMatchObject({ clientId: 'by-hand', registration: 'pre-registered' })
    expect(as.seen.filter(({ method, target }) => method === 'POST' && target === '/reg')).toEqual(
      [],
    )
  })
})

describe('a login that does not', () => {
  test('the token is for another server', async () => {
    const { mcp } = await cast({ authorizationServer: { audience: 'https://api.example.com' } })
    const { report, looks } = await checked(mcp.url, {}, login())
    expect(report.firstBroken).toMatchObject({ step: 'token', fault: 'authorization-server' })
    expect(faultsOf(report)[0]).toBe('audience/aud-mismatch, authorization-server')
    expect(looks).toContainEqual({
      part: 'Token',
      mark: 'plain',
      text: `aud https://api.example.com, the resource is ${mcp.url}`,
    })
  })

  test('the person says no', async () => {
    const { mcp } = await cast({ authorizationServer: { agrees: () => false } })
    const { report, looks } = await checked(mcp.url, {}, login())
    expect(report.findings.map(({ rule }) => rule)).toContain('authorization/error-response')
    expect(looks.find(({ mark }) => mark === 'bad')?.text).toMatch(/^refused: access_denied/)
    expect(report.verdict).toBe('incomplete')
  })

  test('the browser never comes back', async () => {
    const { mcp } = await cast()
    const plan = login({ waiting: 50, open: () => {} })
    const { report, looks } = await checked(mcp.url, {}, plan)
    expect(looks).toContainEqual(expect.objectContaining(bad))
    expect(report.findings.map(({ rule }) => rule)).toContain('flow/stalled')
    expect(report.verdict).toBe('incomplete')
  })

  const altered = (change: (url: URL) => void) =>
    login({
      open: (url) => {
        const browser = new Browser()
        browser.closes = '/callback'
        void browser.open(url).then(async (response) => {
          const back = new URL(response.headers.get('location') ?? '')
          change(back)
          await fetch(back)
        })
      },
    })

  test('the browser comes back with another state', async () => {
    const { mcp, as } = await cast()
    const { report, looks } = await checked(
      mcp.url,
      {},
      altered((back) => back.searchParams.set('state', 'other')),
    )
    expect(looks).toContainEqual(
      expect.objectContaining({ ...bad, text: 'the browser came back with another state' }),
    )
    expect(report.verdict).toBe('fail')
    expect(faultsOf(report).map((fault) => fault.split(',', 1)[0])).toContain(
      'authorization/response-malformed',
    )
    expect(
      as.seen.filter(({ method, target }) => method === 'POST' && target === '/token'),
    ).toEqual([])
  })

  test('the browser comes back twice', async () => {
    const { mcp } = await cast()
    const plan = login({
      open: (url) => {
        const browser = new Browser()
        browser.closes = '/callback'
        void browser.open(url).then((response) => {
          const back = response.headers.get('location') ?? ''
          return Promise.all([fetch(back), fetch(back)])
        })
      },
    })
    const { report, looks } = await checked(mcp.url, {}, plan)
    expect(report.findings.map(({ rule }) => rule)).toEqual(['authorization/response-repeated'])
    expect(looks.at(-1)).toMatchObject({ ...bad, text: 'the browser came back 2 times' })
    expect(report.verdict).toBe('pass')
  })

  test('no client can be registered, and none was given', async () => {
    const { mcp } = await cast({
      authorizationServer: {
        metadata: (proper) => ({ ...proper, registration_endpoint: undefined }),
      },
    })
    const { looks, exchanges } = await checked(mcp.url, {}, login())
    expect(looks).toContainEqual(
      expect.objectContaining({ ...bad, text: expect.stringMatching(/--client-id ID/) as string }),
    )
    expect(exchanges.filter(({ handedOver }) => handedOver === true)).toEqual([])
  })
})

describe('a machine', () => {
  const machine = (options: Partial<LoginOptions>) =>
    login({ way: 'client-credentials', clientId: 'machine', ...options })
  const known = {
    client_id: 'machine',
    redirect_uris: [],
    response_types: [],
    grant_types: ['client_credentials'],
  }
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = { key: privateKey, alg: 'ES256', kid: undefined } as const

  test.each(['client_secret_basic', 'client_secret_post'] as const)(
    'with a secret, by %s: a token, a call, and nobody is asked',
    async (method) => {
      const clientSecret = randomBytes(16).toString('hex')
      const { mcp, as } = await cast({
        authorizationServer: {
          clients: [{ ...known, client_secret: clientSecret, token_endpoint_auth_method: method }],
          metadata: (proper) => ({ ...proper, token_endpoint_auth_methods_supported: [method] }),
        },
      })
      const { report, looks } = await checked(mcp.url, {}, machine({ clientSecret }))
      expect(looks.filter(({ mark }) => mark === 'bad')).toEqual([])
      expect(faultsOf(report)).toEqual([])
      expect(report.verdict).toBe('pass')
      const texts = looks.map(({ text }) => text)
      expect(texts).toContain('token (client_credentials): 200')
      expect(texts).toContain('tools/list: 200 answered as MCP, 1 tools')
      expect(as.seen.map(({ target }) => target)).not.toContainEqual(
        expect.stringMatching(/^\/interaction/),
      )
    },
  )

  test('with a key, by private_key_jwt', async () => {
    const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' }] }
    const { mcp } = await cast({
      authorizationServer: {
        clients: [{ ...known, jwks, token_endpoint_auth_method: 'private_key_jwt' }] as never,
      },
    })
    const { report, looks } = await checked(mcp.url, {}, machine({ key }))
    expect(looks.filter(({ mark }) => mark === 'bad')).toEqual([])
    expect(faultsOf(report)).toEqual([])
    expect(report.verdict).toBe('pass')
  })

  test('is refused with a key that nobody knows, and the assertion is whole', async () => {
    const { mcp } = await cast()
    const { report, exchanges } = await checked(mcp.url, {}, machine({ key }))
    const token = exchanges.find(
      ({ request }) => request.url.endsWith('/token') && request.method === 'POST',
    )!
    const form = new URLSearchParams(Buffer.from(token.request.body.bytes).toString())
    expect(form.get('grant_type')).toBe('client_credentials')
    expect(form.get('client_assertion')?.split('.')).toHaveLength(3)
    expect(report.verdict).toBe('fail')
  })
})
