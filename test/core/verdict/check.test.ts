import { expect, test } from 'vitest'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { type Rule, defineRule } from '../../../src/core/verdict/rule.ts'
import type { Exchange } from '../../../src/core/wire/exchange.ts'
import { loadRules } from '../../../src/rules.ts'
import { login } from '../login.ts'

const [like] = (await loadRules()).rules
const tool = { name: 'authtap' as const, version: '0', rules: '' }

function reportOf(rules: readonly Rule[], exchanges: readonly Exchange[]) {
  const session = new Session({ rules, tool })
  for (const exchange of exchanges) session.ingest(exchange)
  session.settle()
  return session.report()
}

/** Has nothing to object to, wherever it looks. */
const content = defineRule({
  ...(like as Rule<'server-metadata'>),
  id: 'test/content',
  on: 'server-metadata',
  *check() {},
}) as Rule

test.each([
  ['200 OK', { blind: 1, pass: 0 }],
  ['302 Found', { blind: 0, pass: 1 }],
  ['404 Not Found', { blind: 0, pass: 1 }],
])(
  'metadata whose body was not kept is out of sight only if it was answered, as by %s',
  (status, outcomes) => {
    const [asked] = parseTranscript(`
> GET https://login.example/.well-known/oauth-authorization-server

< HTTP/1.1 ${status}
< content-type: application/json
< content-length: 500
`)
    const report = reportOf([content], [asked!])
    expect(report.outcomes).toMatchObject(outcomes)
    expect(report.blind.map(({ leg }) => leg)).toEqual(
      outcomes.blind === 1 ? ['the response body'] : [],
    )
  },
)

test('rules that aggregate are asked last, wherever they stand, and know what the others found', () => {
  const asked: (readonly [string, number])[] = []
  const asking = (id: string, more: Partial<Rule<'mcp'>> = {}) =>
    defineRule({
      ...(like as Rule<'mcp'>),
      id,
      on: 'mcp',
      *check(step, flow) {
        asked.push([id, flow.findings.length])
        yield { message: id, evidence: [{ step, at: 'response.status' }] }
      },
      ...more,
    }) as Rule
  const call = login().filter(({ response }) => response?.status === 200)
  reportOf([asking('test/last', { aggregates: true }), asking('test/first')], call.slice(-1))
  expect(asked).toEqual([
    ['test/first', 0],
    ['test/last', 1],
  ])
})

test('of the evidence, what is false or undefined is left out', () => {
  const rule = defineRule({
    ...(like as Rule<'mcp'>),
    id: 'test/rule',
    on: 'mcp',
    *check(step) {
      const absent = step.ok ? undefined : { step, at: 'response.body' as const }
      yield {
        message: 'x',
        evidence: [absent, !step.ok && { step, at: 'request.url' }, { step, at: 'request.method' }],
      }
    },
  }) as Rule
  const call = login().filter(({ response }) => response?.status === 200)
  const { findings } = reportOf([rule], call.slice(-1))
  expect(findings.flatMap(({ evidence }) => evidence.map(({ at }) => at))).toEqual([
    'request.method',
  ])
})
