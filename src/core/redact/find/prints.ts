import { fold } from './secret-index.ts'

/** So many characters somewhere in a spelling, its anchor, lead to it. */
const anchorLength = 12
const base = 0x01000193
const outgoing = power(base, anchorLength)

/**
 * Where an anchor may be, in parts of a spelling: the end first, as tokens begin alike. It is taken where the fewest others
 * are, for what applications make up may end alike, or have its chance in the middle.
 */
const places = [1, 0, 1 / 2, 3 / 4, 1 / 4]

/** Spellings of half of what is kept: some hundred thousand secrets in all, and some sixty bytes for each spelling. */
const generationLimit = 512 * 1024

/** Where so many anchors lead, more are not looked at: they were made to lead there. */
const chainLimit = 16

/** What a print leads to: nothing of the secret itself. */
export interface Printed {
  readonly kind: string
  readonly label: string
  readonly base64: boolean
}

/**
 * Prints of spellings: their lengths and hashes of 64 bits, so that a secret can be told where it stands whole though its
 * characters are not kept. Of those beyond half a million the oldest go, half of them at a time.
 */
export class Prints {
  #young = new Generation()
  #old: Generation | undefined

  /** A spelling of 12 characters or more; whoever was first keeps it. */
  add(text: string, printed: Printed): void {
    const hashes = spanHashes(text, 0, text.length)
    if (this.#young.of(text, hashes) !== undefined) return
    if (this.#young.count >= generationLimit) {
      this.#old = this.#young
      this.#young = new Generation()
    }
    this.#young.add(text, hashes, printed)
  }

  /** What a value is known as. */
  of(text: string): Printed | undefined {
    if (text.length < anchorLength) return undefined
    const hashes = spanHashes(text, 0, text.length)
    return this.#young.of(text, hashes) ?? this.#old?.of(text, hashes)
  }

  /** Goes through text and tells every spelling that stands in it whole. */
  scan(text: string, found: (from: number, to: number, printed: Printed) => void): void {
    // A text that was written to cost much is not compared for ever: then what has the anchor of a secret counts as one.
    let budget = text.length * 16 + 65536
    const hashes: Hashes = (from, to) => {
      if (budget < 0) return 'given up'
      budget -= to - from
      return spanHashes(text, from, to)
    }
    let key = 0
    for (let at = 0; at < text.length; at += 1) {
      key = (Math.imul(key, base) + fold(text.charCodeAt(at))) | 0
      if (at < anchorLength - 1) continue
      if (at >= anchorLength)
        key = (key - Math.imul(fold(text.charCodeAt(at - anchorLength)), outgoing)) | 0
      for (const generation of [this.#young, this.#old]) {
        if (generation?.mayHold(key) !== true) continue
        const match = generation.longest(key, at + 1, text.length, hashes)
        if (match !== undefined) found(match.from, match.to, match.printed)
      }
    }
  }
}

/** Of the characters of a text. */
type Hashes = (from: number, to: number) => readonly [number, number] | 'given up'

/** Numbers of a print: key, length, where its anchor ends, two hashes, kind (odd: in base64), and the label's two halves. */
const width = 8

class Generation {
  #heads = new Int32Array(1024).fill(-1)
  #shift = 22
  #next = new Int32Array(256)
  #prints = new Int32Array(256 * width)
  readonly #kinds: string[] = []
  #count = 0

  get count(): number {
    return this.#count
  }

  mayHold(key: number): boolean {
    let left = chainLimit
    for (let at = this.#heads[this.#bucket(key)]!; at >= 0 && left > 0; at = this.#next[at]!) {
      if (this.#prints[at * width] === key) return true
      left -= 1
    }
    return false
  }

  of(text: string, own: readonly [number, number]): Printed | undefined {
    for (const place of places) {
      const end = anchorEnd(text, place)
      for (const from of this.#chain(keyAt(text, end)))
        if (
          this.#prints[from + 1] === text.length &&
          this.#prints[from + 2] === end &&
          this.#holds(from, own)
        )
          return this.#printed(from)
    }
    return undefined
  }

  /** The longest print whose anchor ends at a position of a text and whose hashes are those of the characters around it. */
  longest(
    key: number,
    at: number,
    limit: number,
    hashes: Hashes,
  ): { from: number; to: number; printed: Printed } | undefined {
    let best: number | undefined
    let length = 0
    let start = 0
    for (const print of this.#chain(key)) {
      const from = at - this.#prints[print + 2]!
      const to = from + this.#prints[print + 1]!
      if (from < 0 || to > limit || to - from <= length) continue
      const own = hashes(from, to)
      if (own !== 'given up' && !this.#holds(print, own)) continue
      best = print
      start = from
      length = to - from
    }
    if (best === undefined) return undefined
    return { from: start, to: start + length, printed: this.#printed(best) }
  }

  #holds(print: number, [first, second]: readonly [number, number]): boolean {
    return this.#prints[print + 3] === first && this.#prints[print + 4] === second
  }

  /** The newest prints of an anchor. */
  *#chain(key: number): Generator<number, void, void> {
    let left = chainLimit
    for (let at = this.#heads[this.#bucket(key)]!; at >= 0 && left > 0; at = this.#next[at]!) {
      if (this.#prints[at * width] === key) yield at * width
      left -= 1
    }
  }

  #printed(from: number): Printed {
    const coded = this.#prints[from + 5]!
    const kind = this.#kinds[coded >>> 1]!
    const half = (at: number) => (this.#prints[at]! >>> 0).toString(16).padStart(8, '0')
    return {
      kind,
      label: `‹${kind}:${half(from + 6)}${half(from + 7)}›`,
      base64: coded % 2 === 1,
    }
  }

  add(text: string, hashes: readonly number[], { kind, label, base64 }: Printed): void {
    const at = this.#count
    if (at === this.#next.length) this.#grow()
    let number = this.#kinds.indexOf(kind)
    if (number < 0) number = this.#kinds.push(kind) - 1
    const hash = label.slice(-17, -1)
    const halves = [parseInt(hash.slice(0, 8), 16), parseInt(hash.slice(8), 16)]
    const end = this.#leastCrowded(text)
    const key = keyAt(text, end)
    this.#prints.set(
      [key, text.length, end, ...hashes, number * 2 + Number(base64), ...halves],
      at * width,
    )
    this.#count += 1
    this.#link(key, at)
  }

  #leastCrowded(text: string): number {
    let best = text.length
    let fewest = Infinity
    for (const place of places) {
      const end = anchorEnd(text, place)
      const others = this.#crowd(keyAt(text, end))
      if (others < fewest) {
        best = end
        fewest = others
      }
      // Two anchors lead to the same place by chance.
      if (others < 2) break
    }
    return best
  }

  #crowd(key: number): number {
    let count = 0
    for (
      let at = this.#heads[this.#bucket(key)]!;
      at >= 0 && count < chainLimit;
      at = this.#next[at]!
    )
      count += 1
    return count
  }

  #link(key: number, at: number): void {
    const bucket = this.#bucket(key)
    this.#next[at] = this.#heads[bucket]!
    this.#heads[bucket] = at
  }

  #bucket(key: number): number {
    return Math.imul(key, 0x9e3779b1) >>> this.#shift
  }

  /** Four buckets for a print, so that most text leads to none. */
  #grow(): void {
    const size = this.#next.length * 2
    const prints = new Int32Array(size * width)
    prints.set(this.#prints)
    this.#prints = prints
    this.#next = new Int32Array(size)
    this.#heads = new Int32Array(size * 4).fill(-1)
    this.#shift -= 1
    for (let at = 0; at < this.#count; at += 1) this.#link(prints[at * width]!, at)
  }
}

function anchorEnd(text: string, place: number): number {
  return anchorLength + Math.floor((text.length - anchorLength) * place)
}

function keyAt(text: string, end: number): number {
  let key = 0
  for (let at = end - anchorLength; at < end; at += 1)
    key = (Math.imul(key, base) + fold(text.charCodeAt(at))) | 0
  return key
}

function spanHashes(text: string, from: number, to: number): [number, number] {
  let first = 0x811c9dc5
  let second = 0x2f0b4c47
  for (let at = from; at < to; at += 1) {
    const code = fold(text.charCodeAt(at))
    first = Math.imul(first ^ code, base)
    second = Math.imul(second ^ (second >>> 13), 0x5bd1e995) + code
  }
  return [first | 0, second | 0]
}

function power(factor: number, exponent: number): number {
  let result = 1
  for (let index = 0; index < exponent; index += 1) result = Math.imul(result, factor)
  return result
}
