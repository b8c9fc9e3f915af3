import { isObject, objectMember, parseJson } from './json.ts'
import type { JsonObject } from './document.ts'

const quote = 0x22
const backslash = 0x5c

/** Everything of the document but its entries is kept for the head; more than this is dropped. */
const headLimit = 256 * 1024 * 1024

/**
 * Finds the entries of a HAR document in chunks of bytes, without building the document: it follows strings and nesting,
 * and cuts each element of the `entries` list out as text. What surrounds them is kept apart, as the head.
 */
export class EntryScanner {
  #depth = 0
  #inString = false
  #escaped = false
  /** The list of entries is open, at this depth. */
  #entriesAt = -1
  #sawEntries = false
  /** Bytes of an element that began in an earlier chunk. */
  #open: Buffer[] = []
  #inElement = false
  readonly #head: Buffer[] = []
  #headSize = 0
  /** The end of what came before, to recognise `"entries": [` across chunks. */
  #tail = ''

  /** Takes bytes in; gives the elements that are whole now. */
  push(chunk: Buffer): string[] {
    const elements: string[] = []
    let from = 0
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at]!
      if (this.#inString) {
        at = this.#skipString(chunk, at)
        continue
      }
      if (byte === quote) this.#inString = true
      else if (byte === 0x7b || byte === 0x5b) {
        if (this.#startsElement(byte)) {
          this.#keepHead(chunk.subarray(from, at))
          from = at
          this.#inElement = true
        }
        this.#depth += 1
        if (
          byte === 0x5b &&
          this.#entriesAt < 0 &&
          !this.#sawEntries &&
          this.#depth === 3 &&
          this.#names(chunk, from, at)
        ) {
          this.#entriesAt = this.#depth
          this.#sawEntries = true
        }
      } else if (byte === 0x7d || byte === 0x5d) {
        this.#depth -= 1
        if (this.#inElement && this.#depth === this.#entriesAt) {
          elements.push(
            Buffer.concat([...this.#open, chunk.subarray(from, at + 1)]).toString('utf8'),
          )
          this.#open = []
          this.#inElement = false
          from = at + 1
        } else if (this.#depth < this.#entriesAt) this.#entriesAt = -1
      }
    }
    const rest = chunk.subarray(from)
    if (this.#inElement) this.#open.push(Buffer.from(rest))
    else this.#keepHead(rest)
    return elements
  }

  /** The index of the string's last byte in this chunk: its closing quote, or the chunk's end. */
  #skipString(chunk: Buffer, start: number): number {
    let at = start
    if (this.#escaped) {
      this.#escaped = false
      at += 1
    }
    for (;;) {
      const close = chunk.indexOf(quote, at)
      const end = close < 0 ? chunk.length : close
      let slashes = 0
      while (end - slashes - 1 >= at && chunk[end - slashes - 1] === backslash) slashes += 1
      const odd = slashes % 2 === 1
      if (close < 0) {
        this.#escaped = odd
        return chunk.length
      }
      if (!odd) {
        this.#inString = false
        return close
      }
      at = close + 1
    }
  }

  #startsElement(byte: number): boolean {
    return (
      byte === 0x7b && this.#entriesAt >= 0 && this.#depth === this.#entriesAt && !this.#inElement
    )
  }

  /** Whether the list that opens here is the member `entries`. */
  #names(chunk: Buffer, from: number, at: number): boolean {
    const before = this.#tail + chunk.subarray(Math.max(from, at - 200), at).toString('latin1')
    return /"entries"\s*:\s*$/.test(before.slice(-200))
  }

  #keepHead(bytes: Buffer): void {
    if (bytes.length === 0) return
    // Between elements stand only commas and blanks.
    const kept =
      this.#entriesAt >= 0 && this.#sawEntries
        ? bytes.filter((byte) => !(byte === 0x2c || byte <= 0x20))
        : bytes
    this.#tail = (this.#tail + bytes.subarray(-200).toString('latin1')).slice(-200)
    this.#headSize += kept.length
    if (this.#headSize <= headLimit) this.#head.push(Buffer.from(kept))
  }

  /** Whether the document was closed. */
  get complete(): boolean {
    return this.#depth === 0 && !this.#inString && this.#sawEntries
  }

  /** The `log` object without its entries; undefined when there is none, or it is damaged. */
  head(): JsonObject | undefined {
    const text = Buffer.concat(this.#head).toString('utf8')
    const closed = this.complete ? text : text + ']}}'.slice(this.#entriesAt >= 0 ? 0 : 1)
    const document = parseJson(closed.trim())
    return isObject(document) && this.#sawEntries
      ? (objectMember(document, 'log') ?? {})
      : undefined
  }
}
