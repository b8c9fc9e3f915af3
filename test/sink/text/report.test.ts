import { expect, test } from 'vitest'
import { redactEvent } from '../../../src/core/redact/event.ts'
import { createRedactor } from '../../../src/core/redact/redactor.ts'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { loadRules } from '../../../src/rules.ts'
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

/** What a terminal of this width gets: the report, and with `live` the findings before it and lines of exchanges between. */
function report(width: number, live = false, between = 0): string {
  let text = ''
  const style = makeStyle({ color: false, unicode: true, isTerminal: true, width })
  const sink = new TextSink((more) => (text += more), {
    style,
    checklist: false,
    width,
    live,
  })
  const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
  const redactor = createRedactor({ key: new Uint8Array(32) })
  for (const exchange of parseTranscript(refused)) session.ingest(exchange)
  for (const event of session.settle()) sink.event(redactEvent(event, redactor))
  const [exchange] = parseTranscript(refused)
  for (let n = 0; n < between; n += 1)
    for (const event of new Session({
      rules: [],
      tool: { name: 'authtap', version: '0', rules: '' },
    }).ingest({
      ...exchange!,
      id: `more-${n}`,
    }))
      sink.event(redactEvent(event, redactor))
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

test('a cause that was printed just before is named in short, and any other in full', () => {
  const cause = (text: string) => /^Cause {2}[^]*?\n\n/m.exec(text)?.[0] ?? ''
  const whole = cause(report(100))
  expect(whole).toContain('  seen ')
  expect(whole).toContain('  spec ')
  const live = report(100, true)
  expect(live.match(/^ {2}seen .*verifier/gm)).toHaveLength(1)
  expect(cause(live)).toContain('pkce/verifier-missing#absent  (error, the client)')
  expect(cause(live)).toContain('  fix    Keep the verifier')
  expect(cause(live)).not.toMatch(/ {2}(?:seen|why|spec) /)
  expect(cause(report(100, true, 100))).toBe(whole)
})
