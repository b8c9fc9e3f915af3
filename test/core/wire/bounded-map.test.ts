import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BoundedMap } from '../../../src/core/wire/bounded-map.ts'

test('the newest keys are remembered with their last values, however many came', () => {
  const key = fc.integer({ min: 0, max: 12 }).map(String)
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.array(key, { maxLength: 200 }),
      (limit, keys) => {
        const remembered = new BoundedMap<number>(limit)
        let expected: [string, number][] = []
        for (const [index, key] of keys.entries()) {
          remembered.set(key, index)
          const known = expected.find(([other]) => other === key)
          if (known !== undefined) known[1] = index
          else expected = [...expected, [key, index] as [string, number]].slice(-limit)
        }
        expect([...remembered]).toEqual(expected)
      },
    ),
  )
})

test('names of Object.prototype are keys like any other', () => {
  const remembered = new BoundedMap<number>(2)
  expect(remembered.get('__proto__')).toBe(undefined)
  remembered.set('__proto__', 1)
  remembered.set('constructor', 2)
  remembered.set('toString', 3)
  expect([...remembered.keys()]).toEqual(['constructor', 'toString'])
})
