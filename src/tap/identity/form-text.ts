import { parseForm } from '../../core/wire/params.ts'

interface Pair {
  readonly name: string
  readonly value: string
  readonly raw: string
}

/**
 * A query or form body (application/x-www-form-urlencoded) as it was written, one character a byte. Parameters that are
 * not changed keep their spelling.
 */
export class FormText {
  #pairs: Pair[]

  constructor(raw: string) {
    this.#pairs = raw === '' ? [] : raw.split('&').map(readPair)
  }

  /** The first value of a parameter. */
  get(name: string): string | undefined {
    return this.#pairs.find((pair) => pair.name === name)?.value
  }

  getAll(name: string): string[] {
    return this.#pairs.filter((pair) => pair.name === name).map(({ value }) => value)
  }

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  get params(): readonly (readonly [name: string, value: string])[] {
    return this.#pairs.filter(({ raw }) => raw !== '').map(({ name, value }) => [name, value])
  }

  /** Changes values of a parameter; the changes made, in order. */
  change(
    name: string,
    to: (value: string) => string,
  ): { readonly before: string; readonly after: string }[] {
    const changes: { before: string; after: string }[] = []
    this.#pairs = this.#pairs.map((pair) => {
      if (pair.name !== name) return pair
      const value = to(pair.value)
      if (value === pair.value) return pair
      changes.push({ before: pair.value, after: value })
      const written = pair.raw.slice(0, pair.raw.indexOf('=') + 1)
      return { name, value, raw: `${written === '' ? `${name}=` : written}${encode(value)}` }
    })
    return changes
  }

  append(name: string, value: string): void {
    this.#pairs = [...this.#pairs, { name, value, raw: `${encode(name)}=${encode(value)}` }]
  }

  remove(name: string, value: string): void {
    this.#pairs = this.#pairs.filter((pair) => pair.name !== name || pair.value !== value)
  }

  toString(): string {
    return this.#pairs.map(({ raw }) => raw).join('&')
  }
}

function readPair(raw: string): Pair {
  const [pair] = parseForm(Buffer.from(raw, 'latin1').toString('utf8'))
  return { name: pair?.[0] ?? '', value: pair?.[1] ?? '', raw }
}

function encode(value: string): string {
  return encodeURIComponent(value)
}
