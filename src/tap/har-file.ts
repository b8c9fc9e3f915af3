import { createReadStream } from 'node:fs'
import type { Exchange } from '../core/exchange.ts'
import { fromEntry, sanitisedHeaders } from '../core/har-read.ts'
import { isObject, objectMember, parseJson, stringMember } from '../core/json.ts'
import { EntryScanner } from '../core/entry-scan.ts'
import type { JsonObject } from '../core/document.ts'
import { TranscriptError, parseTranscript } from '../core/transcript.ts'
import { UserError } from '../errors.ts'

export interface Capture {
  readonly exchanges: readonly Exchange[]
  /** False when the file is cut off or damaged: what came after is unknown. */
  readonly complete: boolean
  /** `log._authtap` of a capture of our own. */
  readonly authtap: JsonObject | undefined
  /** What could not be read, a sentence each. */
  readonly problems: readonly string[]
}

/** Transcripts are written by hand or by curl; one larger than this is not one. */
const transcriptLimit = 64 * 1024 * 1024

/**
 * Reads a HAR file or a transcript, told apart by content; `-` is standard input. A HAR file is read as a stream, entry
 * by entry, so that only the exchanges themselves are held. Throws UserError (ECAPTURE) when nothing can be read.
 */
export async function readCapture(
  path: string,
  options: { prefix?: string } = {},
): Promise<Capture> {
  const prefix = options.prefix ?? ''
  const name = path === '-' ? 'standard input' : path
  const stream =
    path === '-' ? process.stdin : createReadStream(path, { highWaterMark: 1024 * 1024 })
  const scanner = new EntryScanner()
  const entries: Exchange[] = []
  const seen = new Set<string>()
  let kind: 'har' | 'transcript' | undefined
  let text: Buffer[] = []
  let size = 0
  let unread = 0
  const take = (slices: readonly string[]) => {
    for (const slice of slices) {
      const exchange = fromEntry(parseJson(slice), entries.length + unread, prefix)
      if (exchange === undefined) unread += 1
      else {
        for (const [field] of exchange.request.headers) seen.add(field.toLowerCase())
        for (const [field] of exchange.response?.headers ?? []) seen.add(field.toLowerCase())
        entries.push(exchange)
      }
    }
  }
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      kind ??= kindOf(chunk, name)
      if (kind === 'har') take(scanner.push(chunk))
      else {
        size += chunk.length
        if (size > transcriptLimit)
          throw unreadable(name, 'it is too large for a transcript and no HAR file')
        text.push(chunk)
      }
    }
  } catch (error) {
    if (error instanceof UserError) throw error
    throw unreadable(name, reasonOf(error))
  }
  if (kind === undefined) throw unreadable(name, 'it is empty')
  if (kind === 'transcript') return transcript(Buffer.concat(text).toString('utf8'), name, prefix)
  text = []
  const head = scanner.head()
  if (head === undefined && entries.length === 0)
    throw unreadable(name, 'it is JSON, but no HAR file: there is no log.entries')
  return har(entries, { head, seen, unread, complete: scanner.complete, name })
}

function har(
  entries: readonly Exchange[],
  {
    head,
    seen,
    unread,
    complete,
    name,
  }: {
    head: JsonObject | undefined
    seen: ReadonlySet<string>
    unread: number
    complete: boolean
    name: string
  },
): Capture {
  const creator = objectMember(head, 'creator')
  const browser = objectMember(head, 'browser')
  const authtap = objectMember(head, '_authtap')
  const missing =
    authtap === undefined
      ? sanitisedHeaders(`${stringMember(creator, 'name')} ${stringMember(browser, 'name')}`, seen)
      : []
  const problems: string[] = []
  if (unread > 0)
    problems.push(`${name}: ${unread} entries are no HTTP exchanges and were passed over.`)
  if (!complete)
    problems.push(
      `${name} is cut off or damaged; ${entries.length} exchanges before that were read.`,
    )
  if (missing.length > 0)
    problems.push(
      `${name} was exported without sensitive data, so nothing is concluded from missing ${missing.join(', ')} fields.`,
    )
  return {
    exchanges: sorted(
      entries.map((exchange) => (missing.length === 0 ? exchange : { ...exchange, missing })),
    ),
    complete,
    authtap,
    problems,
  }
}

function sorted(exchanges: readonly Exchange[]): Exchange[] {
  return [...exchanges].sort((a, b) => a.startedAt - b.startedAt)
}

function transcript(text: string, name: string, prefix: string): Capture {
  try {
    const exchanges = parseTranscript(text).map((exchange) => ({
      ...exchange,
      id: prefix + exchange.id,
    }))
    return { exchanges, complete: true, authtap: undefined, problems: [] }
  } catch (error) {
    if (!(error instanceof TranscriptError)) throw error
    throw unreadable(name, `it is neither a HAR file nor a transcript: ${error.message}`)
  }
}

/** JSON begins with a brace; UTF-16 is told by its byte order mark (RFC 8259 §8.1 wants UTF-8). */
function kindOf(chunk: Buffer, name: string): 'har' | 'transcript' {
  if (
    chunk.length >= 2 &&
    ((chunk[0] === 0xff && chunk[1] === 0xfe) || (chunk[0] === 0xfe && chunk[1] === 0xff))
  )
    throw unreadable(name, 'it is in UTF-16')
  const start = chunk
    .subarray(0, 1000)
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart()
  return start.startsWith('{') ? 'har' : 'transcript'
}

function unreadable(name: string, reason: string): UserError {
  return new UserError(
    'ECAPTURE',
    `${name} cannot be read: ${reason}.`,
    'Give a HAR file or a transcript in UTF-8.',
  )
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EACCES') return 'you may not read it'
  return code === 'EISDIR'
    ? 'it is a folder'
    : isObject(error)
      ? String(code ?? 'it is damaged')
      : 'it is damaged'
}
