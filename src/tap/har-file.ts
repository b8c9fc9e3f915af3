import { createReadStream } from 'node:fs'
import type { JsonObject } from '../core/document.ts'
import type { Exchange } from '../core/exchange.ts'
import { fieldNames, fromEntry, sanitisedHeaders } from '../core/har-read.ts'
import { HarScanner } from '../core/json-scan.ts'
import { objectMember, parseJson, stringMember } from '../core/json.ts'
import { isJournal, readJournal } from './journal-file.ts'
import { readTranscript } from './transcript-file.ts'
import { unreadable } from './unreadable.ts'

export interface Capture {
  /** In the order of time; those of the same time in the order of the file. */
  readonly exchanges: readonly Exchange[]
  /** False when the file is cut off or damaged: what came after is unknown. */
  readonly complete: boolean
  /** `log._authtap` of a capture of our own, or what a journal has in its place. */
  readonly authtap: JsonObject | undefined
  /** What could not be read or concluded, a sentence each. */
  readonly problems: readonly string[]
}

/**
 * Reads a HAR file, a transcript or the journal of a session, told apart by content; `-` is standard input. A HAR file is read as a stream, entry by
 * entry, so that only the exchanges themselves are held; of a damaged one, what is whole. `prefix` goes before every id,
 * for several files that form one session. Throws UserError (ECAPTURE) when nothing can be read.
 */
export async function readCapture(
  path: string,
  options: { prefix?: string } = {},
): Promise<Capture> {
  const name = path === '-' ? 'Standard input' : path
  const prefix = options.prefix ?? ''
  const chunks = readChunks(path)
  try {
    const opening = await readOpening(chunks)
    const all = rejoin(opening, chunks)
    if (isJournal(opening.toString('utf8', 0, 64))) return await readJournal(all, name, prefix)
    if (isJson(opening, name)) return await readHar(all, name, prefix)
    const exchanges = await readTranscript(all, name, prefix)
    return { exchanges: inOrder(exchanges), complete: true, authtap: undefined, problems: [] }
  } catch (error) {
    throw readable(error, name)
  } finally {
    await chunks.return()
  }
}

async function* readChunks(path: string): AsyncGenerator<Buffer, void, void> {
  const stream =
    path === '-' ? process.stdin : createReadStream(path, { highWaterMark: 1024 * 1024 })
  for await (const chunk of stream as AsyncIterable<Buffer | string>)
    yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
}

/** As much as it takes to tell what the file is: to its first character, and a little more. */
async function readOpening(chunks: AsyncGenerator<Buffer, void, void>): Promise<Buffer> {
  let opening = Buffer.alloc(0)
  while (opening.length < 64 || /^[\s\ufeff]*$/.test(opening.toString())) {
    const next = await chunks.next()
    if (next.done === true) break
    opening = Buffer.concat([opening, next.value])
    if (opening.length > openingLimit) break
  }
  return opening
}

const openingLimit = 4 * 1024 * 1024

async function* rejoin(
  opening: Buffer,
  rest: AsyncGenerator<Buffer, void, void>,
): AsyncGenerator<Buffer, void, void> {
  yield opening
  yield* rest
}

/** Files that are taken for captures and are none of ours, by how they begin. */
const others: readonly (readonly [begin: number[], what: string, hint: string])[] = [
  [[0xff, 0xfe], 'it is in UTF-16', 'Save it as UTF-8.'],
  [[0xfe, 0xff], 'it is in UTF-16', 'Save it as UTF-8.'],
  [[0x7b, 0x00], 'it is in UTF-16', 'Save it as UTF-8.'],
  [[0x00, 0x7b], 'it is in UTF-16', 'Save it as UTF-8.'],
  [[0x1f, 0x8b], 'it is compressed', 'Unpack it first: gunzip.'],
  [
    [0x50, 0x4b, 0x03, 0x04],
    'it is a ZIP archive',
    'Unpack it first; Fiddler exports HAR as well.',
  ],
]

function isJson(opening: Buffer, name: string): boolean {
  for (const [begin, what, hint] of others)
    if (begin.every((byte, index) => opening[index] === byte)) throw unreadable(name, what, hint)
  const start = opening
    .toString()
    .replace(/^\ufeff/, '')
    .trimStart()
    .slice(0, 4096)
  if (start === '') throw unreadable(name, 'it is empty')
  if (start.includes('\0')) throw unreadable(name, 'it is binary')
  return start.startsWith('{') || start.startsWith('[')
}

async function readHar(
  chunks: AsyncIterable<Buffer>,
  name: string,
  prefix: string,
): Promise<Capture> {
  const scanner = new HarScanner()
  const entries = new Entries(prefix)
  let broken: unknown
  try {
    for await (const chunk of chunks)
      for (const element of scanner.push(chunk)) entries.add(element)
  } catch (error) {
    // What was read before the disk or the pipe failed is worth as much as a file that was cut off.
    if (!scanner.found) throw error
    broken = error
  }
  if (!scanner.found)
    throw unreadable(
      name,
      scanner.complete
        ? 'it is JSON, but no HAR file: it has no list log.entries'
        : 'it is cut off or damaged before its list log.entries',
    )
  const head = scanner.head()
  const missing = sanitisedHeaders(
    stringMember(objectMember(head, 'creator'), 'name') ?? '',
    entries.fields,
  )
  const whole = broken === undefined && scanner.complete && head !== undefined
  const lost = entries.damaged + scanner.oversize
  return {
    exchanges: inOrder(
      missing.length === 0
        ? entries.exchanges
        : entries.exchanges.map((exchange) => ({ ...exchange, missing })),
    ),
    complete: whole && lost === 0,
    authtap: objectMember(head, '_authtap'),
    problems: [
      ...(whole
        ? []
        : [`${name} is cut off or damaged; what was whole of it was read, as far as it goes.`]),
      ...(entries.damaged > 0 ? [`${name}: ${entries.damaged} entries are damaged.`] : []),
      ...(scanner.oversize > 0 ? [`${name}: ${scanner.oversize} entries are too large.`] : []),
      ...(missing.length === 0
        ? []
        : [
            `${name} was exported without sensitive data: nothing is concluded from the absence of ${missing.join(', ')}.`,
          ]),
    ],
  }
}

/** The entries of one file, as they come. */
class Entries {
  readonly exchanges: Exchange[] = []
  /** Lower-case names of all fields seen. */
  readonly fields = new Set<string>()
  damaged = 0
  #count = 0
  readonly #prefix: string

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  add(element: Buffer): void {
    const entry = parseJson(element.toString())
    const index = this.#count
    this.#count += 1
    if (entry === undefined) {
      this.damaged += 1
      return
    }
    const startedAt = this.exchanges.at(-1)?.startedAt ?? 0
    const exchange = fromEntry(entry, index, { prefix: this.#prefix, startedAt })
    if (exchange === undefined) return
    for (const field of fieldNames(entry, exchange)) this.fields.add(field)
    this.exchanges.push(exchange)
  }
}

function inOrder(exchanges: readonly Exchange[]): Exchange[] {
  return exchanges.toSorted((a, b) => a.startedAt - b.startedAt)
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'you may not read it',
  EPERM: 'you may not read it',
  EISDIR: 'it is a folder',
}

/** What the system says of the file, for people; anything else as it is. */
function readable(error: unknown, name: string): unknown {
  const code = (error as NodeJS.ErrnoException).code
  const isSystem = typeof (error as NodeJS.ErrnoException).syscall === 'string'
  return isSystem && code !== undefined
    ? unreadable(name, reasons[code] ?? `the system says ${code}`)
    : error
}
