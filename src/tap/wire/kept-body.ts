import type { Body } from '../../core/wire/exchange.ts'

/**
 * Keeps the beginning of a body. What was handed out stays valid and unchanged while more is appended, so that a growing
 * event stream can be shown again and again without copying it whole.
 */
export class KeptBody {
  readonly #limit: number
  #bytes: Uint8Array = new Uint8Array(0)
  #length = 0
  #owned = false
  #dropped = 0
  #body: Body | undefined

  constructor(limit: number) {
    this.#limit = limit
  }

  append(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    this.#body = undefined
    const kept = Math.min(chunk.length, this.#limit - this.#length)
    this.#dropped += chunk.length - kept
    if (kept > 0) this.#keep(kept === chunk.length ? chunk : chunk.subarray(0, kept))
  }

  get size(): number {
    return this.#length + this.#dropped
  }

  /** The same object until more arrives. */
  body(): Body {
    this.#body ??= { bytes: this.#bytes.subarray(0, this.#length), dropped: this.#dropped }
    return this.#body
  }

  #keep(chunk: Uint8Array): void {
    if (this.#length === 0) {
      // Nearly every body arrives in one piece: it is kept as it came.
      this.#bytes = chunk
      this.#length = chunk.length
      return
    }
    const needed = this.#length + chunk.length
    if (!this.#owned || needed > this.#bytes.length) {
      const larger = new Uint8Array(
        Math.min(Math.max(needed, this.#bytes.length * 2, 4096), this.#limit),
      )
      larger.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = larger
      this.#owned = true
    }
    this.#bytes.set(chunk, this.#length)
    this.#length = needed
  }
}
