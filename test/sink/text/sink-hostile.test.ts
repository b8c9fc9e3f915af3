import { expect, test } from 'vitest'
import type { Event } from '../../../src/core/verdict/event.ts'
import type { Safe } from '../../../src/core/redact/redactor.ts'
import type { Report } from '../../../src/core/verdict/report.ts'
import type { Rule } from '../../../src/core/verdict/rule.ts'
import { Session } from '../../../src/core/session.ts'
import { makeStyle } from '../../../src/sink/text/style.ts'
import { TextSink } from '../../../src/sink/text/sink.ts'
import { poisoned } from '../../poisoned.ts'
import { failedLogin, rules } from '../../tui/fixtures/login.ts'

const hostile = '\x1b]52;c;c3RvbGVu\x07\u009b2J\u202e\x1b[35m\n✓ FORGED\r'

/** Everything that is told of a login that failed, with hostile text wherever there is text. */
function events(): Event[] {
  const session = new Session({
    rules: rules as unknown as readonly Rule[],
    tool: { name: 'authtap', version: '0', rules: '0' },
    targets: ['https://mcp.example/mcp'],
    ignored: ['some/rule'],
  } as ConstructorParameters<typeof Session>[0])
  const told = failedLogin().flatMap((exchange) => session.ingest(exchange))
  told.push(...session.settle())
  const report = session.report()
  const all: Event[] = [
    ...told,
    { type: 'rule-crashed', 'rule-crashed': { rule: 'own/rule', message: 'x', flow: 'w1' } },
    ...report.findings.map(({ id }): Event => ({
      type: 'finding-withdrawn',
      'finding-withdrawn': { id },
    })),
    { type: 'report', report: widened(report) },
  ]
  return poisoned(all, hostile)
}

/** With what only some reports have. */
function widened(report: Report): Report {
  const findings = report.findings.map((finding) => ({
    ...finding,
    variant: 'v',
    hint: 'hint',
    candidates: [{ fault: 'client' as const, why: 'perhaps' }],
    evidence: finding.evidence.map((one) => ({ ...one, client: 'seen', note: 'note' })),
  }))
  return {
    ...report,
    findings,
    ignored: ['some/rule'],
    capture: { ...report.capture, missing: ['cookie'] },
  }
}

function printed(color: boolean): string {
  let text = ''
  const style = makeStyle({ color, unicode: true, width: () => 100 })
  const sink = new TextSink((part) => (text += part), {
    style,
    checklist: true,
    width: 100,
    live: true,
  })
  for (const event of events()) sink.event(event as Safe<Event>)
  return text
}

test.each([true, false])(
  'nothing acts on a terminal but its own colours, whoever wrote the text (colours: %s)',
  (color) => {
    const text = printed(color)
    const rest = color ? text.replaceAll(/\x1b\[(?:1|2|22|3[1236]|39)m/g, '') : text
    expect(rest.replaceAll('\n', '').match(/.{0,40}[\p{Cc}\p{Cf}\p{Zl}\p{Zp}].{0,10}/gu)).toBeNull()
    // What was unsafe is there to be read.
    for (const spelled of ['␛]52;c;', '\\x9b2J', '\\u{202e}']) expect(rest).toContain(spelled)
  },
)

test('text of others makes no line of its own', () => {
  expect(printed(false)).not.toMatch(/^✓ FORGED/m)
})
