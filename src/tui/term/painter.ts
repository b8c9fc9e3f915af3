import { Surface, type Size, type SurfaceOptions } from './frame.ts'
import type { Cell } from './width.ts'

export type PainterOptions = Pick<SurfaceOptions, 'colours' | 'ascii'>

/** Unchanged cells that are cheaper to write again than to jump over. */
const worthWriting = 8

/** Turns screens into bytes: what a terminal that shows the previous screen needs to show the next one. */
export class Painter {
  readonly #options: PainterOptions
  #shown: Surface | undefined
  #spare: Surface | undefined

  constructor(options: PainterOptions) {
    this.#options = options
  }

  /** An empty screen of that size to draw the next picture on. */
  blank({ columns, rows }: Size): Surface {
    const spare = this.#spare
    this.#spare = undefined
    if (spare?.columns !== columns || spare.rows !== rows) {
      return new Surface({ columns, rows, ...this.#options })
    }
    spare.clear()
    return spare
  }

  /** Nothing is known of what the terminal shows: the next picture is painted whole. */
  forget(): void {
    this.#shown = undefined
  }

  /** The bytes to write, as text; empty when nothing changed. */
  paint(next: Surface): string {
    const shown = this.#shown
    const fits = shown?.columns === next.columns && shown.rows === next.rows
    const before = fits ? shown : this.#empty(next)
    const pen = new Pen(next)
    for (let y = 0; y < next.rows; y++) {
      for (const [from, to] of changes(before, next, y)) pen.write(y, from, to)
    }
    this.#spare = fits ? shown : undefined
    this.#shown = next
    return frameAround(fits ? '' : clearScreen, pen.written, before.cursor, next.cursor)
  }

  #empty({ columns, rows }: Size): Surface {
    return new Surface({ columns, rows, ...this.#options })
  }
}

const clearScreen = '\x1b[0m\x1b[2J'
const showCursor = '\x1b[?25h'
const hideCursor = '\x1b[?25l'

/** One synchronized update (DEC private mode 2026), so that no half of a picture is ever seen. */
function frameAround(
  prelude: string,
  written: string,
  before: Surface['cursor'],
  after: Surface['cursor'],
): string {
  const moved = before?.x !== after?.x || before?.y !== after?.y
  if (prelude === '' && written === '' && !moved) return ''
  const hidden = before === undefined ? '' : hideCursor
  const placed = after === undefined ? '' : moveTo(after.x, after.y) + showCursor
  return `\x1b[?2026h${hidden}${prelude}${written}\x1b[0m${placed}\x1b[?2026l`
}

function moveTo(x: number, y: number): string {
  return `\x1b[${y + 1};${x + 1}H`
}

/** The stretches of a row that have to be written, as `[from, to)`. */
function changes(before: Surface, next: Surface, y: number): [from: number, to: number][] {
  const found: [from: number, to: number][] = []
  const start = y * next.columns
  for (let x = 0; x < next.columns; x++) {
    if (same(before, next, start + x)) continue
    const last = found.at(-1)
    if (last !== undefined && x < last[1]) continue
    const from = next.cells[start + x] === null ? x - 1 : x
    const to = settledAfter(before, next, start, x)
    if (last !== undefined && from - last[1] <= worthWriting) last[1] = to
    else found.push([from, to])
    x = to - 1
  }
  return found
}

function same(before: Surface, next: Surface, at: number): boolean {
  return before.styles[at] === next.styles[at] && before.cells[at]?.text === next.cells[at]?.text
}

/**
 * Where writing may stop: behind the changed cells, and behind what a terminal that drew one of them wider has painted
 * over.
 */
function settledAfter(before: Surface, next: Surface, start: number, x: number): number {
  let reached = x
  for (let at = x; at < next.columns; at++) {
    const cell = next.cells[start + at]
    if (cell === null) continue
    if (at >= reached && same(before, next, start + at)) return at
    reached = Math.max(reached, at + reach(cell!), at + reach(before.cells[start + at]))
  }
  return next.columns
}

/** How many columns writing a cell may change: one more than it has where terminals disagree on its edge. */
function reach(cell: Cell | null | undefined): number {
  if (!cell) return 1
  return cell.sure ? cell.columns : Math.max(cell.columns + 1, cell.atMost)
}

/** Writes cells and keeps in mind where the terminal's cursor is, as far as that is certain. */
class Pen {
  written = ''
  readonly #surface: Surface
  #style = ''
  /** Where the cursor is; undefined when terminals disagree. */
  #at: number | undefined
  #row = -1
  /** The cell before is part of a line: they are written as one, and the cursor is set behind them. */
  #inLine = false

  constructor(surface: Surface) {
    this.#surface = surface
  }

  write(y: number, from: number, to: number): void {
    for (let x = from; x < to; x++) {
      const cell = this.#surface.cells[y * this.#surface.columns + x]
      if (cell) this.#cell(x, y, cell, this.#surface.styles[y * this.#surface.columns + x]!)
    }
  }

  #cell(x: number, y: number, cell: Cell, style: string): void {
    const line = isLine(cell)
    if (this.#inLine && !line) this.#at = undefined
    if (this.#row !== y || this.#at !== x) this.written += moveTo(x, y)
    if (this.#style !== style) this.written += `\x1b[${style}m`
    // What a narrower drawing would leave uncovered is made blank first.
    if (!cell.sure && !line) this.written += ' '.repeat(cell.columns) + moveTo(x, y)
    this.written += withoutControls(cell.text)
    this.#row = y
    this.#style = style
    this.#inLine = line
    this.#at = cell.sure || line ? x + cell.columns : undefined
  }
}

/** Box drawing and block elements: ambiguous by Unicode, yet one column wherever boxes can be drawn at all. */
function isLine({ text }: Cell): boolean {
  const code = text.charCodeAt(0)
  return code >= 0x2500 && code <= 0x259f && text.length === 1
}

/** The last guard: no control leaves, whatever came this far. */
function withoutControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '?')
}
