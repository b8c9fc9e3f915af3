import { expect, test } from 'vitest'
import type { Exchange } from '../../../src/core/wire/exchange.ts'
import { fromEntry } from '../../../src/core/har/read.ts'
import { toEntry } from '../../../src/core/har/write.ts'
import { createRedactor } from '../../../src/core/redact/redactor.ts'
import type { Report } from '../../../src/core/verdict/report.ts'
import type { Example, Rule } from '../../../src/core/verdict/rule.ts'
import { Session, type SessionOptions } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { loadRules } from '../../../src/rules.ts'
import { key } from './redaction.ts'

const { rules } = await loadRules([])

interface Case {
  readonly rule: Rule
  readonly example: Example
}

const cases: Case[] = rules.flatMap((rule) =>
  [...rule.examples.good, ...rule.examples.bad].map((example) => ({ rule, example })),
)

function judge(
  exchanges: readonly Exchange[],
  { example }: Case,
  more: Partial<SessionOptions> = {},
): Report {
  const session = new Session({
    rules,
    tool: { name: 'authtap', version: '0', rules: '' },
    ...(example.revision === undefined ? {} : { revision: example.revision }),
    ...more,
  })
  for (const exchange of exchanges) session.ingest(exchange)
  session.settle()
  return session.report()
}

/** What a report accuses whom of. */
function verdicts({ findings }: Report): string[] {
  return findings
    .map((one) => `${one.rule} ${one.variant ?? ''} ${one.severity} ${one.fault}`)
    .sort()
}

test.each(cases.map((one) => ({ name: `${one.rule.id}: ${one.example.name}`, one })))(
  'a redacted capture proves what the capture proves: $name',
  ({ one }) => {
    const exchanges = parseTranscript(one.example.http, { source: 'example' })
    const redactor = createRedactor({ key })
    for (const exchange of exchanges) redactor.learn(exchange)
    const report = judge(exchanges, one)
    const saved = exchanges.map((exchange, index) => {
      const text = JSON.stringify(toEntry(redactor.exchange(exchange), {}))
      expect(redactor.leaks(text)).toBe(undefined)
      return fromEntry(JSON.parse(text), index)!
    })
    const labels = redactor.facts()
    const recorded = redactor.value(report).findings
    expect(verdicts(judge(saved, one, { labels, recorded }))).toEqual(verdicts(report))
  },
)
