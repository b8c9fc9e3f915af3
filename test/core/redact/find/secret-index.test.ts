import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SpellingIndex, scan } from '../../../../src/core/redact/find/secret-index.ts'

/** Few letters, so that spellings begin alike and overlap; some that base64 and forms write in two ways. */
const letter = fc.constantFrom('a', 'b', '+', '-', ' ', '/', '_', '‹', 'é')
const spelling = fc.string({ unit: letter, minLength: 12, maxLength: 20 })
const between = fc.string({ unit: letter, maxLength: 9 })

const folded = (text: string) => text.replaceAll(/[+ ]/g, '-').replaceAll('/', '_')

/** The longest spelling at each place, from the left, none within another. */
function expected(spellings: readonly string[], text: string): string[] {
  const found: string[] = []
  for (let at = 0; at < text.length;) {
    const here = spellings
      .filter((one) => folded(text.slice(at)).startsWith(folded(one)))
      .sort((a, b) => b.length - a.length)[0]
    if (here !== undefined) found.push(`${at} ${here.length}`)
    at += here?.length ?? 1
  }
  return found
}

function found(spellings: readonly string[], text: string, split: number): string[] {
  const index = new SpellingIndex<string>()
  const other = new SpellingIndex<string>()
  for (const [n, one] of spellings.entries()) (n < split ? index : other).add(one, one)
  const places: string[] = []
  scan(index, split < spellings.length ? other : undefined, text, (match, at) => {
    if (!match.whole) return undefined
    places.push(`${at} ${match.length}`)
    return at + match.length
  })
  return places
}

test('every spelling is found wherever it stands, the longest where several begin', () => {
  fc.assert(
    fc.property(
      fc.array(spelling, { minLength: 1, maxLength: 6 }),
      fc.array(fc.tuple(between, fc.nat(5)), { maxLength: 8 }),
      between,
      (spellings, parts, rest) => {
        const text = parts.map(([gap, n]) => gap + (spellings[n] ?? '')).join('') + rest
        expect(found(spellings, text, spellings.length)).toEqual(expected(spellings, text))
      },
    ),
    { numRuns: 2000 },
  )
})

test('what stands in either of two indexes is found, also in text longer than a page', () => {
  const spellings = ['one-that-is-older', 'another-that-is-newer']
  const gap = ' and then some words. '.repeat(2000)
  const text = `${gap}${spellings[1]}${gap}${spellings[0]}${gap}${spellings[1]}`
  const [old, young] = spellings.map(({ length }) => length) as [number, number]
  const second = gap.length + young + gap.length
  expect(found(spellings, text, 1)).toEqual([
    `${gap.length} ${young}`,
    `${second} ${old}`,
    `${second + old + gap.length} ${young}`,
  ])
})

test('the filter still lets all through once it has grown', () => {
  const spellings = Array.from({ length: 20_000 }, (_, n) => `spelling-number-${n}-of-many`)
  const text = spellings.filter((_, n) => n % 997 === 0).join(', ')
  expect(found(spellings, text, spellings.length)).toHaveLength(21)
})
