import { describe, expect, test } from 'vitest'
import type { Report } from '../../src/core/verdict/report.ts'
import { startClientV1 } from '../peers/client-v1.ts'
import { startClientV2 } from '../peers/client-v2.ts'
import type { StartClient } from '../peers/client.ts'
import { type RealFault, realFaults } from '../peers/faults.ts'
import { play } from '../peers/play.ts'
import { tapped } from '../peers/tap.ts'
import { told } from '../scenarios/forms.ts'
import { hosted, layouts } from './hosted.ts'

/** What a person is told: the verdict, what broke first, and who has to do something about what. */
function blame({ verdict, firstBroken, findings, flows }: Report) {
  const broken = findings.find(({ id }) => id === firstBroken?.finding)
  return {
    verdict,
    firstBroken: broken && `${broken.rule} ${broken.fault}`,
    findings: findings
      .map(({ rule, variant, severity, fault }) => `${severity} ${rule}#${variant ?? ''} ${fault}`)
      .sort(),
    outcomes: flows.map(({ outcome }) => outcome),
  }
}

const forms = ['live', 'saved.har', 'redacted.har', 'journal.ndjson']

const clients: [string, StartClient][] = [
  ['v1', startClientV1],
  ['v2', startClientV2],
]
const faults = realFaults.map((fault) => [fault.rule, fault] as const)

describe.each(clients)('a client of SDK %s elsewhere', (_name, startClient) => {
  test.each<readonly [string, RealFault]>(faults)(
    '%s is named as it is locally, in both layouts, live and in the HAR, redacted or not',
    async (rule, fault) => {
      const local = tapped()
      const here = await fault.run(local.startProxy, startClient)
      const [expected] = await told(local.exchanges, [here.servers.mcp.url])
      const wanted = blame(expected!.report)
      expect(wanted.findings.join()).toContain(rule)
      for (const layout of layouts) {
        const tap = hosted({ layout })
        const there = await fault.run(tap.startProxy, startClient)
        expect(there.done).toEqual(here.done)
        const judged = await told(tap.exchanges, [there.servers.mcp.url])
        for (const { form, report } of judged.filter((one) => forms.includes(one.form)))
          expect({ layout, form, ...blame(report) }).toEqual({ layout, form, ...wanted })
      }
    },
    60_000,
  )

  test.each(layouts)('a healthy login tells the same in every form: %s', async (layout) => {
    const tap = hosted({ layout })
    const { servers } = await play({}, startClient, tap.startProxy)
    for (const { form, report } of await told(tap.exchanges, [servers.mcp.url]))
      expect({ form, verdict: report.verdict, broken: report.firstBroken }).toEqual({
        form,
        verdict: 'pass',
        broken: null,
      })
  })
})
