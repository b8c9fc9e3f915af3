import {
  type Exchange,
  type Failure,
  type Headers,
  type Held,
  type Request,
  type Response,
  type Timings,
  type Touch,
  type Trial,
  header,
  mediaType,
} from '../../core/wire/exchange.ts'
import type { Link } from './connect.ts'
import { KeptBody } from './kept-body.ts'

/** An exchange that is not over after so long is reported as it is, in milliseconds: nearly all are over before. */
const patience = 500
/** How often a growing event stream is reported, in milliseconds. */
const growthInterval = 1000

export interface Opening {
  readonly client: string
  readonly connection: string
  readonly method: string
  /** In upstream space. */
  readonly url: string
  readonly via?: string
  readonly httpVersion: string
  /** A request of our own, and not one that a client sent through the proxy. */
  readonly source?: 'probe'
  readonly trial?: Trial | undefined
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }
type Head = Pick<Response, 'status' | 'statusText' | 'headers'>

const reused: Timings = {}

function opening({ dns, connect, tls }: Link): Timings {
  return tls === undefined ? { dns, connect } : { dns, connect, tls }
}

/** One exchange in the making. */
export class Recording {
  /** Waits to be reported. */
  due = false
  /** Its place among the open ones. */
  place = 0
  touched: Touch[] = []
  requestHeaders: Headers = []
  /** Replaces what `url` was opened with, when translation changed the request target. */
  url: string
  requestBody: KeptBody
  readonly #id: string
  readonly #opening: Opening
  readonly #report: (recording: Recording) => void
  readonly #startedAt = Date.now()
  readonly #began = performance.now()
  #sent: { at: number; address: string; opened: Timings } | undefined
  #requestEnded: number | undefined
  #headed: number | undefined
  #ended: number | undefined
  #head: Head | undefined
  #streaming = false
  #responseBody: KeptBody
  #trailers: Headers | undefined
  #complete = false
  #handedOver = false
  #failure: Failure | undefined
  #held: Held | undefined
  #heldFor = 0
  #whenOver: (() => void) | undefined
  /** When it was reported last, and with how much of the response: the bytes of its body, or -1 before its head. */
  #told: { readonly at: number; readonly size: number; readonly touched: number } | undefined
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
    this.requestBody = new KeptBody(bodyLimit)
    this.#responseBody = new KeptBody(bodyLimit)
  }

  /** What was kept of the response body so far. */
  get responseBytes(): Uint8Array {
    return this.#responseBody.body().bytes
  }

  /** Forgets an attempt that is made again with another body. */
  restart(body: Uint8Array): void {
    this.requestBody = new KeptBody(this.#bodyLimit)
    this.requestBody.append(body)
    this.#responseBody = new KeptBody(this.#bodyLimit)
    this.#head = undefined
    this.#told = undefined
    this.touched = this.touched.filter(
      ({ at, by }) => by === undefined && !at.startsWith('request.json'),
    )
  }

  sent(link: Link): void {
    // Copied now: the connection may be opened anew for a later request.
    this.#sent = {
      at: performance.now(),
      address: link.address,
      opened: link.uses === 0 ? opening(link) : reused,
    }
  }

  requestDone(): void {
    this.#requestEnded = performance.now()
  }

  head(status: number, statusText: string, headers: Headers): void {
    this.#headed = performance.now()
    this.#head = { status, statusText, headers }
    this.#streaming = mediaType(headers) === 'text/event-stream'
  }

  data(chunk: Uint8Array): void {
    this.#responseBody.append(chunk)
  }

  /** A stream that a client listens to lasts: it is reported when it begins. Called once the head's touches are known. */
  headTranslated(): void {
    const lasts = this.#streaming && this.#opening.method === 'GET'
    if (lasts && this.#ended === undefined) this.#report(this)
  }

  get isOver(): boolean {
    return this.#ended !== undefined
  }

  get method(): string {
    return this.#opening.method
  }

  /** Whether it waits for an answer, and its request is the same as that of another. */
  asksLike(other: Recording): boolean {
    if (this.#head !== undefined || this.url !== other.url || this.method !== other.method)
      return false
    const ours = header(this.requestHeaders, 'authorization')
    return (
      ours === header(other.requestHeaders, 'authorization') &&
      Buffer.compare(this.requestBody.body().bytes, other.requestBody.body().bytes) === 0
    )
  }

  /** Whether it has waited for long, its head has come since it was told of, or its event stream has grown. */
  hasNews(now: number): boolean {
    const told = this.#told
    if (told === undefined) return now - this.#began >= patience
    if (told.size < 0) return this.#head !== undefined
    const hasGrown = this.#responseBody.size > told.size || this.touched.length > told.touched
    return this.#streaming && hasGrown && now - told.at >= growthInterval
  }

  end(trailers: Headers): void {
    if (this.#ended !== undefined) return
    this.#complete = true
    if (trailers.length > 0) this.#trailers = trailers
    this.#finish()
  }

  fail(failure: Failure): void {
    if (this.#ended !== undefined) return
    this.#failure = failure
    this.#finish()
  }

  /** A message of it waits for a person, or, undefined, goes on. */
  hold(held: Held | undefined): void {
    if (this.#ended !== undefined) return
    if (held?.since !== this.#held?.since) this.#release()
    this.#held = held
    this.#report(this)
  }

  /** Called once, when it is over while it is held. */
  whenOver(tell: () => void): void {
    if (this.#ended === undefined) this.#whenOver = tell
    else tell()
  }

  #release(): void {
    if (this.#held !== undefined) this.#heldFor += Date.now() - this.#held.since
    this.#held = undefined
  }

  get id(): string {
    return this.#id
  }

  /** The browser was sent on; nothing more will be seen. */
  handOver(): void {
    this.#handedOver = true
    this.#finish()
  }

  /** To be told of. */
  report(): Exchange {
    if (this.#ended === undefined) {
      const size = this.#head === undefined ? -1 : this.#responseBody.size
      this.#told = { at: performance.now(), size, touched: this.touched.length }
    }
    return this.now()
  }

  /** As it is now. Built without spreading: this happens for every exchange. */
  now(): Exchange {
    const { client, connection, method, via, httpVersion, source, trial } = this.#opening
    const headers = this.requestHeaders
    const body = this.requestBody.body()
    const request: Mutable<Request> = { method, url: this.url, httpVersion, headers, body }
    if (via !== undefined) request.via = via
    const exchange: Mutable<Exchange> = {
      id: this.#id,
      source: source ?? 'reverse',
      client,
      connection,
      startedAt: this.#startedAt,
      request,
      touched: this.touched.slice(),
    }
    const timings = this.#timings()
    if (trial !== undefined) exchange.trial = trial
    if (this.#ended !== undefined) exchange.endedAt = this.#startedAt + (this.#ended - this.#began)
    if (timings !== undefined) exchange.timings = timings
    if (this.#sent !== undefined && this.#sent.address !== '')
      exchange.serverAddress = this.#sent.address
    if (this.#head !== undefined) exchange.response = this.#response(this.#head)
    if (this.#failure !== undefined) exchange.failure = this.#failure
    if (this.#handedOver) exchange.handedOver = true
    if (this.#held !== undefined) exchange.held = this.#held
    if (this.#heldFor > 0) exchange.heldFor = this.#heldFor
    return exchange
  }

  #response({ status, statusText, headers }: Head): Response {
    const body = this.#responseBody.body()
    const complete = this.#complete
    const response: Mutable<Response> = { status, statusText, headers, body, complete }
    response.httpVersion = '1.1'
    if (this.#trailers !== undefined) response.trailers = this.#trailers
    return response
  }

  #timings(): Timings | undefined {
    const sent = this.#sent
    if (sent === undefined) return undefined
    const requestEnded = Math.max(this.#requestEnded ?? sent.at, sent.at)
    const timings: Mutable<Timings> = { ...sent.opened, send: requestEnded - sent.at }
    if (this.#headed === undefined) return timings
    timings.wait = Math.max(this.#headed - requestEnded, 0)
    if (this.#ended !== undefined) timings.receive = this.#ended - this.#headed
    return timings
  }

  #finish(): void {
    this.#release()
    this.#ended = performance.now()
    this.#whenOver?.()
    this.#report(this)
  }
}
