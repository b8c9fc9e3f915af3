import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RowStore } from '../../../src/tui/model/row-store.ts'
import type { Row } from '../../../src/tui/model/rows.ts'

const row = fc.record({
  id: fc.oneof(
    fc.integer({ min: 1, max: 12 }).map(String),
    fc.constantFrom('01', '1.2', '-1', '', 'b7', '__proto__', '1e1', '9999999999'),
  ),
  startedAt: fc.double({ noNaN: true }),
  took: fc.option(fc.double({ noNaN: true, min: 0 }), { nil: undefined }),
  flow: fc.constantFrom('w1', 'w2'),
  role: fc.constantFrom('MCP', 'AS', 'CB', 'CL'),
  kind: fc.constantFrom('mcp', 'token', 'other', 'preflight'),
  ok: fc.boolean(),
  summary: fc.string(),
  what: fc.string(),
  method: fc.constantFrom('GET', 'POST'),
  url: fc.webUrl(),
  status: fc.option(fc.integer({ min: 100, max: 999 }), { nil: undefined }),
  failure: fc.option(fc.constantFrom('ECONNREFUSED', ''), { nil: undefined }),
  handedOver: fc.boolean(),
  repeats: fc.boolean(),
  held: fc.option(fc.constant({ side: 'request', since: 1 } as const), { nil: undefined }),
  heldFor: fc.nat({ max: 200_000 }),
  size: fc.nat({ max: 2 ** 40 }),
})

test('rows come out as they went in, whatever their ids and their order', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 60 }), (rows) => {
      const store = new RowStore()
      const expected = new Map<string, Row>()
      for (const one of rows as Omit<Row, 'index'>[]) {
        const index = store.indexOf(one.id) ?? store.length
        expect(index).toBe(expected.get(one.id)?.index ?? expected.size)
        expected.set(one.id, { ...one, index })
        store.set({ ...one, index })
      }
      expect(store.length).toBe(expected.size)
      for (const [id, one] of expected) {
        expect(store.at(store.indexOf(id)!)).toEqual(one)
      }
      expect(store.at(store.length)).toBeUndefined()
      expect(store.at(-1)).toBeUndefined()
    }),
  )
})

test('after clearing it begins anew, also where ids go on', () => {
  const store = new RowStore()
  const [one] = fc.sample(row, 1) as [Omit<Row, 'index'>]
  for (let n = 0; n < 1000; n++) store.set({ ...one, id: String(n + 1), index: n })
  store.clear()
  expect(store.length).toBe(0)
  expect(store.indexOf('1')).toBeUndefined()
  store.set({ ...one, id: '1001', index: 0 })
  store.set({ ...one, id: '1002', index: 1 })
  expect([store.indexOf('1001'), store.indexOf('1002'), store.indexOf('1')]).toEqual([
    0,
    1,
    undefined,
  ])
})
