import { beforeAll, describe, expect, test } from 'vitest'
import { startClientV1 } from './client-v1.ts'
import { startClientV2 } from './client-v2.ts'
import type { StartClient } from './client.ts'
import { realFaults } from './faults.ts'
import type { SeenRequest } from './listener.ts'
import { direct, play, type Played } from './play.ts'
import { tapped, type Tapped } from './tap.ts'

const generations: [string, StartClient][] = [
  ['v1', startClientV1],
  ['v2', startClientV2],
]

describe.each(generations)('a client of SDK %s, through authtap,', (_version, startClient) => {
  let tap: Tapped
  let played: Played

  beforeAll(async () => {
    tap = tapped()
    const cast = { authorizationServer: { accessTokenLifetime: 2 } }
    played = await play(cast, startClient, tap.startProxy, { refresh: true })
  })

  test('logs in, lists, calls, outlives its token, refreshes and calls again', () => {
    expect(played.error).toBeUndefined()
    expect(played.done).toEqual(['login', 'list', 'call', 'refresh'])
    expect(played.servers.as.failures).toEqual([])
    expect(tap.notices).toEqual([])
  })

  test('is seen at every leg: the recorded requests are those the servers received', () => {
    const { mcp, as } = played.servers
    const recorded = tap.exchanges.map(({ request }) => `${request.method} ${request.url}`)
    const received = (origin: string, seen: readonly SeenRequest[]) =>
      seen
        .filter(({ target }) => !ofOthers(target))
        .map(({ method, target }) => `${method} ${origin}${target}`)
    const wanted = [...received(mcp.origin, mcp.seen), ...received(as.origin, as.seen)]
    for (const line of wanted) expect(recorded).toContain(line)
  })

  test('has its authorization response recorded, as the authorization server sent it', () => {
    const responses = tap.exchanges
      .map(({ request }) => new URL(request.url))
      .filter(({ searchParams }) => searchParams.has('code'))
    expect(responses).toHaveLength(1)
    expect(responses[0]?.searchParams.get('iss')).toBe(played.servers.as.issuer)
    expect(responses[0]?.searchParams.get('state')).toBeTruthy()
  })

  test('leaves no trace of the proxy in what the servers received, but for the relayed redirect URI', () => {
    const { relayPort, ports } = tap.listening
    const { mcp, as } = played.servers
    for (const request of [...mcp.seen, ...as.seen]) {
      const text = textOf(request)
      for (const port of Object.values(ports)) {
        expect(text, `${request.method} ${request.target}`).not.toContain(`:${port}`)
      }
      const relayed = text.split('\n').filter((line) => line.includes(`:${relayPort}`))
      for (const line of relayed) expect(line).toMatch(/redirect_uri/)
    }
  })

  test('says the same to the servers as without authtap', async () => {
    const without = await play({}, startClient, direct)
    const within = await play({}, startClient, tapped().startProxy)
    expect(shapeOf(within)).toEqual(shapeOf(without))
  })
})

describe('without the relay for authorization responses', () => {
  test('a client of SDK v2 meets the real issuer in iss, and stops', async () => {
    const { done, error } = await play({}, startClientV2, tapped({ relay: 'never' }).startProxy)
    expect(done).toEqual([])
    expect(error?.message).toContain('Issuer mismatch in authorization response')
  })

  test('a client of SDK v1 does not look at iss, and gets through', async () => {
    const tap = tapped({ relay: 'never' })
    const { done } = await play({}, startClientV1, tap.startProxy)
    expect(done).toEqual(['login', 'list', 'call'])
    expect(tap.exchanges.some(({ request }) => request.url.includes('code='))).toBe(false)
  })
})

/** What the browser and the MCP server ask the authorization server without going through the proxy. */
function ofOthers(target: string): boolean {
  return /^\/(jwks$|auth[/?]|interaction\/)/.test(target)
}

/** Every value of a request on a line of its own, decoded. */
function textOf({ target, headers, body }: SeenRequest): string {
  const query = new URLSearchParams(target.split('?')[1])
  const isForm = headers.some(
    ([name, value]) => /^content-type$/i.test(name) && value.includes('form-urlencoded'),
  )
  const form = isForm ? new URLSearchParams(body) : []
  const lines = [...query, ...form, ...headers].map(([name, value]) => `${name}: ${value}`)
  return [target.split('?')[0], ...lines, isForm ? '' : body].join('\n')
}

/** The requests of a flow, sorted, without what differs from run to run. */
function shapeOf({ servers }: Played): string[] {
  const seen = [...servers.mcp.seen, ...servers.as.seen].filter(({ target }) => !ofOthers(target))
  const shapes = seen.map(({ method, target, headers, body }) => {
    const names = headers
      .map(([name]) => name.toLowerCase())
      .filter((name) => !ofConnection.has(name))
    const isForm = headers.some(
      ([name, value]) => /^content-type$/i.test(name) && value.includes('form-urlencoded'),
    )
    const members = isForm ? [...new URLSearchParams(body).keys()].sort().join(' ') : ''
    return `${method} ${target.split('?')[0]} ${names.sort().join(' ')} ${members}`
  })
  return shapes.sort()
}

const ofConnection = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'expect',
  'te',
])

describe('a fault of a real peer is the same through authtap:', () => {
  describe.each(generations)('SDK %s', (_version, startClient) => {
    test.each(realFaults.map((fault) => [fault.rule, fault] as const))(
      '%s',
      async (_rule, fault) => {
        const without = await fault.run(direct, startClient)
        const within = await fault.run(tapped().startProxy, startClient)
        expect(within.done).toEqual(without.done)
        expect(plain(within.error)).toBe(plain(without.error))
      },
    )
  })
})

/** An error's words without the ports, which differ from run to run. */
function plain(error: Error | undefined): string | undefined {
  return error?.message.replaceAll(/(localhost|127\.0\.0\.1):\d+/g, 'here')
}
