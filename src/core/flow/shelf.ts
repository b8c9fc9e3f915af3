import { deserialize, serialize } from 'node:v8'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Step } from '../step/step.ts'

/** To pack more than this at once would hold up traffic, in bytes of bodies. */
const heaviest = 1024 * 1024

/** So many values are packed by what they differ in from one and the same, which is renewed then. */
const samplePeriod = 100

interface Packable {
  pack(): void
}

interface Packed {
  /** Bytes as Latin-1: a string takes less room than a buffer of its own. */
  readonly text: string
  /** What it was packed by. */
  readonly sample: Uint8Array
}

export function weightOf(steps: readonly Step[]): number {
  return steps.reduce(
    (sum, { exchange: { request, response } }) =>
      sum + request.body.bytes.length + (response?.body.bytes.length ?? 0),
    0,
  )
}

/** A value that is packed while nobody asks for it. It is plain data, as structured clones are. */
export class Held<Value> implements Packable {
  readonly #shelf: Shelf
  readonly #weigh: (value: Value) => number
  #value: Value | undefined
  #packed: Packed | undefined

  /** @param weigh about how many bytes it is */
  constructor(shelf: Shelf, value: Value, weigh: (value: Value) => number) {
    this.#shelf = shelf
    this.#value = value
    this.#weigh = weigh
    shelf.takeOut(this)
  }

  /** To be read; it stays the same object until the shelf is tidied. */
  get value(): Value {
    if (this.#value === undefined) {
      this.#value = this.#shelf.unpack<Value>(this.#packed!)
      this.#shelf.takeOut(this)
    }
    return this.#value
  }

  /** To be changed in place. */
  get changed(): Value {
    const { value } = this
    this.#packed = undefined
    this.#shelf.takeOut(this)
    return value
  }

  /** @internal What weighs too much stays as it is. */
  pack(): void {
    if (this.#value === undefined || this.#weigh(this.#value) > heaviest) return
    this.#packed ??= this.#shelf.pack(this.#value)
    this.#value = undefined
  }
}

/**
 * Keeps what is over small. The logins of a session are much alike, so one is kept as what it differs in from another, in
 * a fiftieth of its room, and is there again as it was when something asks for it.
 */
export class Shelf {
  readonly #limit: number
  /** Those that are not packed, the one that was asked for last at the end. */
  readonly #out = new Set<Packable>()
  #sample: Uint8Array = new Uint8Array(0)
  #packedBySample = 0

  /** @param limit so many values stay as they are, those that were asked for last */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** @internal Notes that a value is unpacked. */
  takeOut(held: Packable): void {
    this.#out.delete(held)
    this.#out.add(held)
  }

  /** Packs what was not asked for lately. Whoever goes on with what a value held goes on with a copy of it. */
  tidy(): void {
    for (const held of this.#out) {
      if (this.#out.size <= this.#limit) return
      this.#out.delete(held)
      held.pack()
    }
  }

  /** @internal */
  pack(value: unknown): Packed {
    const bytes = serialize(value)
    if (this.#packedBySample++ % samplePeriod === 0) this.#sample = bytes
    const packed = deflateRawSync(bytes, { dictionary: this.#sample })
    return { text: packed.toString('latin1'), sample: this.#sample }
  }

  /** @internal */
  unpack<Value>({ text, sample }: Packed): Value {
    const bytes = inflateRawSync(Buffer.from(text, 'latin1'), { dictionary: sample })
    return deserialize(bytes) as Value
  }
}
