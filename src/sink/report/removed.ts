import type { LabelFacts } from '../../core/wire/label.ts'
import { counted } from '../../core/verdict/words.ts'

type Labels = Readonly<Record<string, LabelFacts>>

/** How many values were removed and of which kinds, the most frequent first. */
export function removedLine(labels: Labels): string {
  const all = Object.values(labels)
  if (all.length === 0) return 'No secret was seen.'
  const kinds = new Map<string, number>()
  for (const { kind } of all) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  const list = [...kinds]
    .sort(([a, many], [b, few]) => few - many || (a < b ? -1 : 1))
    .map(([kind, count]) => `${count} ${kind}`)
  return `${counted(all.length, 'secret')} replaced by labels: ${list.join(', ')}. The same value has the same label.`
}

/** More than these nobody would look through. */
const shown = 5

/** What no name gave away: whoever knows better can see at a glance what is missing. */
export function looksLine(labels: Labels): string {
  const found = Object.entries(labels).flatMap(([label, { byLooks }]) =>
    byLooks === true ? [label] : [],
  )
  if (found.length === 0) return ''
  const more = found.length > shown ? ` and ${found.length - shown} more` : ''
  return `By ${found.length === 1 ? 'its' : 'their'} looks alone: ${found.slice(0, shown).join(', ')}${more}.`
}
