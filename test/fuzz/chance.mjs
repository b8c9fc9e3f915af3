/** Chance that can be had again: the same seed makes the same choices (mulberry32). */
export class Chance {
  #state

  constructor(seed) {
    this.#state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0
    this.next()
  }

  /** At least 0, less than 1. */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }

  below(limit) {
    return Math.floor(this.next() * limit)
  }

  is(share) {
    return this.next() < share
  }

  pick(list) {
    return list[this.below(list.length)]
  }

  text(length, alphabet) {
    return Array.from({ length }, () => alphabet[this.below(alphabet.length)]).join('')
  }

  /** How many of something: mostly few, seldom many. */
  few(limit) {
    return Math.floor(this.next() ** 3 * (limit + 1))
  }
}
