import { diffArrays } from 'diff/lib/diff/array.js'

/** A line of two texts beside each other. */
export interface DiffLine {
  /** In which text it is; `gap` for equal lines that are left out. */
  readonly side: 'both' | 'left' | 'right' | 'gap'
  readonly text: string
}

/** Equal lines that are shown before and after a difference. */
const context = 2
/** Lines of each text that are compared; more than this and the rest is not looked at. */
const lineLimit = 4000
/** Lines that may differ, of both texts together; beyond, the texts are said to differ as a whole. It bounds the time. */
const editLimit = 1000

/** What differs between two texts, line by line, with a little of what is around it. */
export function diffLines(left: string, right: string): DiffLine[] {
  const [one, other] = [left, right].map((text) =>
    text === '' ? [] : text.split(/\r\n|[\r\n]/, lineLimit),
  ) as [string[], string[]]
  const lines = diffArrays(one, other, { maxEditLength: editLimit })?.flatMap(
    ({ removed, added, value }) => linesOf(removed ? 'left' : added ? 'right' : 'both', value),
  )
  return withoutFar(lines ?? [...linesOf('left', one), ...linesOf('right', other)])
}

function linesOf(side: DiffLine['side'], texts: readonly string[]): DiffLine[] {
  return texts.map((text) => ({ side, text }))
}

function withoutFar(lines: readonly DiffLine[]): DiffLine[] {
  const near = lines.map((_, place) =>
    lines
      .slice(Math.max(0, place - context), place + context + 1)
      .some(({ side }) => side !== 'both'),
  )
  const kept: DiffLine[] = []
  for (let place = 0; place < lines.length;) {
    if (near[place]) kept.push(lines[place++]!)
    else {
      const from = place
      while (place < lines.length && !near[place]) place++
      kept.push({ side: 'gap', text: String(place - from) })
    }
  }
  return kept
}
