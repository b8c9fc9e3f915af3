import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CaptureIndex } from '../../../src/tap/capture/index-of-entries.ts'

const time = fc.integer({ min: 0, max: 20 })
const place = (startedAt: number, number: number) => ({
  at: number * 5_000_000_000,
  length: number + 1,
  startedAt,
  number,
})

test('gives places in the order of time, and those of one time as they were added', () => {
  fc.assert(
    fc.property(fc.array(time, { maxLength: 3000, size: 'max' }), (times) => {
      const index = new CaptureIndex()
      const places = times.map(place)
      for (const one of places) index.add(one)
      expect(index.count).toBe(places.length)
      expect(index.lastStart).toBe(times.at(-1) ?? 0)
      expect([...index.places()]).toEqual(places.toSorted((a, b) => a.startedAt - b.startedAt))
    }),
    { numRuns: 50 },
  )
})

test('a later version takes the place of the earlier one, whatever its time', () => {
  fc.assert(
    fc.property(fc.array(time, { minLength: 1 }), fc.nat(), time, (times, which, again) => {
      const index = new CaptureIndex()
      const slots = times.map((startedAt, number) => index.add(place(startedAt, number)))
      const slot = slots[which % slots.length]!
      index.replace(slot, place(again, 99))
      const expected = times.map(place)
      expected[slot] = place(again, 99)
      expect([...index.places()]).toEqual(expected.toSorted((a, b) => a.startedAt - b.startedAt))
    }),
  )
})
