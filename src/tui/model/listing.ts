import type { Model } from './model.ts'
import type { Row } from './rows.ts'

/** Whether a row is wanted. */
export type RowTest = (row: Row) => boolean

/** The rows that are shown: all, or those a filter lets through. It looks at a row again only when that has changed. */
export class Listing {
  readonly #model: Model
  #test: RowTest | undefined
  #indexes: number[] = []
  #stale = true
  #findings = -1
  /** Rows from here on are held back; undefined when nothing is. */
  pausedAt: number | undefined

  constructor(model: Model) {
    this.#model = model
  }

  /** Shows what passes the test; everything without one. */
  show(test: RowTest | undefined): void {
    this.#test = test
    this.#stale = true
  }

  /** Rows may pass now that did not before, because time went on. */
  again(): void {
    this.#stale = true
  }

  get length(): number {
    this.#refresh()
    const { pausedAt } = this
    if (this.#test === undefined)
      return Math.max(0, Math.min(pausedAt ?? Infinity, this.#model.rows.length) - this.#from)
    return pausedAt === undefined ? this.#indexes.length : lowerBound(this.#indexes, pausedAt)
  }

  at(place: number): Row | undefined {
    if (place < 0 || place >= this.length) return undefined
    return this.#model.rows.at(
      this.#test === undefined ? place + this.#from : this.#indexes[place]!,
    )
  }

  /** Where a row stands; where it would stand when it is not shown. */
  placeOf(row: Row): number {
    this.#refresh()
    return this.#test === undefined
      ? Math.max(0, row.index - this.#from)
      : lowerBound(this.#indexes, row.index)
  }

  /** Rows of earlier attempts are not in the list. */
  get #from(): number {
    return this.#model.from ?? 0
  }

  #passing(test: RowTest): number[] {
    const { rows } = this.#model
    const passing: number[] = []
    for (let index = this.#from; index < rows.length; index += 1)
      if (test(rows.at(index)!)) passing.push(index)
    return passing
  }

  #refresh(): void {
    const test = this.#test
    const changed = this.#model.takeChanged()
    if (test === undefined) return
    if (this.#stale || this.#findings !== this.#model.findingsVersion) {
      this.#indexes = this.#passing(test)
      this.#stale = false
      this.#findings = this.#model.findingsVersion
      return
    }
    for (const index of changed) {
      const row = this.#model.rows.at(index)
      const place = lowerBound(this.#indexes, index)
      const isIn = this.#indexes[place] === index
      const wanted = row !== undefined && index >= this.#from && test(row)
      if (wanted && !isIn) this.#indexes.splice(place, 0, index)
      else if (!wanted && isIn) this.#indexes.splice(place, 1)
    }
  }
}

/** The first place whose number is not smaller. */
function lowerBound(sorted: readonly number[], wanted: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! < wanted) low = middle + 1
    else high = middle
  }
  return low
}
