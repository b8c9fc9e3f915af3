import { expect, test } from 'vitest'
import type { Safe } from '../../../src/core/redact/redactor.ts'
import type { Event } from '../../../src/core/verdict/event.ts'
import { emptyBody } from '../../../src/core/wire/exchange.ts'
import { FilteredSink } from '../../../src/sink/ndjson/filtered.ts'

function exchange(id: number | string): Safe<Event> {
  const request = { method: 'GET', url: 'https://mcp.example/mcp', headers: [], body: emptyBody }
  const of = { id: String(id), startedAt: 0, request }
  const event = {
    type: 'exchange',
    exchange: { exchange: of, step: { kind: 'other' }, flow: 'w1' },
  }
  return event as unknown as Safe<Event>
}

function finding(...ids: readonly (number | string)[]): Safe<Event> {
  const evidence = ids.map((id) => ({ exchange: String(id), at: 'response.status', text: '' }))
  return { type: 'finding', finding: { id: 'f1', evidence } } as unknown as Safe<Event>
}

/** What passes a filter that wants exchanges of which something was found. */
function passed(events: readonly Safe<Event>[]): string[] {
  const told: string[] = []
  const name = (event: Event) =>
    event.type === 'exchange' ? event.exchange.exchange.id : event.type
  const sink = new FilteredSink(
    { event: (event) => told.push(name(event)) },
    ({ findings }) => findings.length > 0,
    () => ({}),
  )
  for (const event of events) sink.event(event)
  return told
}

test('an exchange that was held back passes with the finding that makes it wanted, once', () => {
  const events = [exchange(1), exchange(2), finding(2), finding(2)]
  expect(passed(events)).toEqual(['2', 'finding', 'finding'])
})

test('a later version of an exchange of which something was found passes at once', () => {
  expect(passed([exchange(1), finding(1), exchange(1)])).toEqual(['1', 'finding', '1'])
})

test('of a thousand exchanges that were held back the oldest goes when one more comes', () => {
  const events = Array.from({ length: 1001 }, (_, id) => exchange(id))
  expect(passed([...events, finding(0, 1)])).toEqual(['1', 'finding'])
})
