/** Where an entry stands in its capture. */
export interface Place {
  /** The first byte. */
  readonly at: number
  /** Bytes. */
  readonly length: number
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** Of the file's entries, from 0. */
  readonly number: number
}

const firstSize = 1024

/**
 * Where the entries of a capture stand, in the order of time: some twenty bytes for each, so that a capture can be gone
 * through in order though it is never held.
 */
export class CaptureIndex {
  #at = new Float64Array(firstSize)
  #length = new Uint32Array(firstSize)
  #startedAt = new Float64Array(firstSize)
  #number = new Uint32Array(firstSize)
  #count = 0
  #inOrder = true

  get count(): number {
    return this.#count
  }

  /** The time of the entry that was added last; 0 before the first. */
  get lastStart(): number {
    return this.#count === 0 ? 0 : this.#startedAt[this.#count - 1]!
  }

  /** The slot of the entry, for `replace`. */
  add(place: Place): number {
    if (this.#count === this.#at.length) this.#grow()
    if (place.startedAt < this.lastStart) this.#inOrder = false
    this.#count += 1
    this.#put(this.#count - 1, place)
    return this.#count - 1
  }

  /** A later version of an entry takes the place of the earlier one. */
  replace(slot: number, place: Place): void {
    if (place.startedAt !== this.#startedAt[slot]) this.#inOrder = false
    this.#put(slot, place)
  }

  #put(slot: number, { at, length, startedAt, number }: Place): void {
    this.#at[slot] = at
    this.#length[slot] = length
    this.#startedAt[slot] = startedAt
    this.#number[slot] = number
  }

  place(slot: number): Place {
    return {
      at: this.#at[slot]!,
      length: this.#length[slot]!,
      startedAt: this.#startedAt[slot]!,
      number: this.#number[slot]!,
    }
  }

  /** In the order of time; those of the same time as they were added. */
  *places(): Generator<Place, void, void> {
    const order = this.#inOrder ? undefined : this.#order()
    for (let index = 0; index < this.#count; index += 1) {
      yield this.place(order === undefined ? index : order[index]!)
    }
  }

  #order(): Uint32Array {
    const times = this.#startedAt
    return Uint32Array.from({ length: this.#count }, (_, slot) => slot).sort(
      (a, b) => times[a]! - times[b]! || a - b,
    )
  }

  #grow(): void {
    const grown = <T extends Float64Array | Uint32Array>(made: T, old: T): T => {
      made.set(old)
      return made
    }
    const size = this.#at.length * 2
    this.#at = grown(new Float64Array(size), this.#at)
    this.#length = grown(new Uint32Array(size), this.#length)
    this.#startedAt = grown(new Float64Array(size), this.#startedAt)
    this.#number = grown(new Uint32Array(size), this.#number)
  }
}
