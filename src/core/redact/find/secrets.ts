import { BoundedMap } from '../../wire/bounded-map.ts'
import { keyedHash } from '../../wire/hash.ts'
import { ownText } from '../../wire/own-text.ts'
import { unnamed } from './appearance.ts'
import { SpellingIndex, scan } from './secret-index.ts'
import { Prints } from './prints.ts'
import { type Layer, layers } from './layers.ts'
import { anywhereLength, canonical, percentEncoded, spellings } from './spellings.ts'
import { endOfBase64, endOfHit, isAnywhere, isWhole, loose, shortest } from './reach.ts'

/** Half of how many secrets are remembered, and of how many characters their spellings may have. */
const generationLimit = 25_000
const generationSize = 8 * 1024 * 1024
const publicLimit = 5000

const labelPattern = /‹[a-z0-9_]{1,40}:[0-9a-f]{16}›/g
/** Splits text into what stands between labels, and the labels. */
const keptLabels = /(‹[a-z0-9_]{1,40}:[0-9a-f]{16}›)/

export interface Secret {
  readonly kind: string
  readonly value: string
  readonly label: string
  /** Who presented it in Basic credentials. */
  user?: string
  /** It is known by its looks alone: no name ever said what it is. */
  byLooks?: boolean
  /** It stood in a state, a cookie or the like first, and then in a place where nothing but a secret stands. */
  firm?: boolean
}

interface Owner {
  readonly secret: Secret
  readonly base64: boolean
}

interface Generation {
  readonly values: Map<string, Secret>
  readonly labels: Map<string, Secret>
  /** Those that are looked for as whole values only. */
  readonly short: Map<string, Secret>
  readonly index: SpellingIndex<Owner>
  size: number
}

function emptyGeneration(): Generation {
  return {
    values: new Map(),
    labels: new Map(),
    short: new Map(),
    index: new SpellingIndex(),
    size: 0,
  }
}

/**
 * The secrets of a session and their labels: the same value has the same label wherever it stands. The hash is keyed for
 * the session, so a label cannot be looked up. Of very many the oldest are let go, half of them at a time: met again they
 * get the same label, and where one stands whole in some text it is still told by its print, in every spelling. What is
 * lost of it is what it looked like: one that is cut, or shorter than 12 characters, is no longer told outside its place.
 */
export class Secrets {
  readonly #key: Uint8Array
  #young = emptyGeneration()
  #old: Generation | undefined
  readonly #prints = new Prints()
  /** Some are known by their prints alone. */
  #forgetful = false
  #count = 0
  #admitted = 0
  /** What everybody may know of this session: the hosts and origins that were asked. */
  readonly #public = new BoundedMap<true>(publicLimit)

  /** Ids and the like, by their names. */
  readonly #open = new BoundedMap<true>(publicLimit)

  constructor(key: Uint8Array) {
    this.#key = key
  }

  /** Grows with every secret that was not known before: what was found without it may be found otherwise now. */
  get count(): number {
    return this.#count
  }

  /** Grows with every secret that was not known, or was about to be forgotten: as long as it stays, nothing changes. */
  get admitted(): number {
    return this.#admitted
  }

  /** A value that everybody may know: where an application says it in a cookie or a state, no other place is blanked for it. */
  publish(value: string): void {
    const text = value.toLowerCase()
    if (this.#public.has(text)) return
    this.#public.set(text, true)
    this.#admitted += 1
  }

  /** A value whose name says that everybody may read it: then no other place is blanked for its looks. */
  open(value: string): void {
    if (value.length < anywhereLength || this.#open.has(value)) return
    this.#open.set(value, true)
    if (this.known(value)?.kind === unnamed) this.#admitted += 1
  }

  /** Whether everybody may know a value that is a secret by its looks, or by what an application says. */
  isPublic(kind: string, value: string): boolean {
    if (kind === unnamed && this.#open.has(value)) return this.known(value)?.byLooks !== false
    return loose.has(kind) && this.#public.has(value.toLowerCase())
  }

  /** The secret of a value, remembered from now on; whoever learns it first names its kind. */
  remember(kind: string, value: string, byLooks = false): { secret: Secret; isNew: boolean } {
    const text = canonical(value)
    const young = this.#young.values.get(text)
    const old = young ?? this.#old?.values.get(text)
    if (old?.byLooks === true && !byLooks) {
      old.byLooks = false
      this.#admitted += 1
    }
    if (old !== undefined && loose.has(old.kind) && !loose.has(kind))
      this.#firm(old, young !== undefined)
    if (young !== undefined) return { secret: young, isNew: false }
    const secret = old ?? { ...this.#make(kind, text), byLooks }
    this.#admit(secret)
    if (old === undefined) this.#count += 1
    return { secret, isNew: old === undefined }
  }

  /** A password may be a person's name, or what an application put into a state: it is looked for like any password. */
  #firm(secret: Secret, isYoung: boolean): void {
    if (isAnywhere(secret)) return
    secret.firm = true
    if (!isYoung || !isAnywhere(secret)) return
    this.#count += 1
    this.#admitted += 1
    this.#index(secret)
  }

  /** One that was let go has its first kind. */
  #make(kind: string, value: string): Secret {
    const hash = keyedHash(this.#key, value)
    const print = this.#forgetful ? this.#prints.of(value) : undefined
    const first = print?.label.endsWith(`:${hash}›`) === true ? print.kind : kind
    return { kind: first, value: ownText(value), label: `‹${first}:${hash}›` }
  }

  #admit(secret: Secret): void {
    this.#admitted += 1
    const { values, size } = this.#young
    if (values.size >= generationLimit || size >= generationSize) {
      this.#forgetful ||= this.#old !== undefined
      this.#old = this.#young
      this.#young = emptyGeneration()
    }
    const young = this.#young
    young.values.set(secret.value, secret)
    young.labels.set(secret.label, secret)
    young.size += secret.value.length
    if (isAnywhere(secret)) this.#index(secret)
    else if (isWhole(secret)) young.short.set(secret.value, secret)
  }

  #index(secret: Secret): void {
    const { index } = this.#young
    const plain = { secret, base64: false }
    const coded = { secret, base64: true }
    const { kind, label } = secret
    const printed = { kind, label, base64: false }
    const printedCoded = { kind, label, base64: true }
    for (const { text, base64 } of spellings(secret.value)) {
      index.add(text, base64 ? coded : plain)
      this.#prints.add(text, base64 ? printedCoded : printed)
      this.#young.size += text.length
    }
  }

  /** The secret of a value, if it is one that is known. */
  known(value: string): Secret | undefined {
    const text = canonical(value)
    return this.#young.values.get(text) ?? this.#old?.values.get(text)
  }

  /** The secret of a label. */
  behind(label: string): Secret | undefined {
    return this.#young.labels.get(label) ?? this.#old?.labels.get(label)
  }

  /** Every secret that is remembered. */
  *all(): Generator<Secret, void, void> {
    for (const secret of this.#old?.values.values() ?? [])
      if (!this.#young.values.has(secret.value)) yield secret
    yield* this.#young.values.values()
  }

  /**
   * The text with every known secret in it replaced by its label, also where it is encoded, or cut at the end.
   * @param escaped percent-encode the labels, for text that is part of a URL or form
   */
  replace(text: string, escaped: boolean): string {
    const whole = this.#short(text)
    return whole === undefined ? this.#labelled(text, escaped) : shown(whole, escaped)
  }

  /** The same for finished text: what stands in labels that it holds already stays. */
  blank(text: string): { text: string; kinds: string[] } {
    const kinds: string[] = []
    const parts = text
      .split(keptLabels)
      .map((part, index) => (index % 2 === 1 ? part : this.#labelled(part, false, kinds)))
    return { text: parts.join(''), kinds }
  }

  /** @param kinds is told the kind of each secret that was replaced */
  #labelled(text: string, escaped: boolean, kinds?: string[]): string {
    const hits = this.#hits(text)
    if (hits.length === 0) return text
    hits.sort((a, b) => a.from - b.from || b.to - a.to)
    let result = ''
    let at = 0
    for (const { from, to, secret } of hits) {
      if (from < at) {
        at = Math.max(at, to)
        continue
      }
      result += text.slice(at, from) + shown(secret, escaped)
      kinds?.push(secret.kind)
      at = to
    }
    return result + text.slice(at)
  }

  /** The first known secret that the text still holds. */
  find(text: string): Pick<Secret, 'kind' | 'label'> | undefined {
    return this.#hits(text.replace(labelPattern, '‹›'), 1)[0]?.secret
  }

  #hits(text: string, limit = Infinity): Hit[] {
    if (text.length < shortest || this.#young.values.size === 0) return []
    const hits: Hit[] = []
    for (const layer of layers(text.toWellFormed())) {
      this.#scan(layer, hits)
      if (this.#forgetful) this.#scanPrints(layer, hits)
      this.#scanShort(layer, hits)
      if (hits.length >= limit) break
    }
    return hits
  }

  #scan({ text, origin }: Layer, hits: Hit[]): void {
    scan(this.#young.index, this.#old?.index, text, (match, at, hasty) => {
      const end = endOfHit(text, at, match, hasty)
      const { secret } = match.owner
      if (end === undefined || this.isPublic(secret.kind, secret.value)) return undefined
      hits.push({ from: origin(at), to: origin(end), secret })
      return end
    })
  }

  #scanPrints({ text, origin }: Layer, hits: Hit[]): void {
    this.#prints.scan(text, (from, to, printed) => {
      if (this.isPublic(printed.kind, text.slice(from, to))) return
      const end = printed.base64 ? endOfBase64(text, to) : to
      hits.push({ from: origin(from), to: origin(end), secret: printed })
    })
  }

  /** Short secrets as whole values: between quotes, or behind an equals sign. */
  #scanShort({ text, origin }: Layer, hits: Hit[]): void {
    if (this.#young.short.size === 0 && (this.#old?.short.size ?? 0) === 0) return
    for (const match of text.matchAll(/(?<=["'=`])[^"'`=&;<>\s\\]{4,11}(?=["'`&;<>\s\\]|$)/g)) {
      const secret = this.#short(match[0])
      if (secret !== undefined)
        hits.push({
          from: origin(match.index),
          to: origin(match.index + match[0].length),
          secret,
        })
    }
  }

  #short(text: string): Secret | undefined {
    if (text.length < shortest || text.length >= anywhereLength) return undefined
    const secret = this.#young.short.get(text) ?? this.#old?.short.get(text)
    return secret === undefined || this.isPublic(secret.kind, text) ? undefined : secret
  }
}

interface Hit {
  readonly from: number
  readonly to: number
  readonly secret: Pick<Secret, 'kind' | 'label'>
}

function shown({ label }: Pick<Secret, 'label'>, escaped: boolean): string {
  return escaped ? percentEncoded(label) : label
}
