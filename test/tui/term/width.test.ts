import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cells, fit, pad, width, wrap } from '../../../src/tui/term/width.ts'
import { hostileText } from './hostile.ts'

describe('the width of text', () => {
  test.each([
    ['ASCII', 'abc', 3],
    ['an accent on a letter', 'e\u0301', 1],
    ['an accent on nothing', '\u0301', 1],
    ['ideographs', '日本', 4],
    ['Hangul in parts', '\u1112\u1161\u11ab', 2],
    ['an emoji', '✅', 2],
    ['an emoji in parts, each of which may be drawn', '👩‍👧', 4],
    ['a skin tone beside its emoji', '👍🏽', 4],
    ['a flag in halves', '🇩🇪', 4],
    ['a heart, whichever way it is drawn', '❤️', 1],
    ['a keycap', '1️⃣', 1],
    ['a syllable with a spacing mark', 'நி', 2],
    ['an escape, as its picture', '\x1b', 1],
    ['a C1 control, as its number', '\u009b', 4],
  ])('%s', (_, text, columns) => expect(width(text)).toBe(columns))

  test('only ASCII is certain', () => {
    expect(cells('aé日').map(({ sure }) => sure)).toEqual([true, false, false])
  })

  test('what Unicode may yet make a mark is spelled out, what it may make an emoji is drawn', () => {
    expect(fit('a\u{3fffd}', 20)).toBe('a\\u{3fffd}')
    expect(fit('a\u{1faff}', 20)).toBe('a\u{1faff}')
  })

  test('every mark may take columns of its own where a terminal does not know it', () => {
    expect(cells('l\u{10379}\u{1cf3b}')).toMatchObject([{ columns: 1, atMost: 5 }])
  })

  test('a cell holds no more than four marks', () => {
    const [cell] = cells(`z${'\u0336'.repeat(50)}`)
    expect(cell!.text).toBe(`z${'\u0336'.repeat(4)}`)
    expect(width(`z${'\u0336'.repeat(50)}`)).toBe(1)
  })
})

describe('text is fitted to columns', () => {
  test('what fits is left as it is', () => {
    expect(fit('/mcp', 4)).toBe('/mcp')
    expect(fit('', 0)).toBe('')
  })

  test('the end goes, and is said to have gone', () => {
    expect(fit('/.well-known/oauth', 8)).toBe('/.well-…')
    expect(fit('日本語', 5)).toBe('日本…')
    expect(fit('日本語', 4)).toBe('日…')
    expect(fit('long', 1)).toBe('…')
    expect(fit('long', 0)).toBe('')
  })

  test('or the middle goes, and both ends stay', () => {
    expect(fit('/.well-known/oauth-protected-resource/mcp', 21, 'middle')).toBe(
      '/.well-kno…source/mcp',
    )
    expect(fit('日本語日本語', 6, 'middle')).toBe('日…語')
  })

  test('text of a megabyte is not read to its end', () => {
    const long = 'a'.repeat(1_000_000)
    expect(fit(`${long}z`, 5, 'middle')).toBe('aa…az')
    expect(fit('\u0301'.repeat(1_000_000), 5)).toMatch(/^◌\u0301{4}…$/)
  })

  test('padding fills up on the side asked for', () => {
    expect(pad('ab', 4)).toBe('ab  ')
    expect(pad('ab', 4, 'right')).toBe('  ab')
    expect(pad('日本語', 4)).toBe('日… ')
  })

  test('whatever the text, it fits', () => {
    fc.assert(
      fc.property(
        hostileText,
        fc.integer({ min: 0, max: 30 }),
        fc.constantFrom('end' as const, 'middle' as const),
        (text, columns, cut) => {
          const fitted = fit(text, columns, cut)
          expect(width(fitted)).toBeLessThanOrEqual(columns)
          expect(width(pad(text, columns, 'left', cut))).toBe(columns)
          if (width(text) <= columns) expect(width(fitted)).toBe(width(text))
        },
      ),
      { numRuns: 2000 },
    )
  })
})

describe('text is wrapped into lines', () => {
  test('at spaces, and within words that are too long', () => {
    expect(wrap('the token names another server', 12)).toEqual([
      'the token',
      'names',
      'another',
      'server',
    ])
    expect(wrap('abcdefgh ij', 4)).toEqual(['abcd', 'efgh', 'ij'])
    expect(wrap('', 10)).toEqual([''])
    expect(wrap('日本語', 4)).toEqual(['日本', '語'])
  })

  test('whatever the text, no line is too long and no word is lost', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 2, max: 20 }), (text, columns) => {
        const lines = wrap(text, columns)
        for (const line of lines) expect(width(line)).toBeLessThanOrEqual(columns)
        const letters = (parts: readonly string[]) => parts.join('').replaceAll(' ', '')
        expect(letters(lines)).toBe(letters(cells(text).map((cell) => cell.text)))
      }),
      { numRuns: 2000 },
    )
  })
})
