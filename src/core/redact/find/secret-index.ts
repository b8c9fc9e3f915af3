/** So many characters at a spelling's beginning tell whether it may be here at all. */
const keyLength = 8
/** Text is looked at in steps of so many characters, each time at a whole key: no spelling of 12 falls between. */
const stride = 4

/**
 * Characters that base64 and form-encoding write in two ways count as one, so that one entry finds both alphabets
 * (RFC 4648 §4 and §5) and both ways to write a space.
 */
const folds = Uint8Array.from({ length: 256 }, (_, code) => {
  const character = String.fromCharCode(code)
  if (character === '+' || character === ' ') return '-'.charCodeAt(0)
  return character === '/' ? '_'.charCodeAt(0) : code
})

/** Characters that stand for the same in some spelling are one. */
export function fold(code: number): number {
  return code < 256 ? folds[code]! : code
}

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
 * Finds spellings in text: a radix tree behind a filter over the keys at their beginning. What a search costs
 * depends on the text, not on how many spellings there are, also when thousands of them begin alike, as JWTs do.
 */
export class SpellingIndex<Owner> {
  readonly #roots = new Map<number, Branch<Owner>[]>()
  readonly #spellings: string[] = []
  #filter = new Uint32Array(2048)
  #shift = 16

  /** Whoever was first keeps a spelling. It must have 12 characters or more. */
  add(text: string, owner: Owner): void {
    const hash = hashAt(text, 0)
    const branches = this.#roots.get(hash)
    if (branches === undefined) this.#roots.set(hash, [leaf(text, 0, owner)])
    else insert(branches, text, owner)
    this.#spellings.push(text)
    this.#admit(text)
  }

  /** Whether a key of this hash stands at or near the beginning of a spelling. */
  mayHold(hash: number): boolean {
    const bit = hash >>> this.#shift
    return (this.#filter[bit >>> 5]! & (1 << (bit & 31))) !== 0
  }

  /** The longest spelling at a position, no further than `limit`; or else, how far the beginning of one goes. */
  at(text: string, position: number, limit: number): Match<Owner> | undefined {
    const end = Math.min(text.length, position + limit)
    let branches = this.#roots.get(hashAt(text, position)) ?? none
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

  #admit(text: string): void {
    // More than an eighth of the bits set would let too much text through.
    if (this.#spellings.length * stride * 8 > this.#filter.length * 32 && this.#shift > 8) {
      this.#shift -= 2
      this.#filter = new Uint32Array(this.#filter.length * 4)
      for (const known of this.#spellings) this.#set(known)
    } else this.#set(text)
  }

  #set(text: string): void {
    for (let offset = 0; offset < stride; offset += 1) {
      const [first, second] = keyAt(text, offset)
      const bit = keyHash(first, second) >>> this.#shift
      this.#filter[bit >>> 5]! |= 1 << (bit & 31)
    }
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
    hash = (Math.imul(hash, 0x01000193) + fold(text.charCodeAt(index))) | 0
  return hash
}

const key = new Uint8Array(keyLength)
const keyWords = new Uint32Array(key.buffer)

/** The key at a position, as the two words that it is when text is read word by word. */
function keyAt(text: string, at: number): [number, number] {
  for (let index = 0; index < keyLength; index += 1)
    key[index] = folds[text.charCodeAt(at + index) & 0xff]!
  return [keyWords[0]!, keyWords[1]!]
}

function keyHash(first: number, second: number): number {
  const mixed = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca77)
  return Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae3d)
}

/** Comparing is given up early once it has cost so much for each character of the text: it was written to cost much. */
const patience = 16
const hastyLimit = 256

/** Text is read from here, a byte a character: reading a string character by character takes several times as long. */
const page = new Uint8Array(64 * 1024)

/** The folded characters of a text, four to a word. Those beyond Latin-1 share a byte with others. */
function wordsOf(text: string): Uint32Array {
  const { length } = text
  const bytes = length > page.length ? new Uint8Array(length + (-length & 3)) : page
  Buffer.from(bytes.buffer).write(text, 'latin1')
  for (let index = 0; index < length; index += 1) bytes[index] = folds[bytes[index]!]!
  return new Uint32Array(bytes.buffer)
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
  const words = wordsOf(text)
  let budget = text.length * patience + 65536
  const takeAt = (from: SpellingIndex<Owner>, at: number): number | undefined => {
    const hasty = budget < 0
    const match = from.at(text, at, hasty ? hastyLimit : Infinity)
    if (match === undefined) return undefined
    budget -= match.effort
    return take(match, at, hasty)
  }
  let from = 0
  for (let sample = 0; sample <= last; sample += stride) {
    const hash = keyHash(words[sample >>> 2]!, words[(sample >>> 2) + 1]!)
    if (!index.mayHold(hash) && other?.mayHold(hash) !== true) continue
    // What begins less than a step before the key, or with it.
    let end: number | undefined
    for (let at = Math.max(from, sample - stride + 1); at <= sample && end === undefined; at += 1)
      end = takeAt(index, at) ?? (other === undefined ? undefined : takeAt(other, at))
    from = end ?? sample + 1
    if (end !== undefined) sample = Math.ceil(end / stride) * stride - stride
  }
}
