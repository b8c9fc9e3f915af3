import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Printed, Prints } from '../../../../src/core/redact/find/prints.ts'

const label = (number: number) => `‹token:${number.toString(16).padStart(16, '0')}›`
const printed = (number: number, base64 = false): Printed => ({
  kind: 'token',
  label: label(number),
  base64,
})
const spelling = fc.string({ minLength: 12, maxLength: 60, unit: 'binary' })

function foundIn(prints: Prints, text: string): [from: number, to: number, printed: Printed][] {
  const found: [number, number, Printed][] = []
  prints.scan(text, (...one) => found.push(one))
  return found
}

describe('prints', () => {
  test('tell each spelling where it stands, and what it is called', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(spelling, { minLength: 1, maxLength: 20 }),
        fc.string({ maxLength: 40 }),
        fc.string({ maxLength: 40 }),
        fc.nat(),
        fc.boolean(),
        (spellings, before, after, which, base64) => {
          const prints = new Prints()
          for (const [number, text] of spellings.entries())
            prints.add(text, printed(number, base64))
          const number = which % spellings.length
          const text = spellings[number]!
          expect(prints.of(text)?.label).toMatch(/^‹token:[0-9a-f]{16}›$/)
          const found = foundIn(prints, before + text + after)
          // Those that read alike once folded are one.
          expect(found.map(([from, to]) => [from, to])).toContainEqual([
            before.length,
            before.length + text.length,
          ])
          expect(found.every(([, , one]) => one.base64 === base64)).toBe(true)
        },
      ),
      { numRuns: 300 },
    )
  })

  test('tell nothing of what was never added, nor of a part', () => {
    const prints = new Prints()
    const text = (number: number) => `${number}-of-many-${(number * 7919).toString(36)}-spellings`
    for (let number = 0; number < 2000; number += 1) prints.add(text(number), printed(number))
    for (let number = 2000; number < 4000; number += 1) {
      expect(prints.of(text(number))).toBe(undefined)
      expect(foundIn(prints, `a ${text(number)} b`)).toEqual([])
    }
    expect(foundIn(prints, `a ${text(1234).slice(1)} b`)).toEqual([])
    expect(foundIn(prints, `a ${text(1234)} b`)).toEqual([
      [2, 2 + text(1234).length, printed(1234)],
    ])
  })

  test('hold a bounded number, the newest of them', () => {
    const prints = new Prints()
    const text = (number: number) => `spelling-number-${number}`
    const count = 1_100_000
    for (let number = 0; number < count; number += 1) prints.add(text(number), printed(number))
    expect(prints.of(text(0))).toBe(undefined)
    expect(prints.of(text(count - 500_000))).toEqual(printed(count - 500_000))
    expect(prints.of(text(count - 1))).toEqual(printed(count - 1))
  })

  test('of very many that begin alike, end alike, or both, each is known', () => {
    const random = (number: number) =>
      createHmac('sha256', 'k').update(String(number)).digest('base64url')
    const same = 'the-same-for-all-of-them'
    for (const make of [
      (number: number) => `${random(number)}${same}`,
      (number: number) => `${same}${random(number)}`,
      (number: number) => `${same}${random(number)}${same}`,
    ]) {
      const prints = new Prints()
      for (let number = 0; number < 2000; number += 1) prints.add(make(number), printed(number))
      for (let number = 0; number < 2000; number += 1) {
        const text = make(number)
        expect(prints.of(text)).toEqual(printed(number))
        expect(foundIn(prints, `a ${text} b`)).toEqual([[2, 2 + text.length, printed(number)]])
      }
    }
  })

  test('one that is met again is among the newest', () => {
    const prints = new Prints()
    const text = (number: number) => `spelling-number-${number}`
    for (let number = 0; number < 1_100_000; number += 1) {
      prints.add(text(number), printed(number))
      if (number % 100_000 === 0) prints.add(text(0), printed(0))
    }
    expect(prints.of(text(0))).toEqual(printed(0))
    expect(prints.of(text(1))).toBe(undefined)
  })

  test('a text that was written to cost much is done with soon, and what has the anchor of a secret is taken', () => {
    const prints = new Prints()
    const anchor = 'the-same-anc'
    for (let number = 1; number < 200; number += 1)
      prints.add(anchor.repeat(1000 + number), printed(number))
    // Comparing each with all that have its anchor would take minutes.
    expect(foundIn(prints, anchor.repeat(20_000)).length).toBeGreaterThan(0)
  })
})
