import type { Model } from './model.ts'
import type { RowTest } from './model-listing.ts'

/** Placeholder until filter language is there. */
export function rowFilter(
  text: string,
  _model: Model,
  _now: number,
): { test?: RowTest; problem?: string } {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  if (words.length === 0) return {}
  return {
    test: (row) =>
      words.every((word) =>
        `${row.method} ${row.url} ${row.status ?? ''}`.toLowerCase().includes(word),
      ),
  }
}
