import { afterEach, describe, expect, test } from 'vitest'
import { startClientV1 } from './client-v1.ts'
import { startClientV2 } from './client-v2.ts'
import type { PeerClient, StartClient } from './client.ts'
import type { ProperChallenge } from './mcp-server.ts'
import { direct, play, startServers, type Cast, type Servers } from './play.ts'

const generations: [string, StartClient][] = [
  ['v1', startClientV1],
  ['v2', startClientV2],
]

describe.each(generations)('a client of SDK %s, connected directly', (_version, startClient) => {
  test('logs in, lists, calls, outlives its token, refreshes and calls again', async () => {
    const cast = { authorizationServer: { accessTokenLifetime: 2 } }
    const { done, error, servers } = await play(cast, startClient, direct, { refresh: true })
    expect(error).toBeUndefined()
    expect(done).toEqual(['login', 'list', 'call', 'refresh'])
    expect(servers.as.failures).toEqual([])
  })

  test('gets by with another path and another scope', async () => {
    const cast = {
      server: { path: '/deep/er/mcp', scope: 'files:read' },
      authorizationServer: { scopes: ['files:read'] },
    }
    expect((await play(cast, startClient, direct)).done).toEqual(['login', 'list', 'call'])
  })

  test('is behind a gateway that drops nothing as if there were none', async () => {
    const { done, servers } = await play({ gatewayDrops: [] }, startClient, direct)
    expect(done).toEqual(['login', 'list', 'call'])
    expect(servers.mcp.url).not.toContain(servers.mcp.origin)
  })
})

describe('with its servers up, a client', () => {
  let servers: Servers
  let client: PeerClient

  afterEach(async () => {
    await client.close()
    await servers.stop()
  })

  const start = async (cast: Cast, startClient: StartClient) => {
    servers = await startServers(cast)
    client = await startClient(cast.client)
  }

  test.each(generations)(
    'of SDK %s asks the user once, then refreshes',
    async (_version, startClient) => {
      await start({}, startClient)
      await client.login(servers.mcp.url)
      const first = client.memory.refreshToken
      client.memory.spoilAccessToken()
      expect(await client.callTool('again')).toBe('again')
      expect(client.memory.counts).toEqual({ authorizations: 1, tokens: 2 })
      expect(client.memory.refreshToken).not.toBe(first)
    },
  )

  test.each(generations)(
    'of SDK %s gets iss with the authorization response',
    async (_version, startClient) => {
      await start({}, startClient)
      await client.login(servers.mcp.url)
      const callback = new URL(client.memory.browser.visited.at(-1) ?? '')
      expect(callback.searchParams.get('iss')).toBe(servers.as.issuer)
    },
  )

  test('notices an authorization response from another issuer in SDK v2, not in SDK v1', async () => {
    const cast = { authorizationServer: { issInResponse: 'https://evil.example' } }
    await start(cast, startClientV2)
    await expect(client.login(servers.mcp.url)).rejects.toThrow(
      /Issuer mismatch in authorization response/,
    )
    await client.close()
    client = await startClientV1()
    await client.login(servers.mcp.url)
    expect(await client.callTool('works')).toBe('works')
  })

  test('cannot get a token for a resource that the authorization server does not know', async () => {
    const elsewhere = (proper: object) => ({
      ...proper,
      resource: new URL('/', servers.mcp.url).href,
    })
    await start({ server: { metadata: elsewhere } }, startClientV1)
    await expect(client.login(servers.mcp.url)).rejects.toThrow()
    const callback = new URL(client.memory.browser.visited.at(-1) ?? '')
    expect(callback.searchParams.get('error')).toBe('invalid_target')
  })

  test('is refused when the authorization server loses its verifier', async () => {
    await start({ authorizationServer: { losesVerifier: true } }, startClientV1)
    await expect(client.login(servers.mcp.url)).rejects.toThrow('grant request is invalid')
    const sent = servers.as.seen.find(({ target }) => target === '/token')?.body
    expect(new URLSearchParams(sent).get('code_verifier')).toHaveLength(43)
  })

  test('whose token lacks the scope is answered 403, which SDK v1 tries to mend by refreshing', async () => {
    const asksLittle = ({ field, error }: ProperChallenge) =>
      error === 'insufficient_scope' ? field : field.replace('files:write', 'files:read')
    const cast = {
      server: { scope: 'files:write', challenge: asksLittle },
      authorizationServer: { scopes: ['files:read', 'files:write'] },
    }
    await start(cast, startClientV1)
    await expect(client.login(servers.mcp.url)).rejects.toThrow('403 after trying upscoping')
    expect(client.memory.counts).toEqual({ authorizations: 1, tokens: 2 })
  })
})
