import { deserialize, serialize } from 'node:v8'
import { expect, test } from 'vitest'
import { Held, Shelf } from '../../../src/core/flow/shelf.ts'
import { Session } from '../../../src/core/session.ts'
import { loadRules } from '../../../src/rules.ts'
import { corpus } from '../../rules/corpus.ts'

const { rules } = await loadRules()

test('steps are plain data: packed and unpacked they are what they were', () => {
  const kinds = new Set<string>()
  for (const { exchanges } of corpus(rules).filter((_, place) => place % 9 === 0)) {
    const session = new Session({ rules: [], tool: { name: 'authtap', version: '0', rules: '' } })
    for (const exchange of exchanges) session.ingest(exchange)
    for (const { steps } of session.flows) {
      for (const { kind } of steps) kinds.add(kind)
      expect(deserialize(serialize(steps))).toStrictEqual(steps)
    }
  }
  expect(kinds.size).toBeGreaterThan(8)
})

const light = () => 1
const values = Array.from({ length: 300 }, (_, n) => ({ n, text: 'the same in all'.repeat(20) }))

test('values that were not asked for lately are packed, and are there again as they were', () => {
  const shelf = new Shelf(2)
  const held = values.map((value) => new Held(shelf, value, light))
  shelf.tidy()
  // The two that came last are still the very same.
  expect(held.map(({ value }, n) => value === values[n]).filter(Boolean).length).toBe(2)
  shelf.tidy()
  expect(held.map(({ value }) => value)).toStrictEqual(values)
})

test('what was changed after it was unpacked is packed as it is then', () => {
  const shelf = new Shelf(0)
  const held = new Held(shelf, { calls: 1 }, light)
  shelf.tidy()
  held.changed.calls = 2
  shelf.tidy()
  expect(held.value).toEqual({ calls: 2 })
})

test('what weighs too much to be packed without holding up traffic stays as it is', () => {
  const shelf = new Shelf(0)
  const value = { body: 'x' }
  const held = new Held(shelf, value, () => 2 * 1024 * 1024)
  shelf.tidy()
  expect(held.value).toBe(value)
})
