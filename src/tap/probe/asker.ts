import {
  type Exchange,
  type Failure,
  type Headers,
  type Response,
  type Trial,
  bodyText,
  mediaType,
} from '../../core/wire/exchange.ts'
import { isLoopback, isPrivate, origin } from '../../core/wire/url.ts'
import { Connector, type TlsOptions } from '../wire/connect.ts'
import { toPairs } from '../wire/headers.ts'
import type { Recording } from '../wire/record.ts'
import { Recorder } from '../wire/recorder.ts'
import { type FlatHeaders, type Flight, Transport } from '../wire/transport.ts'

export interface AskerOptions extends TlsOptions {
  /** The MCP endpoint, for which all this is done. */
  readonly target: string
  /** What we call ourselves. */
  readonly agent: string
  /** Requests that may be made in all. */
  readonly requests: number
  /** Milliseconds that an answer may take. */
  readonly patience: number
  /** Numbers exchanges; shared where several servers are checked. */
  readonly recorder: Recorder
  /** A word of its own for each server. */
  readonly connection: string
  /** Takes each exchange once it is over. */
  emit(exchange: Exchange): void
}

/** One request of ours. */
export interface Question {
  readonly method: string
  readonly url: string
  readonly headers?: Headers
  readonly body?: string
  readonly trial?: Trial['sort']
  /** What it turns out to have been, by its answer, where that is not the way of a client. */
  readonly aside?: (answer: Answer) => Trial['sort'] | undefined
  /** Whether an event stream has said what it was asked for; without it, its head is enough. */
  readonly enough?: (text: string) => boolean
}

/** What became of it. */
export interface Answer {
  readonly exchange: Exchange
  readonly url: string
  readonly status: number | undefined
  readonly headers: Headers
  readonly text: string
  readonly failure: Failure | undefined
}

/** Why something was not asked at all. */
export type Unasked = 'spent' | 'inside'

const bodyLimit = 1024 * 1024

/** Each exchange is told by whoever asked, once it is clear that it counts. */
export function probeRecorder(): Recorder {
  return new Recorder(
    bodyLimit,
    () => {},
    () => {},
  )
}

/** Asks servers one thing after the other, as an honest client would, and keeps count. */
export class Asker {
  readonly #options: AskerOptions
  readonly #transport: Transport
  #asked = 0
  #retried = false
  #first: string | undefined
  /** Told as soon as there is something beside which they are. */
  #aside: (readonly [Exchange, Trial['sort']])[] = []

  constructor(options: AskerOptions) {
    this.#options = options
    this.#transport = new Transport(new Connector(options))
  }

  /** Requests made so far. */
  get asked(): number {
    return this.#asked
  }

  /** Undefined where it may not be asked: too much was, or the address lies inside a network that the target is not in. */
  refuses(url: string): Unasked | undefined {
    if (this.#asked >= this.#options.requests) return 'spent'
    const isInside = isPrivate(url) || isLoopback(url)
    const { target } = this.#options
    const isOutside = !isPrivate(target) && !isLoopback(target)
    return isInside && isOutside && origin(url) !== origin(target) ? 'inside' : undefined
  }

  /** Undefined when it may not be asked. A connection that breaks is tried once more, once in all. */
  async ask(question: Question): Promise<Answer | undefined> {
    if (this.refuses(question.url) !== undefined) return undefined
    const first = await this.#send(question)
    const again = !this.#retried && isPassing(first.failure) && this.#asked < this.#options.requests
    if (again) this.#retried = true
    const exchange = again ? await this.#send(question) : first
    const answer = answerOf(exchange)
    this.#tell(exchange, question.aside?.(answer))
    return answer
  }

  async close(): Promise<void> {
    for (const [exchange] of this.#aside) this.#options.emit(exchange)
    this.#aside = []
    await this.#transport.close()
  }

  #tell(exchange: Exchange, sort: Trial['sort'] | undefined): void {
    if (sort === undefined) {
      this.#first ??= exchange.id
      this.#options.emit(exchange)
    } else this.#aside.push([exchange, sort])
    const of = this.#first
    if (of === undefined) return
    for (const [one, its] of this.#aside) this.#options.emit({ ...one, trial: { sort: its, of } })
    this.#aside = []
  }

  #send(question: Question): Promise<Exchange> {
    this.#asked += 1
    const recording = this.#begin(question)
    return new Promise((resolve) => {
      new Round(question, recording, this.#options, resolve).start(this.#transport)
    })
  }

  #begin({ method, url, headers = [], body = '', trial }: Question): Recording {
    const { agent, connection, recorder } = this.#options
    const of = this.#first
    const recording = recorder.begin({
      client: connection,
      connection,
      method,
      url,
      httpVersion: '1.1',
      source: 'probe',
      trial: trial === undefined || of === undefined ? undefined : { sort: trial, of },
    })
    recording.requestHeaders = [['Host', new URL(url).host], ['User-Agent', agent], ...headers]
    recording.requestBody.append(Buffer.from(body))
    return recording
  }
}

/** One request on its way, which ends when all is there, when it is enough, or when patience does. */
class Round {
  readonly #question: Question
  readonly #recording: Recording
  readonly #patience: number
  readonly #done: (exchange: Exchange) => void
  #flight: Flight | undefined
  #timer: NodeJS.Timeout | undefined
  #streams = false
  #over = false

  constructor(
    question: Question,
    recording: Recording,
    { patience }: AskerOptions,
    done: (exchange: Exchange) => void,
  ) {
    this.#question = question
    this.#recording = recording
    this.#patience = patience
    this.#done = done
  }

  start(transport: Transport): void {
    const { method, url, body } = this.#question
    // Character for character: to write it otherwise might heal it.
    const [, path = ''] = /^[^:]+:\/\/[^/?#]*([^#]*)/.exec(url) ?? []
    const fields = this.#recording.requestHeaders.slice(1).flat()
    this.#timer = setTimeout(() => this.#giveUp(), this.#patience)
    this.#flight = transport.send(
      {
        origin: new URL(url).origin,
        method,
        path: path.startsWith('/') ? path : `/${path}`,
        headers: fields,
        body: body === undefined ? undefined : Buffer.from(body),
        length: undefined,
      },
      {
        sent: (link) => this.#recording.sent(link),
        interim: () => {},
        head: (status, statusText, headers) => this.#head(status, statusText, headers),
        data: (chunk) => this.#data(chunk),
        end: (trailers) => this.#end(trailers),
        failed: (failure) => this.#fail(failure),
      },
    )
    if (this.#over) this.#flight.abort()
    this.#recording.requestDone()
  }

  #head(status: number, statusText: string, flat: FlatHeaders): void {
    const headers = toPairs(flat)
    this.#recording.head(status, statusText, headers)
    this.#streams = mediaType(headers) === 'text/event-stream'
    if (this.#streams && this.#question.enough === undefined) this.#hangUp()
  }

  #data(chunk: Uint8Array): void {
    if (this.#over) return
    this.#recording.data(chunk)
    if (!this.#streams) return
    const text = Buffer.from(this.#recording.responseBytes).toString()
    if (this.#question.enough?.(text) === true) this.#hangUp()
  }

  /** A stream may go on for ever; what it was opened for is there. */
  #hangUp(): void {
    if (this.#over) return
    this.#end([])
    this.#flight?.abort()
  }

  #end(trailers: FlatHeaders): void {
    if (this.#over) return
    this.#recording.end(toPairs(trailers))
    this.#finish()
  }

  #giveUp(): void {
    const message = `no whole answer within ${this.#patience / 1000} s`
    this.#fail({ phase: 'client-gone', code: 'ETIMEDOUT', message })
    this.#flight?.abort()
  }

  #fail(failure: Failure): void {
    if (this.#over) return
    this.#recording.fail(failure)
    this.#finish()
  }

  #finish(): void {
    this.#over = true
    clearTimeout(this.#timer)
    this.#done(this.#recording.report())
  }
}

function answerOf(exchange: Exchange): Answer {
  const { response, request, failure } = exchange
  return {
    exchange,
    url: request.url,
    status: response?.status,
    headers: response?.headers ?? [],
    text: response === undefined ? '' : bodyText(response as Response),
    failure,
  }
}

/** What may be over when it is tried again: a connection that was closed or reset before an answer. */
function isPassing(failure: Failure | undefined): boolean {
  return (
    failure !== undefined &&
    ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'EAI_AGAIN'].includes(failure.code)
  )
}
