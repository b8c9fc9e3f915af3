/** How an origin is spelled when nothing is unusual. */
export interface Canonical {
  readonly scheme: string
  /** As `URL.hostname` gives it: lower case, IPv6 in brackets. */
  readonly host: string
  /** Empty when it is the scheme's own. */
  readonly port: string
}

export interface OriginSpelling {
  readonly scheme: string
  readonly host: string
  /** With its colon; empty when there is none. */
  readonly port: string
}

/** A hostile server cannot make the tables grow for ever; what comes after that is not translated. */
const variantLimit = 2000

/**
 * Pairs every spelling of one origin with its own spelling of another, so that two strings that were equal, equal without
 * regard to case, equal once normalised, or unequal, are so again on the other side.
 */
export class Spellings {
  readonly #left: Canonical
  readonly #right: Canonical
  readonly #hosts: Pairing
  readonly #cases = new Map<string, Pairing>()

  constructor(left: Canonical, right: Canonical) {
    this.#left = left
    this.#right = right
    this.#hosts = new Pairing(base(left), base(right))
  }

  toRight(spelling: OriginSpelling): OriginSpelling | undefined {
    return this.#translate(spelling, this.#left, this.#right, 'right')
  }

  toLeft(spelling: OriginSpelling): OriginSpelling | undefined {
    return this.#translate(spelling, this.#right, this.#left, 'left')
  }

  #translate(
    spelling: OriginSpelling,
    from: Canonical,
    to: Canonical,
    side: Side,
  ): OriginSpelling | undefined {
    const spelled = `${spelling.scheme}://${spelling.host}`
    const lower = spelled.toLowerCase()
    const other = this.#hosts.pair(lower, side, () => hostVariants(to))
    if (other === undefined) return undefined
    const [left, right] = side === 'right' ? [lower, other] : [other, lower]
    const cases = this.#cases.get(left) ?? new Pairing(left, right)
    this.#cases.set(left, cases)
    const cased = cases.pair(spelled, side, () => caseVariants(spelled, other))
    if (cased === undefined) return undefined
    const [scheme, host] = cut(cased)
    return { scheme, host, port: portSpelling(portRank(spelling.port, from), to) }
  }
}

type Side = 'left' | 'right'

/** A bijection that is filled as strings turn up. */
class Pairing {
  readonly #toRight: Map<string, string>
  readonly #toLeft: Map<string, string>

  constructor(left: string, right: string) {
    this.#toRight = new Map([[left, right]])
    this.#toLeft = new Map([[right, left]])
  }

  pair(text: string, side: Side, variants: () => Iterable<string>): string | undefined {
    const [forth, back] =
      side === 'right' ? [this.#toRight, this.#toLeft] : [this.#toLeft, this.#toRight]
    const known = forth.get(text)
    if (known !== undefined) return known
    if (forth.size >= variantLimit) return undefined
    for (const variant of variants()) {
      if (back.has(variant)) continue
      forth.set(text, variant)
      back.set(variant, text)
      return variant
    }
    return undefined
  }
}

function base({ scheme, host }: Canonical): string {
  return `${scheme}://${host}`
}

/** Other ways to write a host that every URL parser reads alike (URL Standard, host parsing). */
function* hostVariants(canonical: Canonical): Iterable<string> {
  const { scheme, host } = canonical
  if (host.startsWith('[')) {
    const [head = '', tail = ''] = host.slice(1, -1).split('::', 2)
    // Only a compressed address has room for zeros that change nothing.
    if (!host.includes('::')) return
    const room = 8 - [head, tail].flatMap((part) => (part === '' ? [] : part.split(':'))).length
    for (let zeros = 1; zeros < room; zeros++) {
      const left = [head, ...Array<string>(zeros).fill('0')].filter((part) => part !== '').join(':')
      yield `${scheme}://[${left}::${tail}]`
    }
    return
  }
  // Percent-encoded characters, one subset after the other.
  const places = Math.min(host.length, 11)
  for (let subset = 1; subset < 2 ** places; subset++)
    yield `${scheme}://${encodeSubset(host, subset)}`
}

function encodeSubset(host: string, subset: number): string {
  return [...host]
    .map((character, place) =>
      place < 11 && (subset >> place) % 2 === 1
        ? `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`
        : character,
    )
    .join('')
}

/** The same letters in other cases. What was usual in the original stays usual as long as that leaves a choice. */
function* caseVariants(spelled: string, lower: string): Iterable<string> {
  const [fromScheme, fromHost] = cut(spelled)
  const [scheme, host] = cut(lower)
  if (fromScheme === fromScheme.toLowerCase()) {
    for (const variant of letterCases(host)) yield `${scheme}://${variant}`
  } else if (fromHost === fromHost.toLowerCase()) {
    yield `${scheme.toUpperCase()}://${host}`
    for (const variant of letterCases(scheme)) yield `${variant}://${host}`
  }
  for (const variant of letterCases(scheme)) {
    for (const hostVariant of letterCases(host)) yield `${variant}://${hostVariant}`
    yield `${variant}://${host}`
  }
}

function cut(base: string): [scheme: string, host: string] {
  const mark = base.indexOf('://')
  return [base.slice(0, mark), base.slice(mark + 3)]
}

/** Every other combination of cases, up to eleven letters, starting with a capital first letter. */
function* letterCases(lower: string): Iterable<string> {
  const letters = [...lower]
    .flatMap((character, place) => (/[a-z]/.test(character) ? [place] : []))
    .slice(0, 11)
  for (let subset = 1; subset < 2 ** letters.length; subset++) {
    const raised = new Set(letters.filter((_, index) => (subset >> index) % 2 === 1))
    yield [...lower]
      .map((character, place) => (raised.has(place) ? character.toUpperCase() : character))
      .join('')
  }
}

/**
 * Spellings of a port in order, the usual one first. With the scheme's own port: none, `:443`, `:`, `:0443`, …; with
 * another: `:8443`, `:08443`, `:008443`, ….
 */
function portRank(port: string, canonical: Canonical): number {
  const zeros = /^:0*/.exec(port)?.[0].length ?? 0
  if (canonical.port !== '') return zeros - 1
  if (port === '') return 0
  if (port === ':') return 2
  return zeros === 1 ? 1 : zeros + 1
}

function portSpelling(rank: number, canonical: Canonical): string {
  if (canonical.port !== '') return `:${'0'.repeat(rank)}${canonical.port}`
  if (rank === 0) return ''
  if (rank === 2) return ':'
  const own = canonical.scheme === 'https' ? '443' : '80'
  return `:${'0'.repeat(rank === 1 ? 0 : rank - 2)}${own}`
}
