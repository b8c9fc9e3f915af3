import type { Exchange } from '../../core/wire/exchange.ts'
import { readLateSignatures } from '../../core/har/signatures.ts'
import type { Signature } from '../../core/wire/signature.ts'
import { timeOf } from '../../core/har/fields.ts'
import { fieldNames, fromEntry, sanitisedHeaders } from '../../core/har/read.ts'
import { type Element, HarScanner } from '../../core/har/scanner.ts'
import { objectMember, parseJson, stringMember } from '../../core/wire/json.ts'
import type { CaptureBytes } from './bytes.ts'
import { CaptureIndex, type Place } from './index-of-entries.ts'
import type { Capture } from './capture.ts'
import { unreadable } from './unreadable.ts'

/** Of a file that is read again, in bytes. */
const pieceSize = 1024 * 1024

/**
 * Goes through a HAR file once to see where its entries stand, what is around them and what they all lack; then they are
 * read one by one in the order of time. Throws UserError (ECAPTURE) when there is no list of entries.
 */
export async function openHar(
  bytes: CaptureBytes,
  chunks: AsyncIterable<Buffer>,
  name: string,
  prefix: string,
): Promise<Capture> {
  const scanner = new HarScanner()
  const entries = new Entries(bytes, prefix)
  let whole = true
  try {
    for await (const chunk of chunks)
      for (const element of scanner.push(chunk)) entries.add(element)
  } catch (error) {
    // What was read before the disk or the pipe failed is worth as much as a file that was cut off.
    if (!scanner.found) throw error
    whole = false
  }
  if (!scanner.found)
    throw unreadable(
      name,
      scanner.complete
        ? 'it is JSON without the list log.entries, so it is no HAR file'
        : 'it is cut off or damaged before the list log.entries begins',
    )
  const head = scanner.head()
  if (!scanner.complete || head === undefined) whole = false
  const late = readLateSignatures(objectMember(head, '_authtap'))
  const missing = await entries.lack(stringMember(objectMember(head, 'creator'), 'name') ?? '')
  return {
    authtap: objectMember(head, '_authtap'),
    size: entries.size,
    exchanges: () => entries.exchanges(missing, late),
    lines: (ids) => entries.lines(ids),
    outcome: () => ({
      complete: whole && entries.damaged + scanner.oversize === 0,
      problems: [
        ...(whole
          ? []
          : [`${name} is cut off or damaged; authtap read the entries that are whole.`]),
        ...(entries.damaged > 0 ? [`${name}: ${entries.damaged} entries are damaged.`] : []),
        ...(scanner.oversize > 0 ? [`${name}: ${scanner.oversize} entries are too large.`] : []),
        ...(missing.length === 0
          ? []
          : [
              `${name} was exported without sensitive data, so authtap concludes nothing from the absence of ${missing.join(', ')}.`,
            ]),
      ],
    }),
    close: () => bytes.close(),
  }
}

/** The entries of one file: where they stand, and what they say. */
class Entries {
  readonly #bytes: CaptureBytes
  readonly #prefix: string
  readonly #index = new CaptureIndex()
  #count = 0
  #surveyed = 0
  /** Entries that are no JSON, as far as they were gone through. */
  damaged = 0

  constructor(bytes: CaptureBytes, prefix: string) {
    this.#bytes = bytes
    this.#prefix = prefix
  }

  get size(): number {
    return this.#index.count
  }

  add({ at, bytes }: Element): void {
    const number = this.#count
    this.#count += 1
    const startedAt = quickTime(bytes) ?? this.#timeOf(bytes, number)
    if (startedAt === undefined) return
    this.#index.add({ at, length: bytes.length, startedAt, number })
    this.#bytes.keep(at, bytes)
  }

  /** Undefined for what is no exchange. */
  #timeOf(bytes: Buffer, number: number): number | undefined {
    const entry = parseJson(bytes.toString())
    if (entry === undefined) this.damaged = this.#surveyed += 1
    else return fromEntry(entry, number, { startedAt: this.#index.lastStart })?.startedAt
    return undefined
  }

  /** The fields that a sanitised export lacks: none of its entries has them. */
  async lack(creator: string): Promise<string[]> {
    const seen = new Set<string>()
    if (sanitisedHeaders(creator, seen).length === 0) return []
    for (const place of this.#index.places()) {
      const bytes = await this.#bytes.read(place.at, place.length)
      const { entry, exchange } = this.#parse(bytes, place)
      if (exchange === undefined) continue
      for (const field of fieldNames(entry, exchange)) seen.add(field)
      if (sanitisedHeaders(creator, seen).length === 0) return []
    }
    return sanitisedHeaders(creator, seen)
  }

  async *exchanges(
    missing: readonly string[],
    late: ReadonlyMap<string, readonly Signature[]>,
  ): AsyncGenerator<Exchange, void, void> {
    this.damaged = this.#surveyed
    for (const place of this.#index.places()) {
      const piece = this.#bytes.read(place.at, place.length)
      // Most pieces are at hand: waiting for each would take longer than reading it.
      const bytes = piece instanceof Promise ? await piece : piece
      const { entry, exchange } = this.#parse(bytes, place)
      if (entry === undefined) this.damaged += 1
      if (exchange === undefined) continue
      const signatures = late.get(exchange.id.slice(this.#prefix.length))
      const known = signatures === undefined ? exchange : { ...exchange, signatures }
      yield missing.length === 0 ? known : { ...known, missing }
    }
  }

  async lines(ids: ReadonlySet<string>): Promise<Map<string, number>> {
    const lines = new Map<string, number>()
    const counter = new LineCounter(this.#bytes)
    for (const place of [...this.#index.places()].sort((a, b) => a.at - b.at)) {
      if (lines.size === ids.size) break
      const { exchange } = this.#parse(await this.#bytes.read(place.at, place.length), place)
      if (exchange === undefined || !ids.has(exchange.id)) continue
      const line = await counter.lineAt(place.at)
      if (line === undefined) break
      lines.set(exchange.id, line)
    }
    return lines
  }

  #parse(
    bytes: Buffer,
    { startedAt, number }: Place,
  ): { entry: unknown; exchange: Exchange | undefined } {
    const entry = parseJson(bytes.toString())
    const exchange =
      entry === undefined
        ? undefined
        : fromEntry(entry, number, { prefix: this.#prefix, startedAt })
    return { entry, exchange }
  }
}

/** Counts the lines of a file from its beginning. */
class LineCounter {
  readonly #bytes: CaptureBytes
  #at = 0
  #line = 1

  constructor(bytes: CaptureBytes) {
    this.#bytes = bytes
  }

  /** Undefined where the file cannot be read again. @param at not before the place that was asked for last */
  async lineAt(at: number): Promise<number | undefined> {
    while (this.#at < at) {
      const piece = await this.#bytes.read(this.#at, Math.min(pieceSize, at - this.#at))
      if (piece.length === 0) return undefined
      for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10, end + 1)) this.#line += 1
      this.#at += piece.length
    }
    return this.#line
  }
}

/** The time of an entry that begins with it, as ours do; undefined when the entry has to be read to know it. */
function quickTime(bytes: Buffer): number | undefined {
  const begin = /^\{"startedDateTime":"([^"\\]{1,40})"/.exec(bytes.toString('latin1', 0, 64))
  return begin === null || bytes.includes('"startedAt":') ? undefined : timeOf(begin[1])
}
