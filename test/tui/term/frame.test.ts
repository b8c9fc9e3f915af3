import { describe, expect, test } from 'vitest'
import { Surface, type Frame } from '../../../src/tui/term/frame.ts'
import { themes } from '../../../src/tui/term/theme.ts'

function drawn(columns: number, rows: number, draw: (frame: Frame) => void): string[] {
  const surface = new Surface({ columns, rows, colours: 'mono', ascii: false })
  draw(surface.frame())
  return Array.from({ length: rows }, (_, y) =>
    surface.cells
      .slice(y * columns, (y + 1) * columns)
      .map((cell) => cell?.text ?? '')
      .join(''),
  )
}

describe('text is put on a frame', () => {
  test('and the column after it is returned', () => {
    drawn(20, 1, (frame) => {
      expect(frame.put(2, 0, 'abc')).toBe(5)
      expect(frame.put(0, 0, '日本')).toBe(4)
      expect(frame.put(18, 0, 'abc')).toBe(20)
    })
  })

  test('what lies outside is not drawn', () => {
    const lines = drawn(6, 2, (frame) => {
      frame.put(-2, 0, 'abcd')
      frame.put(4, 1, 'xyz')
      frame.put(0, -1, 'above')
      frame.put(0, 2, 'below')
    })
    expect(lines).toEqual(['cd    ', '    xy'])
  })

  test('half a wide character is never drawn, at either edge', () => {
    const lines = drawn(5, 2, (frame) => {
      frame.put(-1, 0, '日a')
      frame.put(4, 1, '日')
    })
    expect(lines).toEqual([' a   ', '     '])
  })

  test('a wide character that loses one half to other text loses both', () => {
    expect(drawn(4, 1, (frame) => void (frame.put(0, 0, '日本'), frame.put(1, 0, 'a')))).toEqual([
      ' a本',
    ])
    expect(drawn(4, 1, (frame) => void (frame.put(0, 0, '日本'), frame.put(2, 0, 'a')))).toEqual([
      '日a ',
    ])
    expect(drawn(4, 1, (frame) => void (frame.put(0, 0, '日本'), frame.put(1, 0, '語')))).toEqual([
      ' 語 ',
    ])
  })

  test('controls are spelled out on the way', () => {
    expect(drawn(10, 1, (frame) => frame.put(0, 0, '\x1b[2J\u009b'))).toEqual(['␛[2J\\x9b  '])
  })
})

describe('a box', () => {
  test('has a title at the left, a note at the right, and returns what is inside', () => {
    const lines = drawn(24, 3, (frame) => {
      const inside = frame.box(
        { x: 0, y: 0, columns: 24, rows: 3 },
        { title: 'Exchanges', note: '38/40' },
      )
      expect([inside.columns, inside.rows]).toEqual([22, 1])
      inside.put(0, 0, 'x'.repeat(40))
    })
    expect(lines).toEqual([
      '┌─ Exchanges ── 38/40 ─┐',
      '│xxxxxxxxxxxxxxxxxxxxxx│',
      '└──────────────────────┘',
    ])
  })

  test('without room drops its note, then cuts its title, then both', () => {
    const top = (columns: number) =>
      drawn(columns, 2, (frame) =>
        frame.box({ x: 0, y: 0, columns, rows: 2 }, { title: 'Exchanges', note: '38/40' }),
      )[0]
    expect(top(20)).toBe('┌─ Exchanges ──────┐')
    expect(top(12)).toBe('┌─ Excha… ─┐')
    expect(top(6)).toBe('┌────┐')
    expect(top(1)).toBe(' ')
  })
})

describe('a frame within a frame', () => {
  test('counts from its own corner and is cut at every edge around it', () => {
    const lines = drawn(10, 4, (frame) => {
      const outer = frame.within({ x: 1, y: 1, columns: 6, rows: 2 })
      const inner = outer.within({ x: 3, y: 0, columns: 9, rows: 9 })
      inner.put(0, 0, 'abcdefgh')
      inner.put(0, 1, 'x')
      inner.put(0, 2, 'no')
      inner.put(-2, 1, '<')
    })
    expect(lines).toEqual(['          ', '    abc   ', '    x     ', '          '])
  })

  test('is filled without touching its surroundings', () => {
    const lines = drawn(6, 3, (frame) => {
      frame.fill({ x: 0, y: 0, columns: 6, rows: 3 }, '.')
      frame
        .within({ x: 1, y: 1, columns: 3, rows: 1 })
        .fill({ x: -5, y: -5, columns: 50, rows: 50 })
    })
    expect(lines).toEqual(['......', '.   ..', '......'])
  })

  test('shows the cursor only where it can be seen', () => {
    const surface = new Surface({ columns: 10, rows: 4, colours: 'mono', ascii: false })
    const inner = surface.frame().within({ x: 2, y: 1, columns: 3, rows: 1 })
    inner.cursor(3, 0)
    expect(surface.cursor).toBeUndefined()
    inner.cursor(1, 0)
    expect(surface.cursor).toEqual({ x: 3, y: 1 })
  })
})

test('a style is drawn with its text, and a screen that is cleared has none', () => {
  const surface = new Surface({ columns: 3, rows: 1, colours: 'mono', ascii: false })
  surface.frame().put(0, 0, 'ab', themes.mono.selected)
  expect(surface.styles).toEqual(['0;7', '0;7', '0'])
  surface.clear()
  expect(surface.styles).toEqual(['0', '0', '0'])
})
