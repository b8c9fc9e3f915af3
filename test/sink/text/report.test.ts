import { expect, test } from 'vitest'
import { redactEvent } from '../../../src/core/redact/event.ts'
import { createRedactor } from '../../../src/core/redact/redactor.ts'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { loadRules } from '../../../src/rules.ts'
import { reportText } from '../../../src/sink/text/report.ts'
import { TextSink } from '../../../src/sink/text/sink.ts'
import { makeStyle } from '../../../src/sink/text/style.ts'

const { rules } = await loadRules()

const refused = `
\${opening until callback}

> POST https://as.example/token
> content-type: application/x-www-form-urlencoded

grant_type=authorization_code&code=c1&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&resource=https%3A%2F%2Fmcp.example%2Fmcp

< HTTP/1.1 400 Bad Request
< content-type: application/json

{"error":"invalid_grant","error_description":"this request was refused because the code_verifier that it needs is missing"}
`

/** What a terminal of this width gets: the report, and with `live` what happens before it, then the end in brief. */
function report(width: number, live = false): string {
  let text = ''
  const style = makeStyle({ color: false, unicode: true, isTerminal: true, width: () => width })
  const print = (more: string) => void (text += more)
  const sink = new TextSink(print, { style, checklist: false, width, live, brief: live })
  const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
  const redactor = createRedactor({ key: new Uint8Array(32) })
  for (const exchange of parseTranscript(refused))
    for (const event of session.ingest(exchange)) sink.event(redactEvent(event, redactor))
  for (const event of session.settle()) sink.event(redactEvent(event, redactor))
  sink.event(redactEvent({ type: 'report', report: session.report() }, redactor))
  return text
}

test.each([60, 80])('flows and consequences keep to %i columns', (width) => {
  const [, flows = ''] = /^Flows\n([^]*?)\n\n/m.exec(report(width)) ?? []
  const [, effects = ''] = /^Consequences\n([^]*?)\n(?:\n|$)/m.exec(report(width)) ?? []
  for (const lines of [flows.split('\n'), effects.split('\n')]) {
    expect(lines.length).toBeGreaterThan(1)
    expect(lines.filter((line) => line.length > width)).toEqual([])
    expect(lines.slice(1).every((line) => line.startsWith('    '))).toBe(true)
  }
})

test('what the evidence cites is listed: the steps of the flow that broke', () => {
  const [, steps = ''] = /^Steps\n([^]*?)\n\n/m.exec(report(100)) ?? []
  expect(steps.split('\n').map((line) => line.trim().slice(0, 4))).toContain('#7 ✗')
})

test.each([
  ['error', '✗'],
  ['warning', '▲'],
  ['info', '✓'],
] as const)(
  'a step at fault by a finding of severity %s is marked %s, although it was answered with 200',
  (severity, sign) => {
    const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
    for (const exchange of parseTranscript(refused)) session.ingest(exchange)
    session.settle()
    const told = session.report()
    const { exchange } = told.flows[0]!.steps.find(({ kind }) => kind === 'server-metadata')!
    const [cause] = told.findings
    const more = { ...cause!, id: 'f9', severity, causedBy: cause!.id }
    const evidence = [{ exchange, at: 'response.json/issuer', text: '' }]
    const findings = [...told.findings, { ...more, evidence }]
    const redactor = createRedactor({ key: new Uint8Array(32) })
    const style = makeStyle({ color: false, unicode: true })
    const text = reportText(redactor.value({ ...told, findings }), style, {
      checklist: false,
      width: 100,
    })
    expect(text).toMatch(new RegExp(`^ +#${exchange} ${sign} server metadata`, 'm'))
  },
)

test('while it happens an exchange is one line, a finding is said once, and what follows from it is marked', () => {
  const lines = report(80, true).split('\n')
  expect(lines.filter((line) => /^\d\d:\d\d:\d\d/.test(line))).toHaveLength(7)
  expect(lines.filter((line) => line.length > 80 && !/https:/.test(line))).toEqual([])
  expect(
    lines.filter((line) => line.includes('The token request has no code_verifier')),
  ).toHaveLength(1)
  expect(lines.filter((line) => line.startsWith('  ↳ follows from it: '))).toHaveLength(1)
})

test('the end in brief has what broke and how to mend it last', () => {
  const text = report(100, true)
  const end = text
    .slice(text.lastIndexOf('──\n') + 3)
    .trimEnd()
    .split('\n')
  expect(end.length).toBeLessThan(10)
  expect(end).toContain('✗ pkce/verifier-missing#absent (+1 consequence)  the client  w1')
  expect(end.at(-4)).toBe('✗ FAIL  The token step broke first. The client has to act.')
  expect(end.at(-3)).toBe('  #7: no code_verifier')
  expect(end.at(-2)).toMatch(/^ {2}fix: Keep the verifier/)
})
