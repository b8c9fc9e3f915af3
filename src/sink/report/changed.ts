import type { Report } from '../../core/verdict/report.ts'
import { safe } from '../../core/wire/safe-text.ts'
import { counted } from '../../core/verdict/words.ts'

/** As many changes as fit into the first lines. */
const named = 3

/** What authtap was told to change or to break, in a sentence; undefined where it was told nothing. */
export function changedLine({ capture }: Report): string | undefined {
  const { changed = [], changedMore = 0 } = capture
  const [first] = changed
  if (first === undefined) return undefined
  const places = changed
    .slice(0, named)
    .map(
      ({ exchange, at, fault }) =>
        `#${exchange} ${at}${fault === undefined ? ' (by a person)' : ` (${fault})`}`,
    )
  const all = changed.length + changedMore
  const more = all - places.length
  return `authtap was told to change ${counted(all, 'value')} on the way: ${safe(places.join(', '))}${more === 0 ? '' : ` and ${more} more`}. Verdicts are on what each party sent; what follows from a change is a note.`
}
