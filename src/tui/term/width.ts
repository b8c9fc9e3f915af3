import { eastAsianWidth } from 'get-east-asian-width'
import { safe } from '../../core/wire/safe-text.ts'

/** What stands in one or two columns of the screen: a character and the marks on it. */
export interface Cell {
  readonly text: string
  readonly columns: 1 | 2
  /**
   * Every terminal agrees on the width. False for nearly all that is not ASCII: terminals follow different versions
   * of Unicode, some count clusters, some draw ambiguous characters wide (Unicode TR 11 §4.2).
   */
  readonly sure: boolean
  /** The most columns that a terminal may take for it: what it is drawn over has to be drawn after it. */
  readonly atMost: number
}

/** More marks than any script needs; a terminal draws the rest over the neighbouring rows. */
const marksPerCell = 4

/**
 * No terminal of an older Unicode than a character's knows that it is wide or a mark, and where ambiguous characters
 * are wide, marks are too (Unicode TR 11 §5): two columns at most for each, whatever its kind.
 */
const atMostPerCharacter = 2

/**
 * Not in this Node's Unicode, but it may be a mark in the terminal's, and would stand on the cell to its left. What is
 * reserved for emoji will never be one (Unicode TR 51 §1.4).
 */
const unknown = /(?!\p{Extended_Pictographic})\p{Cn}/u

const nonSpacing = /[\p{Mn}\p{Me}]/u
const spacing = /\p{Mc}/u

const ascii: readonly Cell[] = Array.from({ length: 0x7f }, (_, code) => ({
  text: String.fromCharCode(code),
  columns: 1,
  sure: true,
  atMost: 1,
}))

/**
 * The cells of a text, made safe first. The parts of an emoji sequence stand in cells of their own, because terminals
 * disagree whether they are one.
 */
export function cells(text: string): Cell[] {
  const found: Cell[] = []
  let marks = 0
  for (const character of safe(text)) {
    const code = character.codePointAt(0)!
    if (code < 0x7f) {
      found.push(ascii[code]!)
      marks = 0
    } else if (isStyle(code)) {
      continue
    } else if (unknown.test(character)) {
      found.push(...cells(`\\u{${code.toString(16)}}`))
      marks = 0
    } else if (joinsThePrevious(character, code)) {
      if (marks < marksPerCell) found.push(marked(found.pop() ?? bare, character))
      marks++
    } else {
      const columns = columnsOf(code)
      found.push({ text: character, columns, sure: false, atMost: atMostPerCharacter })
      marks = 0
    }
  }
  return found
}

/** How many columns the text takes. */
export function width(text: string): number {
  return columnsIn(cells(text))
}

export type Cut = 'end' | 'middle'

/** The text in at most so many columns; where something had to go stands `…`, at the end or in the middle. */
export function fit(text: string, columns: number, cut: Cut = 'end'): string {
  if (columns <= 0) return ''
  // No text is read further than it can be shown, however long it is.
  const enough = columns * 32
  const head = cells(text.slice(0, enough))
  if (text.length <= enough && columnsIn(head) <= columns) return joined(head)
  if (columns === 1) return '…'
  if (cut === 'end') return joined(leading(head, columns - 1)) + '…'
  const tail = text.length <= enough ? head : cells(text.slice(-enough))
  const after = leading([...tail].reverse(), Math.floor((columns - 1) / 2)).reverse()
  return joined(leading(head, Math.ceil((columns - 1) / 2))) + '…' + joined(after)
}

/** The text in exactly so many columns, cut or filled with spaces. */
export function pad(
  text: string,
  columns: number,
  align: 'left' | 'right' = 'left',
  cut: Cut = 'end',
): string {
  const fitted = fit(text, columns, cut)
  const blanks = ' '.repeat(Math.max(0, columns - width(fitted)))
  return align === 'left' ? fitted + blanks : blanks + fitted
}

/** The text in lines of at most so many columns, broken at spaces where there are some. */
export function wrap(text: string, columns: number): string[] {
  const room = Math.max(2, columns)
  const lines: string[] = []
  let line: Cell[] = []
  let used = 0
  for (const cell of cells(text)) {
    if (used + cell.columns > room) {
      const space = cell.text === ' ' ? line.length : line.findLastIndex(({ text }) => text === ' ')
      const rest = space > 0 ? line.splice(space).slice(1) : []
      lines.push(joined(line))
      line = rest
      used = columnsIn(rest)
      if (cell.text === ' ' && rest.length === 0) continue
    }
    line.push(cell)
    used += cell.columns
  }
  lines.push(joined(line))
  return lines
}

/** What a mark without a base stands on (Unicode §2.11). */
const bare: Cell = { text: '\u25cc', columns: 1, sure: false, atMost: atMostPerCharacter }

function marked(base: Cell, mark: string): Cell {
  // A spacing mark widens its cluster in some terminals; a column too many is blank, one too few is overwritten.
  const columns = spacing.test(mark) ? 2 : base.columns
  const atMost = base.atMost + atMostPerCharacter
  return { text: base.text + mark, columns, sure: false, atMost }
}

function joinsThePrevious(character: string, code: number): boolean {
  return nonSpacing.test(character) || spacing.test(character) || isTrailingJamo(code)
}

/** Hangul vowels and finals that follow an initial and share its cell (Unicode §18.6). */
function isTrailingJamo(code: number): boolean {
  return (code >= 0x1161 && code <= 0x11ff) || (code >= 0xd7b0 && code <= 0xd7fb)
}

/** The joiner and the style selectors of emoji, as far as `safe` left them. */
function isStyle(code: number): boolean {
  return code === 0x200d || code === 0xfe0e || code === 0xfe0f
}

function columnsOf(code: number): 1 | 2 {
  // Half a flag: one column in some terminals, two in others, and a pair makes one flag in a third kind.
  if (code >= 0x1f1e6 && code <= 0x1f1ff) return 2
  return eastAsianWidth(code)
}

function columnsIn(list: readonly Cell[]): number {
  return list.reduce((sum, cell) => sum + cell.columns, 0)
}

function leading(list: readonly Cell[], columns: number): Cell[] {
  let used = 0
  const end = list.findIndex((cell) => (used += cell.columns) > columns)
  return end === -1 ? [...list] : list.slice(0, end)
}

function joined(list: readonly Cell[]): string {
  return list.map(({ text }) => text).join('')
}
