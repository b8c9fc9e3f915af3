import { connect } from 'node:net'
import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import { startClientV2 } from '../peers/client-v2.ts'
import { play, startServers, type Servers } from '../peers/play.ts'
import { hosted, type Hosted, layouts, mcpName } from './hosted.ts'
import { clientAddress, kinds } from './tunnels.ts'

/** What is taken down after a test, the last first. */
const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

async function started(tap: Hosted): Promise<Servers> {
  const servers = await startServers()
  stops.push(servers.stop)
  const proxied = await tap.startProxy(servers.mcp.url)
  stops.push(proxied.stop)
  return servers
}

/** As a scanner asks: every address that could be something. */
function* scan(count: number): Iterable<{ readonly host: string; readonly path: string }> {
  const hosts = [
    'evil.example',
    'localhost.evil.example',
    'mcp.test.evil.example',
    '10.0.0.1',
    'as.test:8443',
  ]
  const paths = [
    '/.env',
    '/.git/config',
    '/admin',
    '/mcp2',
    '/~9/token',
    '/.well-known/security.txt',
    '/',
    '/..%2fmcp',
    '/jwks',
    '//mcp',
    '/mcp/../x',
  ]
  for (let n = 0; n < count; n++) {
    const wrongHost = n % 2 === 0
    yield {
      host: wrongHost ? hosts[(n / 2) % hosts.length]! : mcpName,
      path: wrongHost ? '/mcp' : `${paths[n % paths.length]}?${n}`,
    }
  }
}

describe.each(kinds)('through a tunnel that %s', (kind) => {
  test.each(layouts)(
    'a thousand wrong requests reach nothing and leave nothing: %s',
    async (layout) => {
      const tap = hosted({ layout, kind })
      const { mcp, as } = await started(tap)
      const before = [mcp.seen.length, as.seen.length]
      const port = tap.listening.ports[new URL(mcp.url).origin]!
      const socket = connect(port, '127.0.0.1')
      let answers = ''
      socket.on('data', (chunk) => (answers += chunk.toString('latin1')))
      for (const { host, path } of scan(1000)) {
        const lines =
          kind === 'puts our address into Host'
            ? [`Host: localhost:${port}`, `X-Forwarded-Host: ${host}`]
            : [`Host: ${host}`, 'X-Forwarded-For: 198.51.100.1']
        socket.write([`GET ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n'))
      }
      socket.end()
      await once(socket, 'close')
      const statuses = [...answers.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => status)
      expect(statuses).toHaveLength(1000)
      expect(new Set(statuses)).toEqual(new Set(['421', '404']))
      expect([mcp.seen.length, as.seen.length]).toEqual(before)
      expect(tap.exchanges).toEqual([])
      expect(tap.notices.map(({ code }) => code)).toEqual([])
      for (const stop of stops.splice(0).reverse()) await stop()
      expect(tap.notices.at(-1)?.text).toMatch(
        /500 for a name that is none of ours, 500 for what no server names/,
      )
    },
  )
})

test('a client with a wrong address is told of, a scanner is not', async () => {
  const tap = hosted({ layout: 'names' })
  await started(tap)
  const ask = (path: string, init?: RequestInit) => fetch(`https://${mcpName}${path}`, init)
  expect((await ask('/admin')).status).toBe(404)
  const headers = { 'content-type': 'application/json' }
  expect((await ask('/sse', { method: 'POST', headers, body: '{}' })).status).toBe(404)
  expect(tap.notices.map(({ text }) => text)).toEqual([
    `a client asks for POST https://${mcpName}/sse, which is not the MCP endpoint, and was answered 404 by authtap: give it https://${mcpName}/mcp`,
  ])
  // A slash too many is for the server to answer, and for the rules to judge.
  expect((await ask('/mcp/', { method: 'POST', headers, body: '{}' })).status).toBe(404)
  expect(tap.exchanges.map(({ request }) => new URL(request.url).pathname)).toEqual(['/mcp/'])
})

describe('with --from', () => {
  const publicly = (from: string[], fromField?: string) => ({
    names: [mcpName],
    paths: true,
    from,
    fromField,
  })

  test.each([
    ['the range of the client', ['203.0.113.0/24'], undefined],
    [
      'its address, in a field that the tunnel has of its own',
      ['::1', clientAddress],
      'CF-Connecting-IP',
    ],
  ])('a login from %s works', async (_, from, field) => {
    const tap = hosted({ layout: 'paths', publicly: publicly(from, field) })
    const { done, error } = await play({}, startClientV2, tap.startProxy)
    expect(error).toBeUndefined()
    expect(done).toContain('call')
  })

  test('others are refused and told of, whatever they say of themselves', async () => {
    const tap = hosted({ layout: 'paths', publicly: publicly(['198.51.100.0/24']) })
    const { mcp } = await started(tap)
    const before = mcp.seen.length
    const headers = { 'X-Forwarded-For': '198.51.100.1' }
    const answer = await fetch(`https://${mcpName}/mcp`, { method: 'POST', headers })
    expect(answer.status).toBe(403)
    expect(mcp.seen).toHaveLength(before)
    expect(tap.notices.map(({ code }) => code)).toContain('public-address-refused')
    expect(tap.notices.at(-1)?.text).toContain(clientAddress)
  })
})
