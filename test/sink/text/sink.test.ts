import { expect, onTestFinished, test, vi } from 'vitest'
import type { Event } from '../../../src/core/verdict/event.ts'
import { redactEvent } from '../../../src/core/redact/event.ts'
import { createRedactor } from '../../../src/core/redact/redactor.ts'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { loadRules } from '../../../src/rules.ts'
import { makeStyle } from '../../../src/sink/text/style.ts'
import { type Next, TextSink } from '../../../src/sink/text/sink.ts'

const { rules } = await loadRules()

/** What is printed while these exchanges come in, each followed by so many milliseconds of silence, and then nothing more. */
function printed(transcript: string, silence = 0): string {
  let text = ''
  const style = makeStyle({ color: false, unicode: true })
  const sink = new TextSink((more) => (text += more), {
    style,
    checklist: false,
    width: 100,
    live: true,
  })
  const redactor = createRedactor({ key: new Uint8Array(32) })
  const tell = (events: readonly Event[]) => {
    for (const event of events) sink.event(redactEvent(event, redactor))
  }
  const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
  for (const exchange of parseTranscript(transcript)) {
    redactor.learn(exchange)
    tell([...session.ingest(exchange), ...session.judge()])
    tell(session.advance((exchange.endedAt ?? 0) + silence))
  }
  tell(session.settle())
  return text
}

const refused = `
  > POST https://mcp.example/mcp

  {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

  < HTTP/1.1 401 Unauthorized`

test('a finding that turns out to be worse is told of in one line, not once more', () => {
  const text = printed(refused)
  expect(text.match(/▲ warning A 401 carries no WWW-Authenticate field/g)).toHaveLength(1)
  expect(text).toContain(
    '  now error, before warning: the 401 of https://mcp.example/mcp has no WWW-Authenticate\n',
  )
  expect(text).not.toContain('✗ error A 401 carries')
  expect(text).not.toContain('withdrawn')
})

test('what turns out to be wrong is taken back', () => {
  const challenge = 'Bearer resource_metadata="https://mcp.example/.well-known/prm"'
  const late = `${refused}
  < www-authenticate: ${challenge}

  # at 12:10:00
  > GET https://mcp.example/.well-known/prm

  < HTTP/1.1 200 OK
  < content-type: application/json

  {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}`
  expect(printed(late, 400_000)).toContain('withdrawn: error the server at')
  expect(printed(late)).not.toContain('withdrawn')
})

test('what to do next is said after a verdict that is no pass, and only there', () => {
  const style = makeStyle({ color: false, unicode: true })
  const next = 'authtap report @last --output report.md'
  for (const [verdict, says] of [
    ['fail', true],
    ['incomplete', true],
    ['pass', false],
  ] as const) {
    let text = ''
    const sink = new TextSink((more) => (text += more), {
      style,
      checklist: false,
      width: 100,
      live: false,
      next: () => next as ReturnType<Next>,
    })
    const session = new Session({ rules: [], tool: { name: 'authtap', version: '0', rules: '' } })
    const redactor = createRedactor({ key: new Uint8Array(32) })
    const report = { ...session.report(), verdict }
    sink.event(redactEvent({ type: 'report', report }, redactor))
    expect(text.includes(`Next  ${next}`)).toBe(says)
  }
})

test('a request that nobody answers is told of, again and again, until it ends', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  let text = ''
  const style = makeStyle({ color: false, unicode: true })
  const print = (more: string) => void (text += more)
  const sink = new TextSink(print, { style, checklist: false, width: 100, live: true })
  const [exchange] = parseTranscript(refused)
  const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
  const redactor = createRedactor({ key: new Uint8Array(32) })
  const tell = (events: readonly Event[]) =>
    events.forEach((event) => sink.event(redactEvent(event, redactor)))
  vi.setSystemTime(exchange!.startedAt)
  const { response: _response, endedAt: _endedAt, ...asked } = exchange!
  tell(session.ingest(asked))
  vi.advanceTimersByTime(2900)
  expect(text).toBe('')
  vi.advanceTimersByTime(17_000)
  expect(text.match(/#1 … initialize: no answer yet .* (3|15) s, silent/g)).toHaveLength(2)
  tell(session.ingest(exchange!))
  vi.advanceTimersByTime(400_000)
  expect(text.split('\n')).toHaveLength(4)
  expect(text).toContain('100 ms')
})

test('calls that tell nothing new are a line each, and one line where nobody could read so many', () => {
  let text = ''
  const style = makeStyle({ color: false, unicode: true })
  const sink = new TextSink((more) => (text += more), {
    style,
    checklist: false,
    width: 100,
    live: true,
  })
  const redactor = createRedactor({ key: new Uint8Array(32) })
  const calls = (count: number) =>
    redactEvent(
      {
        type: 'calls',
        calls: {
          model: {
            exchange: parseTranscript(
              '> POST https://mcp.example/mcp?a=b\n\n< HTTP/1.1 200 OK',
            )[0]!,
            flow: 'w1',
            step: { kind: 'mcp', summary: 'tools/call echo: 200 with token', ok: true },
          },
          calls: Array.from({ length: count }, (_, index) => ({
            id: String(10 + index),
            startedAt: index,
            endedAt: index + 5,
            connection: '1',
            sent: 1,
            received: 2,
          })),
        },
      },
      redactor,
    )
  sink.event(calls(2))
  expect(text.split('\n')).toEqual([
    '00:00:00  #10 ✓ tools/call echo: 200 with token                  POST https://mcp.example/mcp  5 ms',
    '00:00:00  #11 ✓ tools/call echo: 200 with token                  POST https://mcp.example/mcp  5 ms',
    '',
  ])
  text = ''
  sink.event(calls(500))
  expect(text).toBe(
    '00:00:00 #10–#509 ✓ tools/call echo: 200 with token, 500 times       POST https://mcp.example/mcp  504 ms\n',
  )
})
