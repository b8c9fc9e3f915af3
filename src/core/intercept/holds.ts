import { parseFilter } from '../filter/filter.ts'
import type { FilterRecord, RecordTest } from '../filter/record.ts'

/** Which messages are held: by filters, which a person adds and takes away while traffic passes. */
export class Holds {
  readonly #tests = new Map<string, RecordTest>()

  /** Nothing is to be held. */
  get isIdle(): boolean {
    return this.#tests.size === 0
  }

  /** The filters as they were written; the empty one holds everything. */
  get filters(): readonly string[] {
    return [...this.#tests.keys()]
  }

  /** Holds what this filter wants from now on; in a sentence what is wrong with it. */
  add(text: string): string | undefined {
    const filter = parseFilter(text.trim())
    if ('error' in filter) return filter.error
    this.#tests.set(text.trim(), filter.test)
    return undefined
  }

  /** False where it was not held by. */
  remove(text: string): boolean {
    return this.#tests.delete(text.trim())
  }

  wants(record: FilterRecord): boolean {
    for (const test of this.#tests.values()) if (test(record, record.startedAt)) return true
    return false
  }
}
