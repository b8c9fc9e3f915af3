import type { Exchange } from '../wire/exchange.ts'
import type { LabelFacts } from '../wire/label.ts'
import { origin } from '../wire/url.ts'
import { Memo } from './walk/memo.ts'
import { basicCredentials } from './walk/basic.ts'
import { mapExchange } from './walk/exchange.ts'
import { factsOf, mapClaims, readFacts, readJwt } from './walk/facts.ts'
import { type Replace, isShownLabel } from './walk/replace.ts'
import { replaceShapes } from './walk/shapes.ts'
import { unnamed } from './find/appearance.ts'
import { percentEncoded } from './find/spellings.ts'
import { mapDeep } from './walk/value.ts'
import { isPlaceholder } from './find/words.ts'
import { type Secret, Secrets } from './find/secrets.ts'
import { isLabel } from '../wire/label.ts'

declare const safe: unique symbol
/** A value with no secret in it. Only this module makes one, so handing a sink a raw event does not compile. */
export type Safe<T> = T & { readonly [safe]: true }

type Labels = Readonly<Record<string, LabelFacts>>

export interface RedactorOptions {
  /** Keys the labels, so that a value cannot be guessed from its label. */
  readonly key: Uint8Array
  /** Facts of a capture that is redacted already, or what tells those known so far: its labels pass through unchanged. */
  readonly labels?: Labels | (() => Labels)
  /** Everything passes through: the user asked for the secrets. */
  readonly off?: boolean
}

export interface Blanked {
  readonly text: string
  readonly kinds: readonly string[]
}

export interface Redactor {
  /** Finds every secret of an exchange by its place and name, and remembers it. */
  learn(exchange: Exchange): void
  /**
   * The same exchange with labels in place of secrets, and MCP messages reduced to their skeleton. A body that changes
   * is made anew as UTF-8 text: its content codings are undone, and the fields that describe its old bytes go.
   * @param isLearnt every secret of it was found before, if in another copy of it
   */
  exchange(exchange: Exchange, isLearnt?: boolean): Safe<Exchange>
  /** Any text: secrets that are known, however encoded, and those that look like one. */
  text(text: string): Safe<string>
  /** Any JSON value, deeply; exchanges, evidence and named values in it by their places. */
  value<T>(value: T): Safe<T>
  /** The kind of the first secret that finished text still holds; undefined when it is clean. */
  leaks(text: string): string | undefined
  /**
   * Finished text with a label in place of each secret that it still holds, every other byte as it stood: the last resort
   * for what was learnt late, or stands where no secret was looked for. Tells the kind of each.
   */
  blank(text: string): Blanked
  /** Grows with what is known: as long as it stays, text that was clean is clean. */
  readonly known: number
  /** What may be said about each label. */
  facts(): Record<string, LabelFacts>
  /** The value behind a label, as long as it is remembered. */
  reveal(label: string): string | undefined
}

export function createRedactor(options: RedactorOptions): Redactor {
  return options.off === true ? new OpenRedactor() : new LabellingRedactor(options)
}

/** `--with-secrets`. */
class OpenRedactor implements Redactor {
  readonly known = 0
  learn(): void {}
  exchange(exchange: Exchange): Safe<Exchange> {
    return exchange as Safe<Exchange>
  }
  text(text: string): Safe<string> {
    return text as Safe<string>
  }
  value<T>(value: T): Safe<T> {
    return value as Safe<T>
  }
  leaks(): undefined {}
  blank(text: string): Blanked {
    return { text, kinds: [] }
  }
  facts(): Record<string, LabelFacts> {
    return {}
  }
  reveal(): undefined {}
}

/** Most header values and phrases come again and again: what became of them holds until another secret is learned. */
const cachedLength = 400
const cachedTexts = 2000

class LabellingRedactor implements Redactor {
  readonly #secrets: Secrets
  readonly #given: () => Labels
  readonly #cache = new Map<string, string>()
  #cachedAt = 0
  #lastPlace = ''
  readonly #learned = new WeakSet<Exchange>()
  readonly #facts = new WeakMap<Secret, LabelFacts>()

  constructor({ key, labels }: RedactorOptions) {
    this.#secrets = new Secrets(key)
    this.#given = typeof labels === 'function' ? labels : () => labels ?? {}
  }

  readonly #replaced = new Memo(() => this.#secrets.admitted)
  readonly #searched = new Memo(() => this.#secrets.admitted)

  readonly #replace: Replace = {
    again: (sort, name, value, map) => this.#replaced.get(sort, name, value, map),
    secret: (kind, value) => this.#label(kind, value, kind === unnamed),
    text: (text, escaped = false) => this.#text(text, escaped),
    known: (text, escaped = false) => this.#secrets.replace(text, escaped),
    open: (value) => this.#secrets.open(value),
  }

  /** Walks like `#replace`, and changes nothing: what it builds is not needed. */
  readonly #learner: Replace = {
    learning: true,
    again: (sort, name, value, map) => this.#searched.get(sort, name, value, map),
    secret: (kind, value) => {
      this.#label(kind, value, kind === unnamed)
      return value
    },
    text: (text) =>
      replaceShapes(text, (kind, value, byLooks) => {
        this.#label(kind, value, byLooks)
        return value
      }),
    known: (text) => text,
    open: (value) => this.#secrets.open(value),
  }

  learn(exchange: Exchange): void {
    if (this.#learned.has(exchange)) return
    this.#learned.add(exchange)
    this.#publish(exchange)
    mapExchange(exchange, this.#learner)
  }

  /** Where a request went is known to whoever sees the capture. */
  #publish({ request: { url, via } }: Exchange): void {
    for (const address of via === undefined ? [url] : [url, via]) {
      const place = origin(address)
      if (place === undefined || place === this.#lastPlace) continue
      this.#lastPlace = place
      const host = place.slice(place.indexOf('://') + 3)
      for (const value of [place, host, host.replace(/:\d+$/, '')]) this.#secrets.publish(value)
    }
  }

  exchange(exchange: Exchange, isLearnt = false): Safe<Exchange> {
    if (!isLearnt) this.learn(exchange)
    let known: number
    let clean: Exchange
    let attempts = 0
    do {
      known = this.#secrets.count
      clean = mapExchange(exchange, this.#replace)
      attempts += 1
      // What came to light late, in what is kept of a message, may stand in a place that was passed already.
    } while (this.#secrets.count > known && attempts < 3)
    return clean as Safe<Exchange>
  }

  text(text: string): Safe<string> {
    return this.#text(text, false) as Safe<string>
  }

  value<T>(value: T): Safe<T> {
    return mapDeep(value, this.#replace, (exchange) => this.exchange(exchange)) as Safe<T>
  }

  get known(): number {
    return this.#secrets.admitted
  }

  leaks(text: string): string | undefined {
    return this.#secrets.find(text)?.kind
  }

  blank(text: string): Blanked {
    return this.#secrets.blank(text)
  }

  facts(): Record<string, LabelFacts> {
    const given = Object.entries(this.#given())
      .filter(([label]) => isLabel(label))
      .map(([label, facts]) => [label, readFacts(facts, this.#replace)] as const)
      .filter((entry): entry is [string, LabelFacts] => entry[1] !== undefined)
    const own = [...this.#secrets.all()].map(
      (secret) => [secret.label, this.#factsOf(secret)] as const,
    )
    return Object.fromEntries([...given, ...own])
  }

  #factsOf(secret: Secret): LabelFacts {
    const known = this.#facts.get(secret)
    if (known !== undefined && known.byLooks === (secret.byLooks === true || undefined))
      return known
    const facts = factsOf(secret, this.#replace)
    this.#facts.set(secret, facts)
    return facts
  }

  reveal(label: string): string | undefined {
    return this.#secrets.behind(label)?.value
  }

  #label(kind: string, value: string, byLooks = false): string {
    // It holds a secret that is known, and is random for that alone.
    const inner = kind === unnamed ? this.#secrets.replace(value, false) : value
    if (inner !== value) return inner
    if (byLooks && this.#secrets.isPublic(kind, value)) return value
    if (value === '' || isShownLabel(value) || isPlaceholder(value)) return value
    if (kind === 'basic') return this.#basic(value)
    // The hash of a verifier is no secret, and PKCE can be checked by it; the verifier itself in its place is one.
    if (kind === 'code_challenge')
      return this.#secrets.known(value)?.label ?? this.#secrets.replace(value, false)
    if (value.endsWith('…')) {
      const quoted = this.#secrets.replace(value, false)
      if (isShownLabel(quoted.replace(/…$/, ''))) return quoted
    }
    const { secret, isNew } = this.#secrets.remember(kind, value, byLooks)
    if (isNew) this.#learnClaims(value)
    return secret.label
  }

  /** The secret inside stands for the whole: it is the same wherever else it is sent. */
  #basic(credential: string): string {
    const pair = basicCredentials(credential)
    if (pair === undefined) return this.#label('authorization', credential)
    this.#secrets.remember('basic', credential)
    const known = this.#secrets.known(pair.rawPassword)
    const value = known === undefined ? pair.password : pair.rawPassword
    const label = this.#label('client_secret', value)
    const secret = this.#secrets.behind(label)
    if (secret === undefined) return this.#secrets.remember('basic', credential).secret.label
    if (secret.user === undefined) {
      secret.user = pair.user
      this.#facts.delete(secret)
    }
    return label
  }

  /** What a token says about a person, and tokens within it, may stand elsewhere too. */
  #learnClaims(value: string): void {
    const token = readJwt(value)
    if (token?.header !== undefined) mapClaims(token.header, this.#learner)
    if (token?.claims !== undefined) mapClaims(token.claims, this.#learner)
  }

  #text(text: string, escaped: boolean): string {
    if (text.length > cachedLength || escaped) return this.#search(text, escaped)
    if (this.#cachedAt !== this.#secrets.count || this.#cache.size > cachedTexts) {
      this.#cache.clear()
      this.#cachedAt = this.#secrets.count
    }
    const known = this.#cache.get(text)
    if (known !== undefined) return known
    const found = this.#search(text, false)
    if (this.#cachedAt === this.#secrets.count) this.#cache.set(text, found)
    return found
  }

  #search(text: string, escaped: boolean): string {
    return replaceShapes(this.#secrets.replace(text, escaped), (kind, value, byLooks) => {
      const label = this.#label(kind, value, byLooks)
      return escaped && label !== value ? percentEncoded(label) : label
    })
  }
}
