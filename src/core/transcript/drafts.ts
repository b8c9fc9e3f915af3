import type { Failure } from '../wire/exchange.ts'
import { fill, FillError } from './fill.ts'
import type { Line } from './lines.ts'
import { isBlank, isNote, TranscriptError, transcriptLines, trimmed, withoutTail } from './lines.ts'
import { opened } from './opening.ts'
import type { Annotation } from './words.ts'
import { annotate, isAnnotation, readFailure, withLabels } from './words.ts'

interface Message {
  readonly headers: [name: string, value: string][]
  readonly body: Line[]
}

interface Answer extends Message {
  readonly status: number
  readonly statusText: string
  readonly httpVersion: string | undefined
}

/** One exchange as far as its lines tell. */
export interface Draft {
  readonly line: Line
  readonly about: Annotation
  readonly method: string
  /** As the request line has it: absolute, or a path to go with the Host field. */
  readonly target: string
  readonly httpVersion: string | undefined
  /** From curl's notes on the handshake. */
  readonly scheme: string | undefined
  /** Real output of curl, which does not print the bodies it sends. */
  readonly curl: boolean
  readonly request: Message
  response?: Answer
  failure?: Failure
  /** Bytes of a response body that curl's notes tell of. */
  noted: number
}

type Part = 'between' | 'request-head' | 'request-body' | 'response-head' | 'response-body'

/** Reads the lines of a transcript into drafts. Throws TranscriptError. */
export function readDrafts(text: string): Draft[] {
  const reader = new Reader()
  for (const line of transcriptLines(text)) reader.read(line)
  return reader.finish()
}

/** A request line where one is due, and one that ends a body: there it must not be mistaken for a quotation. */
const loose = /^>[ \t]*[!#$%&'*+.^_`|~\w-]+ /
const strict = /^> (?:CONNECT |[A-Z][A-Z-]* (?:https?:|\/|\*|\$\{))/

class Reader {
  readonly #drafts: Draft[] = []
  #part: Part = 'between'
  #draft: Draft | undefined
  #about: Annotation = {}
  /** What holds for every exchange of an opening. */
  #shared: Annotation = {}
  /** curl's notes were seen: bodies may be absent, and the scheme is known from the handshake. */
  #curl: { scheme: string | undefined } | undefined

  read(line: Line): void {
    const opening = this.#part.endsWith('head') ? undefined : opened(line)
    if (opening !== undefined) return this.#opening(opening)
    if (isNote(line.text)) return this.#note(line.text)
    if (line.text.startsWith('curl: (')) return this.#curlFailed(line.text)
    switch (this.#part) {
      case 'between':
        return this.#between(line)
      case 'request-head':
      case 'response-head':
        return this.#field(line)
      case 'request-body':
      case 'response-body':
        return this.#body(line)
    }
  }

  /** The usual beginning of a login, in the lines that it stands for. */
  #opening(lines: readonly Line[]): void {
    this.#close()
    this.#part = 'between'
    const { client, connection } = this.#about
    this.#shared = { ...(client && { client }), ...(connection && { connection }) }
    for (const line of lines) this.read(line)
    // The lines below may hold the response that it leaves out.
    if (this.#draft?.response !== undefined || this.#draft?.about.handedOver !== undefined) {
      this.#close()
      this.#part = 'between'
    }
    this.#about = {}
    this.#shared = {}
  }

  finish(): Draft[] {
    this.#close()
    return this.#drafts
  }

  #note(text: string): void {
    this.#curl ??= { scheme: undefined }
    if (text.startsWith('* Connected to') || text.startsWith('* Established')) {
      this.#curl.scheme ??= 'http'
    }
    if (text.startsWith('* SSL connection using')) this.#curl.scheme = 'https'
    if (text.startsWith('*   Trying')) this.#curl.scheme = undefined
    const bytes = /^([{}]) \[(\d+) bytes data\]$/.exec(text)
    if (bytes?.[1] === '{' && this.#draft?.response) this.#draft.noted += Number(bytes[2])
  }

  /** `curl: (52) Empty reply from server`: the exchange begun before it did not end well. */
  #curlFailed(text: string): void {
    const draft = this.#draft
    if (draft === undefined) return
    const code = /^curl: \((\d+)\) /.exec(text)
    if (draft.response) draft.about.complete = false
    else draft.failure = { phase: 'http', code: `CURL${code?.[1] ?? ''}`, message: text.slice(6) }
  }

  #between(line: Line): void {
    if (isBlank(line.text)) return
    if (this.#begin(line)) return
    throw new TranscriptError('expected a request line such as "> GET https://…"', line.number)
  }

  /** Takes a line that stands outside any exchange; false when it is none of these. */
  #begin(line: Line): boolean {
    const text = line.text
    if ((this.#part === 'between' ? loose : strict).test(text)) {
      this.#requestLine(line)
      return true
    }
    const words = text.startsWith('# ') ? text.slice(2) : undefined
    if (words === undefined || (this.#part !== 'between' && !isAnnotation(words))) return false
    this.#close()
    this.#part = 'between'
    try {
      annotate(this.#about, utf8(words))
    } catch (error) {
      throw new TranscriptError((error as Error).message, line.number)
    }
    return true
  }

  #requestLine(line: Line): void {
    this.#close()
    const match = /^(\S+)[ \t]+(.*)$/.exec(trimmed(line.text.slice(1)))
    const rest = match?.[2] ?? ''
    const protocol = / HTTP\/([\d.]{1,5})$/.exec(rest)
    const target = trimmed(protocol === null ? rest : rest.slice(0, protocol.index))
    if (match === null || target === '' || (target.includes(' ') && !target.includes('${'))) {
      throw new TranscriptError('a request line needs a method and a URL', line.number)
    }
    this.#draft = {
      line,
      about: this.#about,
      method: match[1]!,
      target: filled(line, target),
      httpVersion: protocol?.[1],
      request: { headers: [], body: [] },
      scheme: this.#curl?.scheme,
      curl: this.#curl !== undefined,
      noted: 0,
    }
    this.#about = { ...this.#shared }
    this.#part = 'request-head'
  }

  #field(line: Line): void {
    const draft = this.#draft!
    const sent = this.#part === 'request-head'
    const mark = sent ? '>' : '<'
    const text = line.text
    if (isBlank(text) || trimmed(text) === mark) {
      this.#part = sent ? 'request-body' : 'response-body'
    } else if (text.startsWith('! ')) {
      this.#failed(line)
    } else if (sent && text.startsWith('< ')) {
      this.#statusLine(line)
    } else if (text.startsWith(mark)) {
      const message = sent ? draft.request : draft.response!
      message.headers.push(field(line))
    } else {
      throw new TranscriptError(`expected a field line "${mark} name: value"`, line.number)
    }
  }

  #body(line: Line): void {
    const draft = this.#draft!
    const text = line.text
    const sent = this.#part === 'request-body'
    if (text.startsWith('< ')) return this.#statusLine(line)
    if (text.startsWith('! ') && readFailure(text.slice(2))) return this.#failed(line)
    if (this.#begin(line)) return
    if (sent && text.startsWith('> ')) {
      throw new TranscriptError('write a body line without ">" in front', line.number)
    }
    const cut = this.#curl && !text.startsWith('\\') ? { ...line, text: withoutTail(text) } : line
    const message = sent ? draft.request : draft.response!
    message.body.push(cut)
  }

  #statusLine(line: Line): void {
    const draft = this.#draft!
    const match = /^< HTTP(?:\/([\d.]+))? (\d{3})(?: (.*))?$/.exec(line.text)
    if (match === null) {
      throw new TranscriptError(
        'expected a status line such as "< HTTP/1.1 200 OK"; put a backslash before a body line',
        line.number,
      )
    }
    // Interim responses go before the final one (RFC 9110 §15.2).
    const interim = draft.response !== undefined && draft.response.status < 200
    if (draft.response !== undefined && !interim) {
      throw new TranscriptError('a second response to the same request', line.number)
    }
    draft.response = {
      status: Number(match[2]),
      statusText: withLabels(filled(line, trimmed(match[3] ?? ''))),
      httpVersion: match[1],
      headers: [],
      body: [],
    }
    this.#part = 'response-head'
  }

  #failed(line: Line): void {
    const failure = readFailure(utf8(filled(line, trimmed(line.text.slice(2)))))
    if (failure === undefined) {
      throw new TranscriptError(
        'a failure is "! dns|tcp|tls|http|client-gone CODE words"',
        line.number,
      )
    }
    this.#draft!.failure = failure
    this.#close()
    this.#part = 'between'
  }

  #close(): void {
    if (this.#draft !== undefined) this.#drafts.push(this.#draft)
    this.#draft = undefined
  }
}

/** Reads `< name: value`; the name may begin with a colon, as those of HTTP/2 do. */
function field(line: Line): [name: string, value: string] {
  const text = trimmed(line.text.slice(1))
  const colon = text.indexOf(':', 1)
  if (colon === -1) throw new TranscriptError('a field line lacks its colon', line.number)
  return [
    filled(line, text.slice(0, colon)),
    withLabels(filled(line, trimmed(text.slice(colon + 1)))),
  ]
}

/** The text with its placeholders filled in; a fault in one is reported for its own line. */
export function filled(line: Line, text: string): string {
  try {
    return fill(text)
  } catch (error) {
    if (!(error instanceof FillError)) throw error
    const below = text.slice(0, error.offset).split('\n').length - 1
    throw new TranscriptError(error.message, line.number + below)
  }
}

/** Text of one character a byte, read as UTF-8. */
export function utf8(text: string): string {
  return Buffer.from(text, 'latin1').toString()
}
