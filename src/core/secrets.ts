import { keyedHash } from './hash.ts'

/** Shorter values are replaced only where their name says what they are: anywhere else they would match by chance. */
export const anywhereLength = 12
const keyLength = 8
const secretLimit = 5000

interface Spelling {
  readonly text: string
  readonly label: string
}

const labelPattern = /‹[a-z0-9_]{1,40}:[0-9a-f]{16}›/g

/** Whether a value is a label and nothing else. */
export function isLabel(value: string): boolean {
  return /^‹[a-z0-9_]{1,40}:[0-9a-f]{16}›$/.test(value)
}

/**
 * The secrets of a session and their labels: the same value has the same label wherever it stands. The hash is keyed for
 * the session, so a label cannot be looked up.
 */
export class Secrets {
  readonly #key: Uint8Array
  readonly #labels = new Map<string, string>()
  readonly #values = new Map<string, string>()
  readonly #short = new Map<string, string>()
  /** Spellings by their first characters, and which pairs of first characters occur at all. */
  #byStart = new Map<string, Spelling[]>()
  #pairs = new Uint8Array(65536)

  constructor(key: Uint8Array) {
    this.#key = key
  }

  /** The label of a value, remembered from now on. A label stays itself, and nothing has no label. */
  label(kind: string, value: string): string {
    if (value === '' || isLabel(value)) return value
    const known = this.#labels.get(value)
    if (known !== undefined) return known
    const label = `‹${kind}:${keyedHash(this.#key, value)}›`
    this.#labels.set(value, label)
    this.#values.set(label, value)
    if (value.length < anywhereLength) this.#short.set(value, label)
    else this.#index(value, label)
    if (this.#labels.size > secretLimit) this.#forgetOldest()
    return label
  }

  reveal(label: string): string | undefined {
    return this.#values.get(label)
  }

  knows(value: string): boolean {
    return this.#labels.has(value)
  }

  #index(value: string, label: string): void {
    for (const text of spellings(value)) {
      const start = text.slice(0, keyLength)
      const list = this.#byStart.get(start)
      if (list === undefined) this.#byStart.set(start, [{ text, label }])
      else list.push({ text, label })
      this.#pairs[pairOf(text, 0)] = 1
    }
  }

  #forgetOldest(): void {
    const kept = [...this.#labels].slice(this.#labels.size / 4)
    this.#labels.clear()
    this.#values.clear()
    this.#short.clear()
    this.#byStart = new Map()
    this.#pairs = new Uint8Array(65536)
    for (const [value, label] of kept) {
      this.#labels.set(value, label)
      this.#values.set(label, value)
      if (value.length < anywhereLength) this.#short.set(value, label)
      else this.#index(value, label)
    }
  }

  /** The text with every known secret in it replaced by its label, also where it is encoded, or cut at the end. */
  replace(text: string): string {
    let result = ''
    let from = 0
    for (let at = 0; at + keyLength <= text.length; at += 1) {
      const found = this.#at(text, at)
      if (found === undefined) continue
      result += text.slice(from, at) + found.label
      from = at + found.length
      at = from - 1
    }
    return from === 0 ? text : result + text.slice(from)
  }

  /** The label of the first known secret that the text still holds; short ones only as whole JSON strings. */
  find(text: string): string | undefined {
    for (let at = 0; at + keyLength <= text.length; at += 1) {
      const found = this.#at(text, at)
      if (found !== undefined) return found.label
    }
    for (const [value, label] of this.#short)
      if (value.length >= 6 && text.includes(`:"${value}"`)) return label
    return undefined
  }

  #at(text: string, at: number): { label: string; length: number } | undefined {
    if (this.#pairs[pairOf(text, at)] === 0) return undefined
    const candidates = this.#byStart.get(text.slice(at, at + keyLength))
    let best: { label: string; length: number } | undefined
    for (const { text: spelling, label } of candidates ?? []) {
      const length = text.startsWith(spelling, at) ? spelling.length : cutLength(text, at, spelling)
      if (length > (best?.length ?? 0)) best = { label, length }
    }
    return best
  }
}

/** The length of a secret's beginning that ends where the text does, or where an ellipsis says that it was cut. */
function cutLength(text: string, at: number, spelling: string): number {
  const ellipsis = text.indexOf('…', at)
  const end = ellipsis < 0 ? text.length : ellipsis
  const length = end - at
  return length >= anywhereLength &&
    length < spelling.length &&
    spelling.startsWith(text.slice(at, end))
    ? length
    : 0
}

function pairOf(text: string, at: number): number {
  return (text.charCodeAt(at) * 251 + text.charCodeAt(at + 1)) & 0xffff
}

/** How a value may be spelled inside other text: as it is, escaped, percent-encoded once or twice, in base64 at any offset. */
function spellings(value: string): Set<string> {
  const percent = percentEncoded(value)
  const bytes = Buffer.from(value)
  return new Set(
    [
      value,
      JSON.stringify(value).slice(1, -1),
      percent,
      percent.replaceAll('%20', '+'),
      percent.replaceAll('%', '%25'),
      percent.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
      ...[0, 1, 2].flatMap((offset) => {
        const whole = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
        const inner = whole.slice(
          Math.ceil((offset * 8) / 6),
          Math.floor(((offset + bytes.length) * 8) / 6),
        )
        return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')]
      }),
    ].filter((text) => text.length >= anywhereLength),
  )
}

/** Percent-encoding that never throws: a lone surrogate becomes the replacement character, as URLSearchParams has it. */
export function percentEncoded(value: string): string {
  return encodeURIComponent(value.replace(/\p{Surrogate}/gu, '\ufffd'))
}

/** Text without its labels, for the search of what is left. */
export function withoutLabels(text: string): string {
  return text.replace(labelPattern, '')
}
