import { expect, test } from 'vitest'
import { CallBatch } from '../../../src/core/verdict/call-batch.ts'
import { callEvents } from '../../../src/core/verdict/event.ts'
import { redactEvent } from '../../../src/core/redact/event.ts'
import { createRedactor } from '../../../src/core/redact/redactor.ts'
import { Session } from '../../../src/core/session.ts'
import { NdjsonSink, eventJson } from '../../../src/sink/ndjson/sink.ts'
import { session } from '../../core/flow/ordinary-session.ts'

test('calls that are told together are the lines that each would be as an exchange', () => {
  const tool = { name: 'authtap', version: '0', rules: '' } as const
  const judged = new Session({ rules: [], tool })
  const batch = new CallBatch()
  for (const exchange of session(60, -1, (call) => call)) {
    const model = judged.count(exchange)
    if (model === undefined) judged.ingest(exchange)
    else batch.add(exchange, model, true)
  }
  const redactor = createRedactor({ key: new Uint8Array(32) })
  const lines: unknown[] = []
  const sink = new NdjsonSink((text) => {
    for (const line of text.trimEnd().split('\n')) lines.push(JSON.parse(line))
  })
  const expected: unknown[] = []
  for (const event of batch.take()) {
    const safe = redactEvent(event, redactor)
    sink.event(safe)
    if (safe.type !== 'calls') continue
    for (const exchange of callEvents(safe.calls)) {
      const one = { type: 'exchange', exchange } as const
      expected.push(JSON.parse(JSON.stringify(eventJson(one as typeof one & typeof safe))))
    }
  }
  expect(lines.length).toBeGreaterThan(40)
  expect(lines).toEqual(expected)
})
