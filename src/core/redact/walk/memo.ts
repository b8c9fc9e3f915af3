import type { Place } from './replace.ts'

/** Longer values are rare, and would make what is kept large. */
const valueLength = 2000
const valueCount = 1000

/**
 * What values became in their places. It holds until another secret is remembered, be it one that was nearly forgotten:
 * what is passed over here is a secret that stays remembered all the same.
 */
export class Memo {
  readonly #changes: () => number
  readonly #places = new Map<Place, Map<string, Map<string, string>>>()
  #count = 0
  #at = 0

  /** @param changes grows whenever what values become may have changed */
  constructor(changes: () => number) {
    this.#changes = changes
  }

  get(sort: Place, name: string, value: string, map: () => string): string {
    if (value.length > valueLength) return map()
    const at = this.#changes()
    if (this.#at !== at || this.#count > valueCount) this.#forget(at)
    const known = this.#places.get(sort)?.get(name)?.get(value)
    if (known !== undefined) return known
    const mapped = map()
    if (this.#changes() === at) this.#keep(sort, name, value, mapped)
    return mapped
  }

  #forget(at: number): void {
    this.#places.clear()
    this.#count = 0
    this.#at = at
  }

  #keep(sort: Place, name: string, value: string, mapped: string): void {
    let names = this.#places.get(sort)
    if (names === undefined) this.#places.set(sort, (names = new Map()))
    let values = names.get(name)
    if (values === undefined) names.set(name, (values = new Map()))
    values.set(value, mapped)
    this.#count += 1
  }
}
