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
/** Pairs of lines that are tried; beyond, the differing middles are said to differ as a whole. */
const pairLimit = 2_000_000

/** What differs between two texts, line by line, with a little of what is around it. */
export function diffLines(left: string, right: string): DiffLine[] {
  const [one, other] = [left, right].map((text) =>
    text === '' ? [] : text.split(/\r\n|[\r\n]/, lineLimit),
  ) as [string[], string[]]
  let start = 0
  while (start < one.length && start < other.length && one[start] === other[start]) start++
  let end = 0
  while (
    end < one.length - start &&
    end < other.length - start &&
    one[one.length - 1 - end] === other[other.length - 1 - end]
  )
    end++
  const both = (text: string): DiffLine => ({ side: 'both', text })
  return withoutFar([
    ...one.slice(0, start).map(both),
    ...middle(one.slice(start, one.length - end), other.slice(start, other.length - end)),
    ...one.slice(one.length - end).map(both),
  ])
}

/** The longest common subsequence stays; what is not in it is told of the side that has it. */
function middle(one: readonly string[], other: readonly string[]): DiffLine[] {
  const left = (text: string): DiffLine => ({ side: 'left', text })
  const right = (text: string): DiffLine => ({ side: 'right', text })
  if (one.length * other.length > pairLimit) return [...one.map(left), ...other.map(right)]
  const columns = other.length + 1
  const longest = new Uint16Array((one.length + 1) * columns)
  for (let row = one.length - 1; row >= 0; row--)
    for (let column = other.length - 1; column >= 0; column--)
      longest[row * columns + column] =
        one[row] === other[column]
          ? longest[(row + 1) * columns + column + 1]! + 1
          : Math.max(longest[(row + 1) * columns + column]!, longest[row * columns + column + 1]!)
  const lines: DiffLine[] = []
  let [row, column] = [0, 0]
  while (row < one.length && column < other.length)
    if (one[row] === other[column]) {
      lines.push({ side: 'both', text: one[row]! })
      row++
      column++
    } else if (longest[(row + 1) * columns + column]! >= longest[row * columns + column + 1]!)
      lines.push(left(one[row++]!))
    else lines.push(right(other[column++]!))
  return [...lines, ...one.slice(row).map(left), ...other.slice(column).map(right)]
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
