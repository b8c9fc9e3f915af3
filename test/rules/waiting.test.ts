/** All rules while requests wait for their answers. */
import { expect, test } from 'vitest'
import type { Exchange } from '../../src/core/wire/exchange.ts'
import { Session } from '../../src/core/session.ts'
import { parseTranscript } from '../../src/core/transcript/transcript.ts'
import type { Example } from '../../src/core/verdict/rule.ts'
import { loadRules } from '../../src/rules.ts'

const { rules } = await loadRules()
const examples = rules.flatMap(({ id, examples: { good, bad } }) =>
  [...good, ...bad].map((example) => ({ id, name: example.name, example })),
)

/** The same exchange before any of its answer is there. */
function waiting(exchange: Exchange): Exchange {
  const { response, endedAt, handedOver, failure, ...rest } = exchange
  return rest
}

/** Judges an example, and tells which errors were found while a request had no answer. */
function judge({ http, revision }: Example, isSeenWaiting: boolean) {
  const tool = { name: 'authtap', version: '0', rules: '' } as const
  const session = new Session({ rules, tool, ...(revision === undefined ? {} : { revision }) })
  const early: string[] = []
  for (const exchange of parseTranscript(http, { source: 'example' })) {
    if (isSeenWaiting) {
      session.ingest(waiting(exchange))
      for (const event of session.judge())
        if (event.type === 'finding' && event.finding.severity === 'error')
          early.push(event.finding.rule)
    }
    session.ingest(exchange)
  }
  session.settle()
  return { report: session.report(), early }
}

test.each(examples)(
  '$id, $name: requests that wait for their answers change no verdict',
  ({ example }) => {
    const { report, early } = judge(example, true)
    const found = report.findings.map(({ rule }) => rule)
    expect(early.filter((rule) => !found.includes(rule))).toEqual([])
    const whole = judge(example, false).report
    expect(report.verdict).toBe(whole.verdict)
    expect(report.flows).toEqual(whole.flows)
    expect(report.findings.map(({ message }) => message).sort()).toEqual(
      whole.findings.map(({ message }) => message).sort(),
    )
  },
)
