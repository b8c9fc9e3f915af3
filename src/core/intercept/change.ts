import { parseFilter } from '../filter/filter.ts'
import type { RecordTest } from '../filter/record.ts'
import { type Edit, parseEdit } from './edit.ts'

/** Changes that are made to every message that a filter wants. */
export interface WantedChange {
  readonly text: string
  readonly test: RecordTest
  readonly edits: readonly Edit[]
}

/**
 * Reads `kind:server-metadata response.json/issuer=https://as.example`: a filter, then changes. A value goes on to the next
 * change or to the end, so that it may hold spaces. In a sentence what is wrong with it.
 */
export function parseChange(text: string): WantedChange | { readonly error: string } {
  const words = text.trim().split(/\s+(?=(?:request|response)\.[a-z]+[./=+-])/)
  const [first = ''] = words
  const isChange = /^(?:request|response)\.[a-z]+[./=+-]/.test(first)
  const filterText = isChange ? '' : first
  const changes = isChange ? words : words.slice(1)
  if (changes.length === 0)
    return {
      error: 'it names no place to change after the filter, such as response.json/issuer=VALUE.',
    }
  const filter = parseFilter(filterText)
  if ('error' in filter) return filter
  const edits: Edit[] = []
  for (const change of changes) {
    const edit = parseEdit(change)
    if ('error' in edit) return edit
    edits.push(edit)
  }
  return { text, test: filter.test, edits }
}
