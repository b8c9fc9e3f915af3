import type { JsonObject } from '../wire/json.ts'
import { isObject, objectMember, parseJson } from '../wire/json.ts'

const quote = 0x22
const backslash = 0x5c
const colon = 0x3a
const comma = 0x2c
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

/** An entry above this many bytes is passed over: it could not become one string. */
const entryLimit = 256 * 1024 * 1024
/** What stands around the entries; more is no head. */
const headLimit = 64 * 1024 * 1024
/** A member's name longer than this is none we look for. */
const nameLimit = 64

/** An element of `log.entries`. */
export interface Element {
  /** Where it begins, in bytes of the document. */
  readonly at: number
  /** May share memory with the chunk that brought it. */
  readonly bytes: Buffer
}

/** Where `log.entries` holds its elements. */
const entriesDepth = 3

/**
 * Cuts the elements of `log.entries` out of a HAR document that arrives in chunks of bytes, without building the document:
 * it follows strings and nesting. What surrounds the entries is kept as the head. Takes UTF-8, with or without a byte
 * order mark; whether an element is valid JSON is for its reader to find out.
 */
export class HarScanner {
  #depth = 0
  #inString = false
  /** The chunk before ended within a string, right after a backslash. */
  #escaped = false
  /** The last string at the depth of names, and the names that lead to where we are. */
  #string: Buffer[] | undefined
  #last = ''
  #names: [root: string, log: string] = ['', '']
  #inEntries = false
  #sawEntries = false
  #closed = false
  #trailing = false
  /** Pieces of the element that is open. */
  #element: Buffer[] = []
  #elementSize = 0
  #elementAt = 0
  #inElement = false
  /** Bytes of the chunks before. */
  #passed = 0
  #oversize = 0
  readonly #head: Buffer[] = []
  #headSize = 0
  /** How many pieces the head had when the list of entries ended. */
  #headOfEntries = -1

  /** Takes bytes in; gives the elements that are whole now. */
  push(chunk: Buffer): Element[] {
    const elements: Element[] = []
    /** Where the piece of head or element begins that is not put away yet. */
    let from = 0
    for (let at = 0; at < chunk.length; at += 1) {
      if (this.#inString) {
        at = this.#skipString(chunk, at)
        continue
      }
      const byte = chunk[at]!
      if (this.#closed) {
        if (byte > 0x20) this.#trailing = true
      } else if (byte === quote) this.#openString()
      else if (byte === openBrace || byte === openBracket) {
        if (this.#inEntries && this.#depth === entriesDepth) {
          from = at
          this.#elementAt = this.#passed + at
          this.#inElement = true
        }
        this.#open(byte)
        if (this.#inEntries && this.#depth === entriesDepth && !this.#inElement) {
          this.#keepHead(chunk.subarray(from, at + 1))
          from = at + 1
        }
      } else if (byte === closeBrace || byte === closeBracket) {
        this.#depth -= 1
        if (this.#inElement) {
          if (this.#depth !== entriesDepth) continue
          this.#keepElement(chunk.subarray(from, at + 1))
          if (this.#elementSize <= entryLimit) elements.push(this.#takeElement())
          else this.#passOver()
          from = at + 1
        } else if (this.#inEntries) {
          this.#inEntries = false
          this.#keepHead(chunk.subarray(at, at + 1))
          from = at + 1
          this.#headOfEntries = this.#head.length
        } else if (this.#depth <= 0) {
          this.#keepHead(chunk.subarray(from, at + 1))
          from = at + 1
          this.#closed = true
        }
      } else if (byte === colon) this.#nameEnds()
      else if (byte === comma) this.#memberEnds()
    }
    if (this.#inElement) this.#keepElement(Buffer.from(chunk.subarray(from)))
    else if (!this.#inEntries && !this.#closed) this.#keepHead(Buffer.from(chunk.subarray(from)))
    this.#passed += chunk.length
    return elements
  }

  /** The document was closed, and nothing but white space came after. */
  get complete(): boolean {
    return this.#closed && !this.#trailing
  }

  /** There is a list `log.entries`. */
  get found(): boolean {
    return this.#sawEntries
  }

  /** Entries that were passed over because of their size. */
  get oversize(): number {
    return this.#oversize
  }

  /** `log` without its entries. When the document is cut off: as far as it was whole before or after them. */
  head(): JsonObject | undefined {
    if (this.#headSize > headLimit) return undefined
    const read = (pieces: readonly Buffer[], closing: string) => {
      const document = parseJson(Buffer.concat(pieces).toString() + closing)
      return isObject(document) ? objectMember(document, 'log') : undefined
    }
    if (this.#inEntries) return read(this.#head, ']}}')
    return (
      read(this.#head, '') ??
      (this.#headOfEntries < 0 ? undefined : read(this.#head.slice(0, this.#headOfEntries), '}}'))
    )
  }

  #openString(): void {
    this.#inString = true
    if (!this.#inEntries && (this.#depth === 1 || this.#depth === 2)) this.#string = []
  }

  /** The index of the string's closing quote, or of the chunk's end. */
  #skipString(chunk: Buffer, start: number): number {
    let from = start
    if (this.#escaped) {
      this.#escaped = false
      from += 1
    }
    // Most strings are short: looking at their bytes here is quicker than asking for the next quote.
    for (const near = Math.min(from + 48, chunk.length); from < near; from += 1) {
      const byte = chunk[from]
      if (byte === backslash) break
      if (byte !== quote) continue
      this.#stringEnds(chunk, start, from)
      return from
    }
    for (;;) {
      const found = chunk.indexOf(quote, from)
      const end = found === -1 ? chunk.length : found
      let slashes = 0
      while (end - slashes > from && chunk[end - slashes - 1] === backslash) slashes += 1
      if (found === -1) {
        this.#escaped = slashes % 2 === 1
        if (this.#string !== undefined) this.#keepString(chunk.subarray(start))
        return chunk.length
      }
      if (slashes % 2 === 0) {
        this.#stringEnds(chunk, start, end)
        return end
      }
      from = end + 1
    }
  }

  #keepString(bytes: Buffer): void {
    if (bytes.length > nameLimit || this.#string!.length > nameLimit) this.#string = undefined
    else this.#string!.push(Buffer.from(bytes))
  }

  #stringEnds(chunk: Buffer, start: number, end: number): void {
    this.#inString = false
    if (this.#inEntries) return
    if (this.#string !== undefined) this.#keepString(chunk.subarray(start, end))
    this.#last = this.#string === undefined ? '' : Buffer.concat(this.#string).toString()
    this.#string = undefined
  }

  #nameEnds(): void {
    if (this.#inEntries) return
    if (this.#depth === 1) this.#names = [this.#last, '']
    else if (this.#depth === 2) this.#names[1] = this.#last
  }

  #memberEnds(): void {
    if (this.#inEntries) return
    if (this.#depth === 1) this.#names = ['', '']
    else if (this.#depth === 2) this.#names[1] = ''
  }

  #open(byte: number): void {
    this.#depth += 1
    if (
      byte === openBracket &&
      this.#depth === entriesDepth &&
      !this.#sawEntries &&
      this.#names[0] === 'log' &&
      this.#names[1] === 'entries'
    ) {
      this.#inEntries = true
      this.#sawEntries = true
    }
  }

  #keepHead(bytes: Buffer): void {
    this.#headSize += bytes.length
    if (bytes.length > 0 && this.#headSize <= headLimit) this.#head.push(Buffer.from(bytes))
  }

  #keepElement(bytes: Buffer): void {
    this.#elementSize += bytes.length
    if (this.#elementSize <= entryLimit) this.#element.push(bytes)
    else this.#element = []
  }

  #takeElement(): Element {
    const [only] = this.#element
    const bytes = this.#element.length === 1 ? only! : Buffer.concat(this.#element)
    this.#elementOver()
    return { at: this.#elementAt, bytes }
  }

  #passOver(): void {
    this.#oversize += 1
    this.#elementOver()
  }

  #elementOver(): void {
    this.#element = []
    this.#elementSize = 0
    this.#inElement = false
  }
}
