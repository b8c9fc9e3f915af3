import { describe, expect, test } from 'vitest'
import { sgr } from '../../../src/tui/term/style.ts'
import { asciiGlyphs, marks, themes } from '../../../src/tui/term/theme.ts'
import { cells } from '../../../src/tui/term/width.ts'

const states = Object.values(marks)
const distinct = (values: readonly unknown[]) => new Set(values).size === values.length

describe('a state is never colour only', () => {
  test('each has a glyph and a word that no other has', () => {
    expect(distinct(states.map(({ glyph }) => glyph))).toBe(true)
    expect(distinct(states.map(({ word }) => word))).toBe(true)
  })

  test('each has an ASCII likeness that no other has', () => {
    const ascii = states.map(({ glyph }) => asciiGlyphs[glyph])
    expect(ascii.every((glyph) => glyph !== undefined && /^[!-~]$/.test(glyph))).toBe(true)
    expect(distinct(ascii)).toBe(true)
  })
})

test('without colours, what is selected, alarming or secret still stands out', () => {
  for (const theme of Object.values(themes)) {
    for (const name of ['selected', 'alarm', 'secret', 'tabOpen'] as const) {
      expect(sgr(theme[name], 'mono')).toContain('7')
    }
    expect(sgr(theme.match, 'mono')).not.toBe(sgr(theme.text, 'mono'))
  }
})

test('the theme without colours has none', () => {
  for (const style of Object.values(themes.mono)) expect(sgr(style, 'true')).not.toMatch(/[34]8;/)
})

test('a pane in focus has another border than one that is not, at every depth', () => {
  for (const theme of Object.values(themes)) {
    for (const depth of ['true', '256', '16', 'mono'] as const) {
      expect(sgr(theme.focus, depth)).not.toBe(sgr(theme.border, depth))
    }
  }
})

test('pass, fail and warn have colours of their own, at every depth that has colours', () => {
  for (const theme of [themes.dark, themes.light]) {
    for (const depth of ['true', '256', '16'] as const) {
      const looks = (['pass', 'fail', 'warn'] as const).map((name) => sgr(theme[name], depth))
      expect(distinct(looks)).toBe(true)
    }
  }
})

test('every likeness takes the columns of its glyph', () => {
  for (const [glyph, ascii] of Object.entries(asciiGlyphs)) {
    expect(cells(glyph).map(({ columns }) => columns)).toEqual([1])
    expect(ascii).toMatch(/^[!-~]$/)
  }
})
