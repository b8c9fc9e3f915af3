import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startClientV1 } from './client-v1.ts'
import { startClientV2 } from './client-v2.ts'
import type { PeerClient, StartClient } from './client.ts'
import { direct, startServers, type Proxied, type Servers } from './play.ts'
import { tapped, type Tapped } from './tap.ts'

type Mode = 'auto' | 'always' | 'never'

let servers: Servers
let clients: PeerClient[]
let proxied: Proxied | undefined

beforeEach(async () => {
  servers = await startServers()
  clients = []
  proxied = undefined
})

afterEach(async () => {
  for (const client of clients) await client.close()
  await proxied?.stop()
  await servers.stop()
})

/** A client that the server knows under this id, with a loopback redirect URI of its own. */
async function known(startClient: StartClient, comparesPorts: boolean): Promise<PeerClient> {
  const client = await startClient()
  clients.push(client)
  const redirectUri = client.memory.redirectUrl
  await servers.as.know({ id: 'known-client', redirectUri, comparesPorts })
  client.memory.saveClientInformation({ client_id: 'known-client' })
  return client
}

async function through(mode: Mode): Promise<Tapped & { readonly url: string }> {
  const tap = tapped({ relay: mode })
  proxied = await tap.startProxy(servers.mcp.url)
  return Object.assign(tap, { url: proxied.url })
}

/** What a login comes to: how far, or what stopped it. */
async function outcome(client: PeerClient, url: string): Promise<string> {
  try {
    await client.login(url)
    return await client.callTool('through')
  } catch (error) {
    const { message } = error as Error
    return /ended at a page \(\d+\)|Issuer mismatch/.exec(message)?.[0] ?? message
  }
}

/** The redirect URIs that the authorization server was asked for by browsers. */
function askedFor(): string[] {
  return servers.as.seen
    .filter(
      ({ target, headers }) =>
        target.startsWith('/auth?') && !target.includes('prompt=none') && headers.length > 0,
    )
    .map(({ target }) => new URLSearchParams(target.split('?')[1]).get('redirect_uri')!)
}

const generations = [
  ['v1, which is lenient,', startClientV1],
  ['v2, which is strict,', startClientV2],
] as const

describe.each(generations)('SDK %s at a server that ignores ports', (_name, startClient) => {
  test.each(['direct', 'auto', 'always'] as const)(
    'logs in after a login page that was closed (%s)',
    async (mode) => {
      const client = await known(startClient, false)
      const tap = mode === 'direct' ? undefined : await through(mode)
      const { url } = tap ?? (await direct(servers.mcp.url))
      for (let closed = 0; closed < 3; closed++) {
        client.memory.browser.closes = '/interaction/'
        expect(await outcome(client, url)).toMatch(/ended at a page/)
      }
      expect(await outcome(client, url)).toBe('through')
      expect(tap?.codes ?? []).toEqual([])
    },
  )

  test.each(['direct', 'auto', 'always'] as const)(
    'logs in three times at once with one client id (%s)',
    async (mode) => {
      const three = [
        await known(startClient, false),
        await known(startClient, false),
        await known(startClient, false),
      ]
      const tap = mode === 'direct' ? undefined : await through(mode)
      const { url } = tap ?? (await direct(servers.mcp.url))
      const outcomes = await Promise.all(three.map((client) => outcome(client, url)))
      expect(outcomes).toEqual(['through', 'through', 'through'])
      expect(tap?.codes ?? []).toEqual([])
    },
  )
})

describe('at a server that compares ports exactly', () => {
  test.each(generations)('SDK %s logs in directly', async (_name, startClient) => {
    const client = await known(startClient, true)
    expect(await outcome(client, servers.mcp.url)).toBe('through')
  })

  test('a lenient client is told of at its first login, and gets through at its second', async () => {
    const client = await known(startClientV1, true)
    const tap = await through('auto')
    expect(await outcome(client, tap.url)).toBe('ended at a page (400)')
    await expect.poll(() => tap.codes, { timeout: 30_000 }).toEqual(['redirect-port-exact'])
    const [relayUri] = askedFor()
    const own = client.memory.redirectUrl
    expect(relayUri).not.toBe(own)
    expect(tap.notices[0]).toContain(`authtap sent ${relayUri} in place of ${own}`)
    expect(tap.notices[0]).toContain('Log in once more')
    expect(tap.notices[0]).toContain(`register ${relayUri} for known-client`)
    expect(await outcome(client, tap.url)).toBe('through')
    expect(askedFor()).toEqual([relayUri, own])
    expect(tap.codes).toEqual(['redirect-port-exact'])
  })

  test('one that tries again at once gets through, too', async () => {
    const client = await known(startClientV1, true)
    const tap = await through('auto')
    expect(await outcome(client, tap.url)).toBe('ended at a page (400)')
    expect(await outcome(client, tap.url)).toBe('through')
    expect(tap.codes).toEqual(['redirect-port-exact'])
  })

  test('a strict client is refused by itself, as was said', async () => {
    const client = await known(startClientV2, true)
    const tap = await through('auto')
    expect(await outcome(client, tap.url)).toBe('ended at a page (400)')
    expect(await outcome(client, tap.url)).toBe('Issuer mismatch')
    expect(tap.codes).toEqual(['redirect-port-exact'])
    expect(tap.notices[0]).toContain('A client that checks iss (RFC 9207) will still refuse')
  })

  test('a strict client gets through once the relay is registered, as was advised', async () => {
    const client = await known(startClientV2, true)
    const tap = await through('auto')
    expect(await outcome(client, tap.url)).toBe('ended at a page (400)')
    const redirectUri = askedFor()[0]!
    await servers.as.know({ id: 'known-client', redirectUri, comparesPorts: true })
    expect(await outcome(client, tap.url)).toBe('through')
  })

  test.each(generations)(
    '--relay always never gives up for SDK %s and says so',
    async (_name, startClient) => {
      const client = await known(startClient, true)
      const tap = await through('always')
      for (let login = 0; login < 3; login++)
        expect(await outcome(client, tap.url)).toBe('ended at a page (400)')
      await expect.poll(() => tap.codes, { timeout: 30_000 }).toEqual(['redirect-port-exact'])
      expect(tap.notices[0]).toContain('leave out --relay always')
      expect(new Set(askedFor()).size).toBe(1)
    },
  )

  test('--relay never lets a lenient client through, and says why a strict one is not', async () => {
    const lenient = await known(startClientV1, true)
    const tap = await through('never')
    expect(await outcome(lenient, tap.url)).toBe('through')
    const strict = await known(startClientV2, true)
    expect(await outcome(strict, tap.url)).toBe('Issuer mismatch')
    expect(tap.codes).toEqual(['relay-never-iss'])
    expect(tap.notices[0]).toContain('A client that checks iss (RFC 9207)')
  })
})
