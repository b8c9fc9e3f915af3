import type { Frame } from '../term/frame.ts'
import type { StyleName, Theme } from '../term/theme.ts'
import { cells, wrap } from '../term/width.ts'

/** A stretch of text in one style. */
export interface Span {
  readonly text: string
  readonly style?: StyleName
}

/** A line of a page that can be scrolled and searched. */
export type Line = readonly Span[]

export function line(text: string, style?: StyleName): Line {
  return [style === undefined ? { text } : { text, style }]
}

export const blankLine: Line = []

export function textOf(spans: Line): string {
  return spans.map(({ text }) => text).join('')
}

/** Prose in lines of so many columns, each indented. */
export function prose(text: string, columns: number, style?: StyleName, indent = 0): Line[] {
  const room = Math.max(8, columns - indent)
  return text
    .split(/\r\n|[\r\n]/)
    .flatMap((paragraph) => wrap(paragraph, room))
    .map((one) => line(' '.repeat(indent) + one, style))
}

/** A label and prose beside it. */
export function labelled(
  label: string,
  text: string,
  columns: number,
  labelColumns: number,
  style?: StyleName,
): Line[] {
  return prose(text, columns, style, labelColumns).map((one, place) =>
    place === 0
      ? [
          { text: label.padEnd(labelColumns), style: 'key' as const },
          { ...one[0]!, text: one[0]!.text.slice(labelColumns) },
        ]
      : one,
  )
}

/** The line in pieces of at most so many columns; styles stay. */
export function wrapped(spans: Line, columns: number): Line[] {
  const lines: Line[] = []
  let current: Span[] = []
  let used = 0
  for (const { text, style } of spans) {
    let piece = ''
    for (const cell of cells(text)) {
      if (used + cell.columns > columns) {
        current.push(styled(piece, style))
        lines.push(current)
        current = []
        piece = ''
        used = 0
      }
      piece += cell.text
      used += cell.columns
    }
    current.push(styled(piece, style))
  }
  lines.push(current)
  return lines
}

function styled(text: string, style: StyleName | undefined): Span {
  return style === undefined ? { text } : { text, style }
}

export function putLine(frame: Frame, y: number, spans: Line, theme: Theme, from = 0): void {
  let x = from
  for (const { text, style } of spans) {
    if (x >= frame.columns) return
    // Far more than fits is not even looked at.
    x = frame.put(x, y, text.slice(0, frame.columns * 8), theme[style ?? 'text'])
  }
}

/** Whether a line is what a search looks for; without a capital in the wanted text, case does not count. */
export function matches(text: string, wanted: string): boolean {
  if (wanted === '') return false
  return /\p{Lu}/u.test(wanted) ? text.includes(wanted) : text.toLowerCase().includes(wanted)
}

/** The bar at the right edge that says how far down one is. */
export function scrollBar(
  frame: Frame,
  x: number,
  y: number,
  rows: number,
  { top, total }: { readonly top: number; readonly total: number },
  theme: Theme,
): void {
  if (total <= rows || rows <= 0) return
  const size = Math.max(1, Math.round((rows * rows) / total))
  const place = Math.round(((rows - size) * top) / (total - rows))
  for (let row = 0; row < size; row++) frame.put(x, y + place + row, '█', theme.dim)
}
