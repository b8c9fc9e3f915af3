import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { safe, safeJson, safeLines } from '../../../src/core/wire/safe-text.ts'
import { hostileText } from '../../tui/term/hostile.ts'

describe('what acts on a terminal is spelled out', () => {
  test.each([
    ['a C0 control becomes its picture', '\x1b[2J', '␛[2J'],
    ['a line end is one too', 'a\r\nb', 'a␍␊b'],
    ['so is DEL', '\x7f', '␡'],
    ['a C1 control becomes its number', '\u009b2J', '\\x9b2J'],
    ['a bidi override becomes its code point', 'a\u202eb', 'a\\u{202e}b'],
    ['so does a zero-width space', 'a\u200bb', 'a\\u{200b}b'],
    ['so does a soft hyphen', 'a\u00adb', 'a\\u{ad}b'],
    ['so does a tag character', '\u{e0041}', '\\u{e0041}'],
    ['so does half a surrogate pair', '\ud800x\udc00', '\\u{d800}x\\u{dc00}'],
    ['so does a noncharacter', '\uffff', '\\u{ffff}'],
    ['so does a letter that draws nothing', '\u3164', '\\u{3164}'],
    ['so does a line separator', '\u2028', '\\u{2028}'],
  ])('%s', (_, text, shown) => expect(safe(text)).toBe(shown))
})

describe('text stays readable', () => {
  test.each(['Grüße', '日本語', 'e\u0301', '👩‍👩‍👧‍👦', '❤️', '❤️‍🔥', '1️⃣', '👍🏽', '🇩🇪', 'a b'])(
    '%s is left as it is',
    (text) => expect(safe(text)).toBe(text),
  )

  test('joiners and selectors that hold no emoji together are spelled out', () => {
    expect(safe('a\u200db')).toBe('a\\u{200d}b')
    expect(safe('a\ufe0f')).toBe('a\\u{fe0f}')
    expect(safe('1\ufe0f')).toBe('1\\u{fe0f}')
    expect(safe('❤\ufe0f\ufe0f')).toBe('❤\ufe0f\\u{fe0f}')
    expect(safe('👩\u200d\u200d👩')).toBe('👩\\u{200d}\\u{200d}👩')
    expect(safe('👩\u200d')).toBe('👩\\u{200d}')
  })

  test('lines and tabs of a page are kept, and its other controls are not', () => {
    expect(safeLines('a\tb\r\n\x1b[2J\n')).toBe('a\tb\n␛[2J\n')
  })
})

test('no control, override or half pair is left in any text, and a second pass changes nothing', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const once = safe(text)
      expect(once.replace(/\u200d|\ufe0e|\ufe0f/g, '')).not.toMatch(
        /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u,
      )
      expect(safe(once)).toBe(once)
    }),
    { numRuns: 5000 },
  )
})

test('a megabyte of controls is made safe in one pass', () => {
  expect(safe('\x1b'.repeat(1_000_000))).toBe('␛'.repeat(1_000_000))
})

test('JSON has no control that a terminal obeys, and means the same', () => {
  const value = { a: 'x\u009b2Jy\u0085\u007f', b: 'caf\u00e9' }
  const text = safeJson(JSON.stringify(value))
  expect(text).toBe('{"a":"x\\u009b2Jy\\u0085\\u007f","b":"caf\u00e9"}')
  expect(JSON.parse(text)).toEqual(value)
})
