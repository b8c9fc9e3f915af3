import type { Held } from '../../core/wire/exchange.ts'
import { stepKindNames } from '../../core/step/kinds.ts'
import type { Role, Row } from './rows.ts'

const roles: readonly Role[] = ['MCP', 'AS', 'CB', 'CL']

/** Distinct texts that are looked for among those that came before; older ones may be kept twice. */
const knownLimit = 5000

/** What stands where no text, no number or no status is. */
const none = { text: 0, status: 0 } as const

/**
 * The rows of the list, of which there may be any number, in columns: an object for each would be several times as large,
 * and the collector of garbage would walk through all of them again and again. Rows are made when they are looked at.
 */
export class RowStore {
  #length = 0
  #startedAt = new Float64Array(256)
  #took = new Float64Array(256)
  #size = new Float64Array(256)
  #status = new Uint16Array(256)
  /** Kind, role, and what is either so or not. */
  #marks = new Uint8Array(256 * 5)
  /** Flow, summary, method, URL, failure and what it is, as places in the list of texts. */
  #words = new Uint32Array(256 * 6)
  readonly #texts = new Texts()
  /** What the first row's id is more than 1, when it is a number: the others follow on it. */
  #offset = 0
  /** Ids that do not follow on it. */
  readonly #ids = new Map<number, string>()
  /** What waits for the person: of few rows at a time. */
  readonly #held = new Map<number, Held>()
  /** How long those were kept waiting that were. */
  readonly #heldFor = new Map<number, number>()
  readonly #places = new Map<string, number>()

  get length(): number {
    return this.#length
  }

  /** Where the row with this id is. */
  indexOf(id: string): number | undefined {
    const place = this.#places.get(id)
    if (place !== undefined) return place
    const index = Number(id) - 1 - this.#offset
    const isPlace = Number.isInteger(index) && index >= 0 && index < this.#length
    return isPlace && this.#idAt(index) === id ? index : undefined
  }

  at(index: number): Row | undefined {
    if (!(index >= 0 && index < this.#length)) return undefined
    const words = this.#words.subarray(index * 6, index * 6 + 6)
    const marks = this.#marks.subarray(index * 5, index * 5 + 5)
    const took = this.#took[index]!
    const text = (place: number) => this.#texts.at(words[place]!)
    return {
      id: this.#idAt(index),
      index,
      startedAt: this.#startedAt[index]!,
      took: Number.isNaN(took) ? undefined : took,
      flow: text(0),
      role: roles[marks[1]!]!,
      kind: stepKindNames[marks[0]!]!,
      ok: marks[2] === 1,
      summary: text(1),
      what: text(5),
      method: text(2),
      url: text(3),
      status: this.#status[index]! === none.status ? undefined : this.#status[index]!,
      failure: words[4] === none.text ? undefined : text(4),
      handedOver: marks[3] === 1,
      repeats: marks[4] === 1,
      held: this.#held.get(index),
      heldFor: this.#heldFor.get(index) ?? 0,
      size: this.#size[index]!,
    }
  }

  /** Puts a row where it says, over what was there or behind the last. */
  set(row: Row): void {
    const { index, id, status = none.status } = row
    if (index >= this.#startedAt.length) this.#grow()
    if (index >= this.#length) {
      this.#length = index + 1
      this.#name(index, id)
    }
    if (row.held === undefined) this.#held.delete(index)
    else this.#held.set(index, row.held)
    if (row.heldFor === 0) this.#heldFor.delete(index)
    else this.#heldFor.set(index, row.heldFor)
    this.#startedAt[index] = row.startedAt
    this.#took[index] = row.took ?? NaN
    this.#size[index] = row.size
    this.#status[index] = status
    this.#marks.set(
      [
        stepKindNames.indexOf(row.kind),
        roles.indexOf(row.role),
        row.ok,
        row.handedOver,
        row.repeats,
      ].map(Number),
      index * 5,
    )
    const { flow, summary, method, url, failure, what } = row
    const words = [flow, summary, method, url].map((text) => this.#texts.place(text))
    this.#words.set(
      [
        ...words,
        failure === undefined ? none.text : this.#texts.place(failure),
        this.#texts.place(what),
      ],
      index * 6,
    )
  }

  clear(): void {
    this.#length = 0
    this.#ids.clear()
    this.#held.clear()
    this.#heldFor.clear()
    this.#places.clear()
    this.#texts.clear()
  }

  #idAt(index: number): string {
    return this.#ids.get(index) ?? String(this.#offset + index + 1)
  }

  #name(index: number, id: string): void {
    if (index === 0) this.#offset = /^[1-9]\d{0,8}$/.test(id) ? Number(id) - 1 : 0
    if (id === String(this.#offset + index + 1)) return
    this.#ids.set(index, id)
    this.#places.set(id, index)
  }

  #grow(): void {
    const size = this.#startedAt.length * 2
    this.#startedAt = larger(this.#startedAt, new Float64Array(size))
    this.#took = larger(this.#took, new Float64Array(size))
    this.#size = larger(this.#size, new Float64Array(size))
    this.#status = larger(this.#status, new Uint16Array(size))
    this.#marks = larger(this.#marks, new Uint8Array(size * 5))
    this.#words = larger(this.#words, new Uint32Array(size * 6))
  }
}

function larger<Numbers extends { set(from: Numbers): void }>(
  before: Numbers,
  after: Numbers,
): Numbers {
  after.set(before)
  return after
}

/** Texts by number. What comes again and again is kept once. */
class Texts {
  /** The first is no text at all. */
  readonly #all: string[] = ['']
  readonly #known = new Map<string, number>()

  at(place: number): string {
    return this.#all[place] ?? ''
  }

  place(text: string): number {
    const known = this.#known.get(text)
    if (known !== undefined) return known
    if (this.#known.size >= knownLimit) this.#known.clear()
    const place = this.#all.length
    this.#all.push(text)
    this.#known.set(text, place)
    return place
  }

  clear(): void {
    this.#all.length = 1
    this.#known.clear()
  }
}
