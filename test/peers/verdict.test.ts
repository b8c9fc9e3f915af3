import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../src/core/wire/exchange.ts'
import { Session } from '../../src/core/session.ts'
import { loadRules } from '../../src/rules.ts'
import type { StartClient } from './client.ts'
import { startClientV1 } from './client-v1.ts'
import { startClientV2 } from './client-v2.ts'
import { realFaults } from './faults.ts'
import { play } from './play.ts'
import { tapped } from './tap.ts'

const { rules } = await loadRules()

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

/** SDK v1 does not compare issuers, so the login goes on; the fault is found all the same. */
const survivedByV1 = new Set(['discovery/asm-issuer-mismatch'])

describe.each(clients)(
  'a client of SDK %s and oidc-provider, through authtap',
  (version, startClient) => {
    test('a healthy login, calls and a refresh: no error, no warning, and the authorization response was seen', async () => {
      const tap = tapped()
      const { done } = await play(
        { authorizationServer: { accessTokenLifetime: 2 } },
        startClient,
        tap.startProxy,
        { refresh: true },
      )
      expect(done).toContain('refresh')
      const report = judge(tap.exchanges)
      expect(report.findings.filter(({ severity }) => severity !== 'info')).toEqual([])
      expect(report).toMatchObject({ verdict: 'pass', firstBroken: null })
      expect(report.flows.map(({ outcome }) => outcome)).toEqual(['authorized'])
      expect(report.flows[0]!.steps.map(({ kind }) => kind)).toContain('callback')
    })

    test.each(realFaults.map((fault) => [fault.rule, fault] as const))(
      '%s is found and its party is blamed',
      async (rule, fault) => {
        const tap = tapped()
        await fault.run(tap.startProxy, startClient)
        const report = judge(tap.exchanges)
        const found = report.findings.find((finding) => finding.rule === rule)
        expect(found).toMatchObject({ fault: fault.party })
        const survived = fault.survived || (version === 'v1' && survivedByV1.has(rule))
        if (!survived)
          expect(report.firstBroken).toMatchObject({ finding: found!.id, fault: fault.party })
      },
    )
  },
)
