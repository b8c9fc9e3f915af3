import type { Frame } from '../term/frame.ts'
import type { StyleName, Theme } from '../term/theme.ts'
import { cells, fit, width, wrap } from '../term/width.ts'

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

/**
 * The line in pieces of at most so many columns, broken at spaces where there are some; styles stay. What does not fit on the
 * first is moved in by `indent` columns.
 */
export function wrapped(spans: Line, columns: number, indent = 0): Line[] {
  const all = spans.flatMap(({ text, style }) => cells(text).map((cell) => ({ ...cell, style })))
  if (all.reduce((sum, cell) => sum + cell.columns, 0) <= columns) return [spans]
  const lines: Line[] = []
  let from = 0
  while (from < all.length) {
    let to = from
    const margin = lines.length === 0 ? 0 : indent
    for (let used = margin; to < all.length && (used += all[to]!.columns) <= columns; to++);
    const space =
      to === all.length ? -1 : all.slice(from, to).findLastIndex(({ text }) => text === ' ')
    // A word that is longer than half of the line is broken rather than moved.
    if (space > columns / 2) to = from + space + 1
    const piece = spansOf(all.slice(from, Math.max(to, from + 1)))
    lines.push(margin === 0 ? piece : [{ text: ' '.repeat(margin) }, ...piece])
    from = Math.max(to, from + 1)
  }
  return lines
}

/** A line of so many columns at most. */
export function clippedAt(spans: Line, columns: number): Line {
  let room = columns
  return spans.flatMap((span) => {
    const text = fit(span.text, Math.max(0, room))
    room -= width(text)
    return text === '' ? [] : [{ ...span, text }]
  })
}

/** So many lines at most; that there are more is said. */
export function clipped(lines: readonly Line[], most: number): Line[] {
  if (lines.length <= most) return [...lines]
  const last = lines[most - 1] ?? []
  const end = last.at(-1)
  return [
    ...lines.slice(0, Math.max(0, most - 1)),
    [...last.slice(0, -1), { ...end, text: `${end?.text ?? ''}…` }],
  ]
}

function spansOf(
  list: readonly { readonly text: string; readonly style: StyleName | undefined }[],
): Line {
  const spans: Span[] = []
  for (const { text, style } of list) {
    const last = spans.at(-1)
    if (last !== undefined && last.style === style)
      spans[spans.length - 1] = styled(last.text + text, style)
    else spans.push(styled(text, style))
  }
  return spans
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
