import { Agent, getGlobalDispatcher, setGlobalDispatcher } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Exchange } from '../../src/core/wire/exchange.ts'
import { Session } from '../../src/core/session.ts'
import { loadRules } from '../../src/rules.ts'
import { makeSessionCertificate } from '../../src/tap/wire/session-certificate.ts'
import { startClientV1 } from './client-v1.ts'
import { startClientV2 } from './client-v2.ts'
import type { StartClient } from './client.ts'
import { play, type Played } from './play.ts'
import { tapped, type Tapped } from './tap.ts'

const { rules } = await loadRules()
const { ca, ...identity } = makeSessionCertificate(['localhost', '127.0.0.1', '[::1]'])

/** Client and browser trust the authority of the session and no other. */
const before = getGlobalDispatcher()
const trusting = new Agent({ connect: { ca } })
beforeAll(() => setGlobalDispatcher(trusting))
afterAll(async () => {
  setGlobalDispatcher(before)
  await trusting.close()
})

function judge(exchanges: readonly Exchange[]) {
  const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
  for (const exchange of exchanges) session.ingest(exchange)
  session.settle()
  return session.report()
}

const clients: [string, StartClient][] = [
  ['v1', startClientV1],
  ['v2', startClientV2],
]

describe.each(clients)('a client of SDK %s that authtap speaks https with', (_, startClient) => {
  let tap: Tapped
  let played: Played
  beforeAll(async () => {
    tap = tapped({ identity })
    const cast = { authorizationServer: { accessTokenLifetime: 2 } }
    played = await play(cast, startClient, tap.startProxy, { refresh: true })
  })

  test('logs in, lists, calls, outlives its token and refreshes', () => {
    expect(played.error).toBeUndefined()
    expect(played.done).toEqual(['login', 'list', 'call', 'refresh'])
    expect(tap.codes.filter((code) => code !== 'left-before-asking')).toEqual([])
  })

  test('meets authtap by https, and its own redirect URI without TLS', () => {
    expect(tap.listening.urls[0]!.url).toMatch(/^https:\/\/localhost:\d+\/mcp$/)
    for (const { request } of tap.exchanges) {
      const isCallback = new URL(request.url).searchParams.has('code')
      expect(request.via).toMatch(isCallback ? /^http:/ : /^https:/)
    }
  })

  test('names to the servers nothing but what is theirs', () => {
    const { relayPort, ports } = tap.listening
    const { mcp, as } = played.servers
    for (const { target, body } of [...mcp.seen, ...as.seen])
      for (const port of Object.values(ports))
        if (port !== relayPort) expect(`${target} ${body}`).not.toContain(`:${port}`)
  })

  test('is judged as without TLS: nobody is blamed', () => {
    const report = judge(tap.exchanges)
    expect(report.findings.filter(({ severity }) => severity !== 'info')).toEqual([])
    expect(report.verdict).toBe('pass')
  })
})
