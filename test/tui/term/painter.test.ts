import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Frame } from '../../../src/tui/term/frame.ts'
import { Painter, type PainterOptions } from '../../../src/tui/term/painter.ts'
import type { Style } from '../../../src/tui/term/style.ts'
import { themes } from '../../../src/tui/term/theme.ts'
import { cells, pad } from '../../../src/tui/term/width.ts'
import { Emulator } from './emulator.ts'
import { foreignControls, hostileText } from './hostile.ts'
import type { WidthModel } from './width-models.ts'

const colourful: PainterOptions = { colours: 'true', ascii: false }

/** Draws one picture and returns the bytes for it. */
function picture(
  painter: Painter,
  columns: number,
  rows: number,
  draw: (frame: Frame) => void,
): string {
  const surface = painter.blank({ columns, rows })
  draw(surface.frame())
  return painter.paint(surface)
}

describe('only what changed is painted', () => {
  test('an unchanged picture costs no byte', () => {
    const painter = new Painter(colourful)
    const draw = (frame: Frame) => frame.put(0, 0, 'hello 日本')
    expect(picture(painter, 20, 3, draw)).not.toBe('')
    expect(picture(painter, 20, 3, draw)).toBe('')
  })

  test('a changed word is painted where it stands, and what is far from it is not', () => {
    const painter = new Painter(colourful)
    picture(painter, 40, 2, (frame) => frame.put(0, 1, 'status pending          of mcp.example'))
    const bytes = picture(painter, 40, 2, (frame) =>
      frame.put(0, 1, 'status ended            of mcp.example'),
    )
    expect(bytes).toContain('\x1b[2;8H')
    expect(bytes).not.toContain('mcp.example')
    expect(bytes).not.toContain('status')
  })

  test('a word that only looks another way is painted again', async () => {
    const painter = new Painter(colourful)
    const emulator = new Emulator(20, 1)
    const draw = (style: Style) => (frame: Frame) => frame.put(0, 0, 'FAIL', style)
    await emulator.show(picture(painter, 20, 1, draw(themes.dark.fail)))
    expect(emulator.foreground(0, 0)).toBe('rgb ff5f5f')
    await emulator.show(picture(painter, 20, 1, draw(themes.dark.selected)))
    expect([emulator.foreground(0, 0), emulator.isInverse(0, 0)]).toEqual(['default', true])
  })

  test('after forgetting, and after a change of size, everything is painted on a cleared screen', () => {
    const painter = new Painter(colourful)
    const draw = (frame: Frame) => frame.put(0, 0, 'hello')
    picture(painter, 20, 3, draw)
    painter.forget()
    expect(picture(painter, 20, 3, draw)).toMatch(/\x1b\[2J.*hello/s)
    expect(picture(painter, 21, 3, draw)).toMatch(/\x1b\[2J.*hello/s)
  })

  test('a picture is one synchronized update that leaves no style behind', () => {
    const bytes = picture(new Painter(colourful), 20, 3, (frame) =>
      frame.put(0, 0, 'x', themes.dark.fail),
    )
    expect(bytes).toMatch(/^\x1b\[\?2026h.*\x1b\[0m\x1b\[\?2026l$/s)
  })

  test('pictures drawn one after the other show what the last one alone would', async () => {
    const texts = fc.array(fc.tuple(hostileText, fc.integer({ min: -3, max: 22 })), {
      minLength: 3,
      maxLength: 3,
    })
    const draw = (list: [string, number][]) => (frame: Frame) =>
      list.forEach(([text, x], y) => frame.put(x, y, text, y === 1 ? themes.dark.fail : undefined))
    await fc.assert(
      fc.asyncProperty(texts, texts, async (first, second) => {
        const [changed, fresh] = [new Emulator(20, 3), new Emulator(20, 3)]
        const painter = new Painter(colourful)
        await changed.show(picture(painter, 20, 3, draw(first)))
        await changed.show(picture(painter, 20, 3, draw(second)))
        await fresh.show(picture(new Painter(colourful), 20, 3, draw(second)))
        expect(changed.lines()).toEqual(fresh.lines())
      }),
      { numRuns: 150 },
    )
  })
})

describe('colours go as far as the terminal can', () => {
  const painted = (colours: PainterOptions['colours']) =>
    picture(new Painter({ colours, ascii: false }), 10, 1, (frame) =>
      frame.put(0, 0, 'FAIL', themes.dark.fail),
    )

  test('24 bits, the 256 palette, sixteen, none', () => {
    expect(painted('true')).toContain('\x1b[0;1;38;2;255;95;95m')
    expect(painted('256')).toContain('\x1b[0;1;38;5;203m')
    expect(painted('16')).toContain('\x1b[0;1;91m')
    expect(painted('mono')).toContain('\x1b[0;1mFAIL')
    expect(painted('mono')).not.toMatch(/[34]8;|\x1b\[[\d;]*9\dm|\x1b\[[\d;]*3\dm/)
  })

  test('greys of the 256 palette are found among its greys', () => {
    const grey = { fg: { rgb: [138, 138, 138], ansi: 8 } } as const
    const bytes = picture(new Painter({ colours: '256', ascii: false }), 4, 1, (frame) =>
      frame.put(0, 0, 'x', grey),
    )
    expect(bytes).toContain('38;5;245m')
  })
})

describe('only ASCII leaves where only ASCII can be shown', () => {
  test('borders and glyphs have a likeness, anything else a question mark, and columns stay', async () => {
    const emulator = new Emulator(20, 3)
    const bytes = picture(new Painter({ colours: 'mono', ascii: true }), 20, 3, (frame) => {
      frame.box({ x: 0, y: 0, columns: 10, rows: 3 }).put(0, 0, '✓✗▲○◐ é日')
      frame.put(12, 0, 'Привет…')
    })
    expect(bytes).toMatch(/^[\x1b\x20-\x7e]*$/)
    await emulator.show(bytes)
    expect(emulator.lines()).toEqual(['+--------+  ??????~', '|+x^o% ? |', '+--------+'])
  })
})

describe('the cursor is where a view wants it', () => {
  test('it is shown, moved and hidden', () => {
    const painter = new Painter(colourful)
    const at = (x: number) => picture(painter, 20, 3, (frame) => frame.cursor(x, 2))
    expect(at(3)).toContain('\x1b[3;4H\x1b[?25h')
    expect(at(3)).toBe('')
    expect(at(4)).toMatch(/\x1b\[\?25l.*\x1b\[3;5H\x1b\[\?25h/)
    expect(picture(painter, 20, 3, () => {})).toContain('\x1b[?25l')
  })
})

const models: readonly WidthModel[] = ['6', '11', 'clusters']

describe.each(models)('on a terminal that counts columns by model %s', (model) => {
  const columns = 60
  const rows = 24

  /** Two boxes side by side, a hostile text in each row of the left one. */
  function boxes(texts: readonly string[]) {
    return (frame: Frame) => {
      const left = frame.box({ x: 0, y: 0, columns: 30, rows }, { style: themes.dark.border })
      const right = frame.box({ x: 30, y: 0, columns: 30, rows }, { title: texts[0] })
      for (let y = 0; y < rows - 2; y++) {
        left.put(0, y, texts[y] ?? '')
        right.put(0, y, `row ${y}`)
      }
    }
  }

  function expectStraightBorders(emulator: Emulator): void {
    for (let y = 1; y < rows - 1; y++) {
      expect([0, 29, 30, 59].map((x) => emulator.at(x, y))).toEqual(['│', '│', '│', '│'])
      expect(emulator.line(y)).toMatch(new RegExp(`│row ${y - 1} +│$`))
    }
    expect(emulator.line(rows - 1)).toBe(`└${'─'.repeat(28)}┘└${'─'.repeat(28)}┘`)
  }

  test('seven thousand hostile strings move no border and start nothing', async () => {
    const emulator = new Emulator(columns, rows, model)
    const painter = new Painter(colourful)
    const page = fc.array(hostileText, { minLength: 22, maxLength: 22 })
    await fc.assert(
      fc.asyncProperty(page, async (texts) => {
        const bytes = picture(painter, columns, rows, boxes(texts))
        expect(foreignControls(bytes)).toEqual([])
        await emulator.show(bytes)
        expectStraightBorders(emulator)
        expect(emulator.effects).toEqual([])
      }),
      { numRuns: 320, endOnFailure: true },
    )
    expect(emulator.terminal.buffer.active.type).toBe('normal')
  })

  /** Texts that come to the right border, replacing blanks: what they spill over has not changed. */
  async function expectNoSpill(texts: readonly string[]): Promise<void> {
    const emulator = new Emulator(columns, rows, model)
    const painter = new Painter(colourful)
    for (let first = 0; first < texts.length; first += 22) {
      const page = texts.slice(first, first + 22).map((text) => pad(text, 28, 'right'))
      await emulator.show(picture(painter, columns, rows, boxes([])))
      await emulator.show(picture(painter, columns, rows, boxes(page)))
      expectStraightBorders(emulator)
    }
  }

  test('marks of which an older terminal knows nothing spill over no border', () =>
    expectNoSpill(['l\u{10379}\u{1cf3b}', 'l\u{1cf3b}\u{1cf3b}\u{1cf3b}\u{1cf3b}']))

  test('no mark of any script spills over a border, one or four of it', () => {
    const every = Array.from({ length: 0x110000 }, (_, code) => code)
      .filter((code) => code < 0xd800 || code > 0xdfff)
      .map((code) => String.fromCodePoint(code))
      .filter((character) => /[\p{M}\u1160-\u11ff\ud7b0-\ud7fb]/u.test(character))
    expect(every.length).toBeGreaterThan(2000)
    return expectNoSpill(every.flatMap((mark) => [`l${mark}`, `l${mark.repeat(4)}`]))
  })

  test('wide text replaced by narrow and back leaves nothing behind', async () => {
    const emulator = new Emulator(columns, rows, model)
    const painter = new Painter(colourful)
    for (const text of ['日本語✅👩‍👧🇩🇪நி', 'ascii only, and longer', 'é日é日é', '']) {
      await emulator.show(picture(painter, columns, rows, boxes([text, text])))
      expectStraightBorders(emulator)
      const shown = emulator.line(1).slice(1).split('│')[0]!.trimEnd()
      if (/^[\x20-\x7e]*$/.test(text)) expect(shown).toBe(text)
    }
  })

  test('a glyph that is wider than thought does not wrap from the last column to the next row', async () => {
    const emulator = new Emulator(10, 2, model)
    // The mode the terminal is in while the UI runs.
    await emulator.show('\x1b[?7l')
    const bytes = picture(new Painter(colourful), 10, 2, (frame) => {
      frame.put(9, 0, '❤️')
      frame.put(9, 1, '🫠')
      frame.put(0, 1, 'second')
    })
    await emulator.show(bytes)
    expect(emulator.line(1)).toMatch(/^second/)
    expect(emulator.terminal.buffer.active.baseY).toBe(0)
  })
})

describe('a terminal that draws uncertain glyphs wider or narrower than planned', () => {
  test('is told the column anew after each of them', () => {
    const bytes = picture(new Painter(colourful), 10, 1, (frame) => frame.put(0, 0, 'aéb日c'))
    const drawn = bytes.replace(/\x1b\[\d*m|\x1b\[\?2026.|\x1b\[2J/g, '')
    expect(drawn).toBe('\x1b[1;1Ha \x1b[1;2Hé\x1b[1;3Hb  \x1b[1;4H日\x1b[1;6Hc')
  })

  test('has the cell behind an uncertain one painted again with it', () => {
    const painter = new Painter(colourful)
    picture(painter, 10, 1, (frame) => frame.put(0, 0, 'aéb'))
    const bytes = picture(painter, 10, 1, (frame) => frame.put(0, 0, 'aèb'))
    expect(bytes).toContain('è\x1b[1;3Hb')
  })
})

test('a terminal that draws borders wide shows what stands between them where it belongs', async () => {
  const emulator = new Emulator(30, 4, 'east-asian')
  const draw = (frame: Frame) => {
    frame.box({ x: 0, y: 0, columns: 12, rows: 4 }, { title: 'List' }).put(0, 0, 'first')
    frame.box({ x: 12, y: 0, columns: 12, rows: 4 }).put(0, 1, 'second')
  }
  await emulator.show('\x1b[?7l' + picture(new Painter(colourful), 30, 4, draw))
  expect(emulator.line(0).indexOf('List')).toBe(2)
  expect([1, 2, 3, 4, 5].map((x) => emulator.at(x, 1)).join('')).toBe('first')
  expect([13, 14, 15, 16, 17, 18].map((x) => emulator.at(x, 2)).join('')).toBe('second')
})

test('a control that got into a cell does not leave', () => {
  const painter = new Painter(colourful)
  const surface = painter.blank({ columns: 10, rows: 1 })
  for (const [x, text] of ['\x1b', '\u009b', '\u202e', '\ud800', 'a\x07'].entries()) {
    surface.set(x, 0, { text, columns: 1, sure: true, atMost: 1 }, '0')
  }
  const bytes = painter.paint(surface)
  expect(foreignControls(bytes)).toEqual([])
  expect(bytes).toContain('????a?')
})

test('what is drawn is what stands there, cell by cell', async () => {
  const text = 'GET /.well-known/oauth é日本 ✓'
  const emulator = new Emulator(60, 1)
  await emulator.show(
    picture(new Painter(colourful), 60, 1, (frame) => frame.put(2, 0, text, themes.dark.selected)),
  )
  let x = 2
  for (const cell of cells(text)) {
    expect(emulator.at(x, 0)).toBe(cell.text)
    expect(emulator.isInverse(x, 0)).toBe(true)
    x += cell.columns
  }
})
