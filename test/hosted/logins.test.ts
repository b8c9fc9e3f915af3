import { beforeAll, describe, expect, test } from 'vitest'
import type { Exchange } from '../../src/core/wire/exchange.ts'
import { Session } from '../../src/core/session.ts'
import { loadRules } from '../../src/rules.ts'
import { startClientV1 } from '../peers/client-v1.ts'
import { startClientV2 } from '../peers/client-v2.ts'
import type { StartClient } from '../peers/client.ts'
import { play, type Played } from '../peers/play.ts'
import { hosted, type Hosted, type Layout, layouts } from './hosted.ts'
import { type Kind, kinds } from './tunnels.ts'

const { rules } = await loadRules()

function judge(exchanges: readonly Exchange[]) {
  const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
  for (const exchange of exchanges) session.ingest(exchange)
  session.settle()
  return session.report()
}

const clients: [string, StartClient][] = [
  ['SDK v1', startClientV1],
  ['SDK v2', startClientV2],
]
const cases = clients.flatMap(([name, start]) =>
  layouts.flatMap((layout) => kinds.map((kind) => [name, layout, kind, start] as const)),
)

describe.each(cases)(
  'a client of %s that knows the servers by %s, through a tunnel that %s,',
  (_name: string, layout: Layout, kind: Kind, startClient: StartClient) => {
    let tap: Hosted
    let played: Played
    beforeAll(async () => {
      tap = hosted({ layout, kind })
      const cast = { authorizationServer: { accessTokenLifetime: 2 } }
      played = await play(cast, startClient, tap.startProxy, { refresh: true })
    })

    test('logs in, lists, calls, outlives its token, refreshes and calls again', () => {
      expect(played.error).toBeUndefined()
      expect(played.done).toEqual(['login', 'list', 'call', 'refresh'])
      expect(played.servers.as.failures).toEqual([])
    })

    test('is seen at every leg, the authorization response included, and nobody is blamed', () => {
      const report = judge(tap.exchanges)
      expect(report.findings.filter(({ severity }) => severity !== 'info')).toEqual([])
      expect(report).toMatchObject({ verdict: 'pass', firstBroken: null })
      expect(report.flows[0]!.steps.map(({ kind }) => kind)).toContain('callback')
      for (const { request } of tap.exchanges)
        expect(request.via).toMatch(/^https:\/\/(?:mcp|as)\.test\//)
    })

    test('leaves no trace of the names or the tunnel in what the servers received, but for the relayed redirect URI', () => {
      const { mcp, as } = played.servers
      for (const { method, target, headers, body } of [...mcp.seen, ...as.seen]) {
        const text = [
          `${method} ${target}`,
          ...headers.map((field) => field.join(': ')),
          body,
        ].join('\n')
        const relayed = text.replaceAll(
          /https(?::\/\/|%3A%2F%2F)mcp\.test(?:\/|%2F)~callback/gi,
          '',
        )
        expect(relayed).not.toMatch(/\.test\b|^(?:x-)?forwarded|^c[fd][a-z]*-|203\.0\.113/im)
      }
    })

    test('is told only what it has to know', () => {
      const told = tap.notices.map(({ code }) => code)
      expect(told.filter((code) => code !== 'origin-below-name')).toEqual([])
    })
  },
)
