import { expect } from 'vitest'
import type { Exchange } from '../../../src/core/wire/exchange.ts'
import { fromEntry } from '../../../src/core/har/read.ts'
import { toEntry } from '../../../src/core/har/write.ts'
import { createRedactor } from '../../../src/core/redact/redactor.ts'
import type { Report } from '../../../src/core/verdict/report.ts'
import type { Example, Rule } from '../../../src/core/verdict/rule.ts'
import { Session, type SessionOptions } from '../../../src/core/session.ts'
import { exchangesOf } from '../../../src/core/example.ts'
import { key } from './redaction.ts'

/** Expects that an example, redacted and read again, proves what it proves, and holds no secret any more. */
export async function expectProofRedacted(rules: readonly Rule[], example: Example): Promise<void> {
  const exchanges = await exchangesOf(example)
  const redactor = createRedactor({ key })
  for (const exchange of exchanges) redactor.learn(exchange)
  const report = judge(rules, exchanges, example)
  const saved = exchanges.map((exchange, index) => {
    const text = JSON.stringify(toEntry(redactor.exchange(exchange), {}))
    expect(redactor.leaks(text)).toBe(undefined)
    return fromEntry(JSON.parse(text), index)!
  })
  const labels = redactor.facts()
  const recorded = redactor.value(report).findings
  const again = judge(rules, saved, example, { labels, recorded })
  expect(verdicts(again)).toEqual(verdicts(report))
  expect(broken(again)).toEqual(broken(report))
}

function judge(
  rules: readonly Rule[],
  exchanges: readonly Exchange[],
  { revision }: Example,
  more: Partial<SessionOptions> = {},
): Report {
  const session = new Session({
    rules,
    tool: { name: 'authtap', version: '0', rules: '' },
    ...(revision === undefined ? {} : { revision }),
    ...more,
  })
  for (const exchange of exchanges) session.ingest(exchange)
  session.settle()
  return session.report()
}

/** What broke first, by its rule. */
function broken({ firstBroken, findings }: Report) {
  if (firstBroken === null) return null
  const { rule } = findings.find(({ id }) => id === firstBroken.finding)!
  return { ...firstBroken, finding: rule }
}

/** What a report accuses whom of. */
function verdicts({ findings }: Report): string[] {
  return findings
    .map((one) => `${one.rule} ${one.variant ?? ''} ${one.severity} ${one.fault}`)
    .sort()
}
