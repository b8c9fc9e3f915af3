import {
  type Exchange,
  type Failure,
  type Headers,
  type Response,
  type Timings,
  type Touch,
  mediaType,
} from '../core/exchange.ts'
import type { Link } from './connect.ts'
import { Tape } from './tape.ts'

/** How often a growing event stream is reported, in milliseconds. */
const growthInterval = 1000

export interface Opening {
  readonly client: string
  readonly connection: string
  readonly method: string
  /** In upstream space. */
  readonly url: string
  readonly via: string
  readonly httpVersion: string
}

/** Hands exchanges on, never from within the forwarding path. */
export class Recorder {
  readonly #bodyLimit: number
  readonly #emit: (exchange: Exchange) => void
  readonly #stumbled: (error: unknown) => void
  readonly #due = new Set<Recording>()
  #scheduled = false
  #count = 0

  /**
   * @param bodyLimit bytes kept of each body
   * @param stumbled told when `emit` throws
   */
  constructor(
    bodyLimit: number,
    emit: (exchange: Exchange) => void,
    stumbled: (error: unknown) => void,
  ) {
    this.#bodyLimit = bodyLimit
    this.#emit = emit
    this.#stumbled = stumbled
  }

  begin(opening: Opening): Recording {
    return new Recording(String(++this.#count), opening, this.#bodyLimit, (recording) =>
      this.#report(recording),
    )
  }

  /** Reports at once what is waiting to be reported. */
  flush(): void {
    const due = [...this.#due]
    this.#due.clear()
    for (const recording of due) {
      try {
        this.#emit(recording.exchange())
      } catch (error) {
        // Whoever listens has a bug. Traffic goes on all the same.
        this.#stumbled(error)
      }
    }
  }

  #report(recording: Recording): void {
    this.#due.add(recording)
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.flush()
    })
  }
}

/** One exchange in the making. */
export class Recording {
  touched: Touch[] = []
  requestHeaders: Headers = []
  /** Replaces what `url` was opened with, when translation changed the request target. */
  url: string
  handedOver = false
  requestBody: Tape
  readonly #id: string
  readonly #opening: Opening
  readonly #report: (recording: Recording) => void
  readonly #startedAt = Date.now()
  readonly #began = performance.now()
  #sent: { at: number; address: string; opened: Timings } | undefined
  #requestEnded: number | undefined
  #headed: number | undefined
  #ended: number | undefined
  #head: Pick<Response, 'status' | 'statusText' | 'headers'> | undefined
  #responseBody: Tape
  #trailers: Headers | undefined
  #complete = false
  #failure: Failure | undefined
  #growth: NodeJS.Timeout | undefined
  readonly #bodyLimit: number

  constructor(
    id: string,
    opening: Opening,
    bodyLimit: number,
    report: (recording: Recording) => void,
  ) {
    this.#id = id
    this.#opening = opening
    this.#report = report
    this.#bodyLimit = bodyLimit
    this.url = opening.url
    this.requestBody = new Tape(bodyLimit)
    this.#responseBody = new Tape(bodyLimit)
  }

  get over(): boolean {
    return this.#ended !== undefined
  }

  /** What was kept of the response body so far. */
  get responseBytes(): Uint8Array {
    return this.#responseBody.body().bytes
  }

  /** Forgets an attempt that is made again with another body. */
  restart(body: Uint8Array): void {
    this.requestBody = new Tape(this.#bodyLimit)
    this.requestBody.append(body)
    this.#responseBody = new Tape(this.#bodyLimit)
    this.#head = undefined
    this.touched = this.touched.filter(({ at }) => !at.startsWith('request.json'))
  }

  sent(link: Link): void {
    // Copied now: the connection may be opened anew for a later request.
    const { address, dns, connect, tls } = link
    const opened = { dns, connect, ...(tls === undefined ? {} : { tls }) }
    this.#sent = { at: performance.now(), address, opened: link.uses === 0 ? opened : {} }
  }

  requestDone(): void {
    this.#requestEnded = performance.now()
  }

  head(status: number, statusText: string, headers: Headers): void {
    this.#headed = performance.now()
    this.#head = { status, statusText, headers }
  }

  data(chunk: Uint8Array): void {
    this.#responseBody.append(chunk)
    if (this.#growth !== undefined || this.#ended !== undefined || !this.#streaming()) return
    this.#growth = setTimeout(() => {
      this.#growth = undefined
      if (this.#ended === undefined) this.#report(this)
    }, growthInterval)
    this.#growth.unref()
  }

  /** Event streams last: they are reported while they do. Called once the head's touches are known. */
  headTranslated(): void {
    if (this.#ended === undefined && this.#streaming()) this.#report(this)
  }

  end(trailers: Headers): void {
    this.#complete = true
    if (trailers.length > 0) this.#trailers = trailers
    this.#finish()
  }

  fail(failure: Failure): void {
    if (this.#ended !== undefined) return
    this.#failure = failure
    this.#finish()
  }

  /** The browser was sent on; nothing more will be seen. */
  handOver(): void {
    this.handedOver = true
    this.#finish()
  }

  exchange(): Exchange {
    const { client, connection, method, via, httpVersion } = this.#opening
    const timings = this.#timings()
    return {
      id: this.#id,
      source: 'reverse',
      client,
      connection,
      startedAt: this.#startedAt,
      ...(this.#ended === undefined
        ? {}
        : { endedAt: this.#startedAt + (this.#ended - this.#began) }),
      ...(timings === undefined ? {} : { timings }),
      ...(this.#sent === undefined || this.#sent.address === ''
        ? {}
        : { serverAddress: this.#sent.address }),
      request: {
        method,
        url: this.url,
        via,
        httpVersion,
        headers: this.requestHeaders,
        body: this.requestBody.body(),
      },
      ...(this.#head === undefined ? {} : { response: this.#response(this.#head) }),
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
      ...(this.handedOver ? { handedOver: true } : {}),
      touched: [...this.touched],
    }
  }

  #response(head: Pick<Response, 'status' | 'statusText' | 'headers'>): Response {
    return {
      ...head,
      httpVersion: '1.1',
      body: this.#responseBody.body(),
      ...(this.#trailers === undefined ? {} : { trailers: this.#trailers }),
      complete: this.#complete,
    }
  }

  #timings(): Timings | undefined {
    const sent = this.#sent
    if (sent === undefined) return undefined
    const requestEnded = Math.max(this.#requestEnded ?? sent.at, sent.at)
    return {
      ...sent.opened,
      send: requestEnded - sent.at,
      ...(this.#headed === undefined ? {} : { wait: Math.max(this.#headed - requestEnded, 0) }),
      ...(this.#headed === undefined || this.#ended === undefined
        ? {}
        : { receive: this.#ended - this.#headed }),
    }
  }

  #streaming(): boolean {
    return this.#head !== undefined && mediaType(this.#head.headers) === 'text/event-stream'
  }

  #finish(): void {
    this.#ended = performance.now()
    clearTimeout(this.#growth)
    this.#report(this)
  }
}
