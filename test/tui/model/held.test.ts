import { expect, test } from 'vitest'
import type { ExchangeEvent } from '../../../src/core/verdict/event.ts'
import type { Safe } from '../../../src/core/redact/redactor.ts'
import { emptyBody } from '../../../src/core/wire/exchange.ts'
import { HeldExchanges } from '../../../src/tui/model/held.ts'

const limits = { ordinary: 3, telling: 2, bytes: 1000 }

function event(id: number, kind: 'mcp' | 'token' = 'mcp', size = 0): Safe<ExchangeEvent> {
  const body = size === 0 ? emptyBody : { bytes: new Uint8Array(size), dropped: 0 }
  const made: ExchangeEvent = {
    exchange: {
      id: String(id),
      source: 'reverse',
      client: '',
      connection: '',
      startedAt: id,
      request: { method: 'GET', url: 'https://mcp.example/', headers: [], body },
      touched: [],
    },
    step: { kind, summary: '', ok: true },
    flow: 'w1',
  }
  return made as Safe<ExchangeEvent>
}

const idsOf = (held: HeldExchanges) => held.all().map(({ exchange }) => exchange.id)

test('of ordinary calls the newest stay, of the others their own number', () => {
  const held = new HeldExchanges(limits)
  held.keep(event(1, 'token'))
  for (let id = 2; id <= 10; id++) held.keep(event(id))
  expect(idsOf(held)).toEqual(['1', '8', '9', '10'])
})

test('evidence of a finding stays, however many come after it', () => {
  const held = new HeldExchanges(limits)
  held.keep(event(1))
  held.keepAsEvidence('1')
  for (let id = 2; id <= 10; id++) held.keep(event(id))
  expect(idsOf(held)).toEqual(['1', '8', '9', '10'])
})

test('bodies together stay within the limit', () => {
  const held = new HeldExchanges(limits)
  for (let id = 1; id <= 3; id++) held.keep(event(id, 'mcp', 400))
  expect(idsOf(held)).toEqual(['2', '3'])
})

test('a later version replaces the earlier one', () => {
  const held = new HeldExchanges(limits)
  held.keep(event(1, 'mcp', 900))
  held.keep(event(1, 'mcp', 100))
  held.keep(event(2, 'mcp', 800))
  expect(held.size).toBe(2)
  expect(held.get('1')?.exchange.request.body.bytes.length).toBe(100)
})
