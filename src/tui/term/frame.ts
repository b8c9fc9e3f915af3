import { plainStyle, sgr, type ColourDepth, type Style } from './style.ts'
import { asciiGlyphs } from './theme.ts'
import { cells, fit, width, type Cell } from './width.ts'

export interface Size {
  readonly columns: number
  readonly rows: number
}

/** Columns and rows count from 0, from the top left corner of whatever the rectangle lies in. */
export interface Rect extends Size {
  readonly x: number
  readonly y: number
}

export interface BoxOptions {
  readonly style?: Style | undefined
  /** Stands in the top border, at the left. */
  readonly title?: string | undefined
  readonly titleStyle?: Style | undefined
  /** Stands in the top border, at the right: a position, a count. */
  readonly note?: string | undefined
  readonly noteStyle?: Style | undefined
}

/** The place a view draws on. What lies outside it is not drawn; text is made safe here and nowhere else. */
export interface Frame extends Size {
  /** Draws the text and returns the column after it. */
  put(x: number, y: number, text: string, style?: Style): number
  fill(rect: Rect, character?: string, style?: Style): void
  /** Draws a border along the rectangle's edge and returns what is inside. */
  box(rect: Rect, options?: BoxOptions): Frame
  within(rect: Rect): Frame
  /** Where the terminal's cursor shall stand; without a call it is hidden. */
  cursor(x: number, y: number): void
}

export interface SurfaceOptions extends Size {
  readonly colours: ColourDepth
  /** Only ASCII can be shown. */
  readonly ascii: boolean
}

const blank: Cell = { text: ' ', columns: 1, sure: true, atMost: 1 }

/** The cells of a whole screen, row by row. `null` is the right half of a wide cell. Styles are parameters of SGR. */
export class Surface {
  readonly columns: number
  readonly rows: number
  readonly ascii: boolean
  readonly cells: (Cell | null)[]
  readonly styles: string[]
  cursor: { readonly x: number; readonly y: number } | undefined
  readonly #colours: ColourDepth
  readonly #sgr = new WeakMap<Style, string>()

  constructor({ columns, rows, colours, ascii }: SurfaceOptions) {
    this.columns = columns
    this.rows = rows
    this.ascii = ascii
    this.#colours = colours
    this.cells = new Array<Cell | null>(columns * rows)
    this.styles = new Array<string>(columns * rows)
    this.clear()
  }

  clear(): void {
    this.cells.fill(blank)
    this.styles.fill(this.sgr(plainStyle))
    this.cursor = undefined
  }

  frame(): Frame {
    const all = { x: 0, y: 0, columns: this.columns, rows: this.rows }
    return new Window(this, all, all)
  }

  sgr(style: Style): string {
    const known = this.#sgr.get(style)
    if (known !== undefined) return known
    const made = sgr(style, this.#colours)
    this.#sgr.set(style, made)
    return made
  }

  /** Sets one cell. A wide cell that loses one half to it loses the other too. */
  set(x: number, y: number, cell: Cell, style: string): void {
    const first = y * this.columns + x
    const next = first + cell.columns
    if (this.cells[first] === null) this.cells[first - 1] = blank
    if (x + cell.columns < this.columns && this.cells[next] === null) this.cells[next] = blank
    this.cells[first] = cell
    this.styles[first] = style
    if (cell.columns === 1) return
    this.cells[first + 1] = null
    this.styles[first + 1] = style
  }
}

/** A rectangle of the surface, of which only what lies in `clip` (in the surface's columns and rows) can be drawn on. */
class Window implements Frame {
  readonly columns: number
  readonly rows: number
  readonly #surface: Surface
  readonly #area: Rect
  readonly #clip: Rect

  constructor(surface: Surface, area: Rect, clip: Rect) {
    this.columns = Math.max(0, area.columns)
    this.rows = Math.max(0, area.rows)
    this.#surface = surface
    this.#area = area
    this.#clip = clip
  }

  put(x: number, y: number, text: string, style: Style = plainStyle): number {
    const row = this.#area.y + y
    const clip = this.#clip
    const end = clip.x + clip.columns
    const look = this.#surface.sgr(style)
    let column = this.#area.x + x
    for (const cell of cells(text)) {
      if (column >= end) break
      this.#set(column, row, this.#surface.ascii ? inAscii(cell) : cell, look)
      column += cell.columns
    }
    return Math.min(column, end) - this.#area.x
  }

  fill({ x, y, columns, rows }: Rect, character = ' ', style: Style = plainStyle): void {
    const line = character.repeat(Math.max(0, columns))
    for (let row = y; row < y + rows; row++) this.put(x, row, line, style)
  }

  box(rect: Rect, options: BoxOptions = {}): Frame {
    const { x, y, columns, rows } = rect
    const inside = { x: x + 1, y: y + 1, columns: columns - 2, rows: rows - 2 }
    if (columns < 2 || rows < 2) return this.within(inside)
    const line = '─'.repeat(columns - 2)
    this.put(x, y, `┌${line}┐`, options.style)
    for (let row = y + 1; row < y + rows - 1; row++) {
      this.put(x, row, '│', options.style)
      this.put(x + columns - 1, row, '│', options.style)
    }
    this.put(x, y + rows - 1, `└${line}┘`, options.style)
    this.#label(rect, options)
    return this.within(inside)
  }

  /** The title first; the note only where it does not touch the title. */
  #label({ x, y, columns }: Rect, options: BoxOptions): void {
    let end = x + 1
    if (options.title && columns > 6) {
      const title = ` ${fit(options.title, columns - 6)} `
      end = this.put(x + 2, y, title, options.titleStyle ?? options.style)
    }
    if (!options.note) return
    const note = ` ${options.note} `
    const start = x + columns - 2 - width(note)
    if (start > end) this.put(start, y, note, options.noteStyle ?? options.style)
  }

  within({ x, y, columns, rows }: Rect): Frame {
    const area = { x: this.#area.x + x, y: this.#area.y + y, columns, rows }
    return new Window(this.#surface, area, intersection(this.#clip, area))
  }

  cursor(x: number, y: number): void {
    const [column, row] = [this.#area.x + x, this.#area.y + y]
    if (contains(this.#clip, column, row)) this.#surface.cursor = { x: column, y: row }
  }

  #set(column: number, row: number, cell: Cell, style: string): void {
    const whole = contains(this.#clip, column + cell.columns - 1, row)
    if (contains(this.#clip, column, row))
      this.#surface.set(column, row, whole ? cell : blank, style)
    else if (whole) this.#surface.set(column + cell.columns - 1, row, blank, style)
  }
}

function inAscii(cell: Cell): Cell {
  if (cell.sure) return cell
  const { columns } = cell
  const text = (asciiGlyphs[cell.text] ?? '?').padEnd(columns, '?')
  return { text, columns, sure: true, atMost: columns }
}

function contains({ x, y, columns, rows }: Rect, column: number, row: number): boolean {
  return column >= x && column < x + columns && row >= y && row < y + rows
}

function intersection(a: Rect, b: Rect): Rect {
  const x = Math.max(a.x, b.x)
  const y = Math.max(a.y, b.y)
  const columns = Math.min(a.x + a.columns, b.x + b.columns) - x
  const rows = Math.min(a.y + a.rows, b.y + b.rows) - y
  return { x, y, columns: Math.max(0, columns), rows: Math.max(0, rows) }
}
