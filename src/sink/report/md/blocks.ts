/** A part of a Markdown comment. */
export interface Block {
  readonly text: string
  /** The smaller, the sooner it gets its place. */
  readonly rank: number
  /** What the reader misses without it: `the checklist`. */
  readonly what: string
}

/** GitHub refuses a comment that is longer, in characters. */
export const commentLimit = 65_536

/** For the sentence that says what was left out. */
const reserve = 600

/** The blocks in their order, as many as fit by their rank, and a sentence about the others. */
export function fitted(blocks: readonly Block[], limit = commentLimit): string {
  const present = blocks.filter(({ text }) => text !== '')
  const total = present.reduce((sum, { text }) => sum + text.length + 2, 0)
  const kept = new Set(present)
  if (total > limit) {
    kept.clear()
    let room = limit - reserve
    for (const block of present.toSorted((a, b) => a.rank - b.rank)) {
      if (block.text.length + 2 > room) continue
      room -= block.text.length + 2
      kept.add(block)
    }
  }
  const left = present.filter((block) => !kept.has(block))
  const texts = present.filter((block) => kept.has(block)).map(({ text }) => text)
  return [...texts, ...(left.length === 0 ? [] : [leftOut(left)])].join('\n\n') + '\n'
}

function leftOut(blocks: readonly Block[]): string {
  const counts = new Map<string, number>()
  for (const { what } of blocks) counts.set(what, (counts.get(what) ?? 0) + 1)
  const names = [...counts].map(([what, count]) => (count === 1 ? what : `${what} (${count} ×)`))
  const shown = names.slice(0, 8)
  const more = names.length > 8 ? `, and ${names.length - 8} more` : ''
  return `**Left out** to stay within the size of a comment: ${shown.join(', ')}${more}.`
}
