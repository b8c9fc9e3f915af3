/** All rules on healthy logins, in which none may find anything. */
import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../src/core/wire/exchange.ts'
import { Session } from '../../src/core/session.ts'
import { parseTranscript } from '../../src/core/transcript/transcript.ts'
import { loadRules } from '../../src/rules.ts'
import { broken as brokenFlows } from './broken-flows.ts'
import { brokenRegistrations } from './broken-registrations.ts'
import { brokenScopes } from './broken-scopes.ts'
import { browsers } from './healthy-browsers.ts'
import { legacy, legacyIssuer, manners, variants } from './healthy-flows.ts'
import * as flow from './whole-flow.ts'

const { rules } = await loadRules()
const broken = [...brokenFlows, ...brokenRegistrations, ...brokenScopes]

function judge(http: string) {
  const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
  for (const exchange of parseTranscript(http)) session.ingest(exchange)
  session.settle()
  return session.report()
}

/** The same exchange before any of its answer is there. */
function waiting(exchange: Exchange): Exchange {
  const { response, endedAt, handedOver, ...rest } = exchange
  return rest
}

describe.each(Object.entries({ ...variants, ...manners, ...browsers }))(
  'a healthy flow %s',
  (_, http) => {
    const report = judge(http)

    test('gives no error and no warning', () => {
      const alarms = report.findings.filter(({ severity }) => severity !== 'info')
      expect(alarms.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([])
    })

    test('raises no alarm on the way either, not even one that is taken back', () => {
      const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
      const events = parseTranscript(http).flatMap((exchange) => [
        ...session.ingest(exchange),
        ...session.judge(),
      ])
      const alarms = events
        .filter((event) => event.type === 'finding')
        .map(({ finding }) => finding)
        .filter(({ severity }) => severity !== 'info')
      expect(alarms.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([])
    })

    test('raises no alarm while its requests wait for their answers either, and ends the same', () => {
      const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
      const events = parseTranscript(http).flatMap((exchange) => [
        ...session.ingest(waiting(exchange)),
        ...session.judge(),
        ...session.ingest(exchange),
        ...session.judge(),
      ])
      const alarms = events
        .filter((event) => event.type === 'finding')
        .map(({ finding }) => finding)
        .filter(({ severity }) => severity !== 'info')
      expect(alarms.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([])
      session.settle()
      expect(session.report()).toEqual(report)
    })

    test('passes, nothing broken, one flow, authorized', () => {
      expect(report.verdict).toBe('pass')
      expect(report.firstBroken).toBeNull()
      expect(report.flows.map(({ outcome }) => outcome)).toEqual(['authorized'])
      expect(report.outcomes.crash).toBe(0)
    })
  },
)

test('no item of the checklist fails in a healthy flow', () => {
  const failed = judge(flow.flowWith()).checklist.filter(({ status }) => status === 'fail')
  expect(failed).toEqual([])
})

test.each([
  ['a client of that time', legacy.replaceAll('2025-11-25', '2025-03-26')],
  [
    'a client of today that falls back',
    legacy.replace(
      `> GET ${legacyIssuer}/.well-known/oauth-authorization-server`,
      `> GET ${flow.metadataUrl}\n\n${flow.notFound}\n\n> GET https://mcp.example/.well-known/oauth-protected-resource\n\n${flow.notFound}\n\n> GET ${legacyIssuer}/.well-known/oauth-authorization-server`,
    ),
  ],
])('a login of 2025-03-26 by %s gives no error', (_, http) => {
  const report = judge(http)
  const errors = report.findings.filter(({ severity }) => severity === 'error')
  expect(errors.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([])
  expect(report.flows.map(({ outcome }) => outcome)).toEqual(['authorized'])
})

describe('a broken flow is blamed on the one who broke it', () => {
  test.each(broken)('$rule: $fault', ({ rule, fault, http }) => {
    const { firstBroken, findings, verdict } = judge(http)
    const first = findings.find(({ id }) => id === firstBroken?.finding)
    expect({ rule: first?.rule, fault: first?.fault, verdict }).toEqual({
      rule,
      fault,
      verdict: 'fail',
    })
  })

  test.each(broken)('$rule leaves no other cause standing beside it', ({ rule, http }) => {
    const causes = judge(http).findings.filter(
      ({ severity, causedBy }) => severity === 'error' && causedBy === null,
    )
    expect(causes.map((finding) => finding.rule)).toEqual([rule])
  })
})
