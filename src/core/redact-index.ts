/** So many characters at a spelling's beginning tell whether it may be here at all. */
const keyLength = 8
const base = 0x01000193
const outgoing = power(base, keyLength - 1)

/**
 * Characters that base64 and form-encoding write in two ways count as one, so that one entry finds both alphabets
 * (RFC 4648 §4 and §5) and both ways to write a space.
 */
const folds = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code)
  if (character === '+' || character === ' ') return '-'.charCodeAt(0)
  return character === '/' ? '_'.charCodeAt(0) : code
})

function fold(code: number): number {
  return code < 128 ? folds[code]! : code
}

/** What a character adds to a hash when it comes, and takes from it when it goes. Characters beyond Latin-1 share with others. */
const coming = Uint8Array.from({ length: 256 }, (_, code) => fold(code))
const going = Int32Array.from(coming, (code) => Math.imul(code, outgoing))

/** What an index leads to. */
export interface Match<Owner> {
  readonly owner: Owner
  /** Characters of the text. */
  readonly length: number
  /** False when the text has the spelling's beginning only. */
  readonly whole: boolean
  /** Characters that were compared to find out. */
  readonly effort: number
}

/** A branch of the tree: the characters from `from` to `to` of `text`, then one of `next`. */
interface Branch<Owner> {
  text: string
  from: number
  to: number
  /** In the order of their first character. */
  next: Branch<Owner>[]
  /** Whoever came first this way. */
  readonly owner: Owner
  /** Whose spelling ends here. */
  end: Owner | undefined
}

/**
 * Finds spellings in text: a radix tree behind a filter over the hash of their first characters. What a search costs
 * depends on the text, not on how many spellings there are, also when thousands of them begin alike, as JWTs do.
 */
export class SpellingIndex<Owner> {
  readonly #roots = new Map<number, Branch<Owner>[]>()
  #filter = new Uint32Array(2048)
  #shift = 16

  /** Whoever was first keeps a spelling. It must have 8 characters or more. */
  add(text: string, owner: Owner): void {
    const hash = hashAt(text, 0)
    const branches = this.#roots.get(hash)
    if (branches !== undefined) return insert(branches, text, owner)
    this.#roots.set(hash, [leaf(text, 0, owner)])
    this.#admit(hash)
  }

  /** Whether a spelling may begin with characters of this hash. */
  mayBegin(hash: number): boolean {
    const bit = Math.imul(hash, 0x9e3779b1) >>> this.#shift
    return (this.#filter[bit >>> 5]! & (1 << (bit & 31))) !== 0
  }

  /** The longest spelling at a position, no further than `limit`; or else, how far the beginning of one goes. */
  at(hash: number, text: string, position: number, limit: number): Match<Owner> | undefined {
    const end = Math.min(text.length, position + limit)
    let branches = this.#roots.get(hash) ?? none
    let here = position
    let best: { owner: Owner; length: number } | undefined
    let owner: Owner | undefined
    while (here < end) {
      const next = branches[place(branches, text, here)]
      if (next === undefined) break
      const from = here
      while (
        here < end &&
        here - from < next.to - next.from &&
        fold(text.charCodeAt(here)) === fold(next.text.charCodeAt(next.from + here - from))
      )
        here += 1
      if (here === from) break
      owner = next.owner
      if (here - from < next.to - next.from) break
      if (next.end !== undefined) best = { owner: next.end, length: here - position }
      branches = next.next
    }
    const effort = here - position
    if (best !== undefined) return { ...best, whole: true, effort }
    return owner === undefined ? undefined : { owner, length: effort, whole: false, effort }
  }

  #admit(hash: number): void {
    // More than an eighth of the bits set would let too much text through.
    if (this.#roots.size * 8 > this.#filter.length * 32 && this.#shift > 10) {
      this.#shift -= 2
      this.#filter = new Uint32Array(this.#filter.length * 4)
      for (const known of this.#roots.keys()) this.#set(known)
    } else this.#set(hash)
  }

  #set(hash: number): void {
    const bit = Math.imul(hash, 0x9e3779b1) >>> this.#shift
    this.#filter[bit >>> 5]! |= 1 << (bit & 31)
  }
}

/** Most branches end where a spelling does. */
const none: never[] = []

function leaf<Owner>(text: string, from: number, owner: Owner): Branch<Owner> {
  return { text, from, to: text.length, next: none, owner, end: owner }
}

function insert<Owner>(roots: Branch<Owner>[], text: string, owner: Owner): void {
  let branches = roots
  let above: Branch<Owner> | undefined
  let at = 0
  while (at < text.length) {
    const index = place(branches, text, at)
    const next = branches[index]
    if (next === undefined || first(next) !== fold(text.charCodeAt(at))) {
      if (above !== undefined && branches === none) above.next = branches = []
      branches.splice(index, 0, leaf(text, at, owner))
      return
    }
    let length = 1
    while (
      length < next.to - next.from &&
      at + length < text.length &&
      fold(text.charCodeAt(at + length)) === fold(next.text.charCodeAt(next.from + length))
    )
      length += 1
    if (length < next.to - next.from) split(next, length)
    at += length
    above = next
    branches = next.next
  }
  if (above !== undefined) above.end ??= owner
}

function split<Owner>(branch: Branch<Owner>, length: number): void {
  const rest = { ...branch, from: branch.from + length }
  branch.to = rest.from
  branch.next = [rest]
  branch.end = undefined
}

function first<Owner>(branch: Branch<Owner>): number {
  return fold(branch.text.charCodeAt(branch.from))
}

/** Where among branches one that begins with the character at a position is, or would be. */
function place<Owner>(branches: readonly Branch<Owner>[], text: string, at: number): number {
  const code = fold(text.charCodeAt(at))
  let low = 0
  let high = branches.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (first(branches[middle]!) < code) low = middle + 1
    else high = middle
  }
  return low
}

/** The hash of the characters that a spelling at this position would begin with. */
function hashAt(text: string, at: number): number {
  let hash = 0
  for (let index = at; index < at + keyLength; index += 1)
    hash = (Math.imul(hash, base) + coming[text.charCodeAt(index) & 0xff]!) | 0
  return hash
}

/** Comparing is given up early once it has cost so much for each character of the text: it was written to cost much. */
const patience = 16
const hastyLimit = 256

/** Text is read from here, a byte a character: reading a string character by character takes several times as long. */
const page = Buffer.alloc(64 * 1024)

function latin1(text: string): Uint8Array {
  if (text.length > page.length) return Buffer.from(text, 'latin1')
  page.write(text, 'latin1')
  return page
}

/**
 * Goes through text and offers every place where a spelling may begin. `take` says where to go on, or undefined for
 * one character further. `hasty`: the text repeats the beginnings of spellings on end, and what is long must be taken.
 */
export function scan<Owner>(
  index: SpellingIndex<Owner>,
  other: SpellingIndex<Owner> | undefined,
  text: string,
  take: (match: Match<Owner>, at: number, hasty: boolean) => number | undefined,
): void {
  const last = text.length - keyLength
  if (last < 0) return
  const bytes = latin1(text)
  let budget = text.length * patience + 65536
  const takeAt = (from: SpellingIndex<Owner>, hash: number, at: number): number | undefined => {
    const hasty = budget < 0
    const match = from.at(hash, text, at, hasty ? hastyLimit : Infinity)
    if (match === undefined) return undefined
    budget -= match.effort
    return take(match, at, hasty)
  }
  let hash = hashAt(text, 0)
  for (let at = 0; at <= last;) {
    // Nearly all of the time is spent here.
    while (at < last && !index.mayBegin(hash) && other?.mayBegin(hash) !== true) {
      hash = (Math.imul(hash - going[bytes[at]!]!, base) + coming[bytes[at + keyLength]!]!) | 0
      at += 1
    }
    const end =
      takeAt(index, hash, at) ?? (other === undefined ? undefined : takeAt(other, hash, at))
    at = end ?? at + 1
    if (at <= last) hash = hashAt(text, at)
  }
}

function power(factor: number, exponent: number): number {
  let result = 1
  for (let index = 0; index < exponent; index += 1) result = Math.imul(result, factor)
  return result
}
