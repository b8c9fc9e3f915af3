import { STATUS_CODES } from 'node:http'
import type { Failure } from '../../core/wire/exchange.ts'
import type { Cut, Pace } from '../../core/intercept/message.ts'
import type { ClientResponse } from './client-response.ts'
import type { Link } from './connect.ts'
import type { Connection, GoneBecause, Waiting } from './connections.ts'
import { cutOnPurpose, goneFailure, unsupported } from './gone.ts'
import type { Ending } from './failure.ts'
import type { ChangedWhole, Head, HeadPlan, TranslatedHead } from './head-plan.ts'
import { toPairs } from './headers.ts'
import type { Recording } from './record.ts'
import type { RequestBody } from './request-body.ts'
import { StreamBody } from './stream-body.ts'
import { trickle } from './trickle.ts'
import type { Arriving, FlatHeaders, Flight, Transport } from './transport.ts'

/** A request as the upstream is to get it. */
export interface WireRequest {
  readonly origin: string
  readonly method: string
  readonly target: string
  readonly headers: FlatHeaders
  readonly body: RequestBody
}

/** What becomes of the upstream's response. */
export interface Returning {
  head(head: Head): HeadPlan | Promise<HeadPlan>
  /** Makes the request again. */
  again(): void
  /** The response is complete. */
  ended(): void
}

type Plan = HeadPlan | 'pending'

/** One request on its way to the upstream and the response on its way back. */
export class RoundTrip implements Arriving, Waiting {
  readonly #request: WireRequest
  readonly #recording: Recording
  readonly #clientResponse: ClientResponse
  readonly #connection: Connection
  readonly #returning: Returning
  #flight: Flight | undefined
  #head: Head | undefined
  #plan: Plan = 'pending'
  /** What arrived while the plan was being made. */
  #held: (() => void)[] = []
  #whole: Buffer[] = []
  #size = 0
  /** Undefined where the body flows by as it is. */
  #stream: StreamBody | undefined
  #sent = false
  /** Goes on to the upstream although its client has gone. */
  #outlives = false
  #over = false

  constructor(
    request: WireRequest,
    recording: Recording,
    clientResponse: ClientResponse,
    connection: Connection,
    returning: Returning,
  ) {
    this.#request = request
    this.#recording = recording
    this.#clientResponse = clientResponse
    this.#connection = connection
    this.#returning = returning
  }

  start(transport: Pick<Transport, 'send'>): void {
    const { body, headers, origin, method, target } = this.#request
    this.#connection.enter(this)
    if (this.#over && !this.#outlives) return
    this.#flight = transport.send(
      {
        origin,
        method,
        path: target,
        headers,
        body: body.kind === 'none' ? undefined : body.kind === 'whole' ? body.bytes : body.stream,
        length: body.kind === 'stream' ? body.length : undefined,
      },
      this,
    )
    this.#clientResponse.follow(this.#flight)
  }

  clientGone(because: GoneBecause): void {
    if (this.#over) return
    this.#over = true
    // A request that a client made whole before it left reaches a server that it speaks to directly.
    this.#outlives = !this.#sent && this.#request.body.kind !== 'stream' && because === 'closed'
    if (!this.#outlives) this.#flight?.abort()
    this.#recording.fail(goneFailure(because))
  }

  sent(link: Link): void {
    this.#sent = true
    this.#recording.sent(link)
    if (this.#over) setImmediate(() => this.#flight?.abort())
  }

  interim(status: number, statusText: string, headers: FlatHeaders): void {
    if (this.#over) return
    this.#clientResponse.interim(status, statusText, headers)
  }

  head(status: number, statusText: string, headers: FlatHeaders): void {
    if (this.#over) return
    const head = { status, statusText, headers: toPairs(headers) }
    this.#head = head
    this.#recording.head(status, Buffer.from(statusText, 'latin1').toString('utf8'), head.headers)
    const plan = this.#returning.head(head)
    if (!(plan instanceof Promise)) return this.#follow(plan)
    this.#flight?.pause()
    plan.then(
      (made) => {
        if (this.#over) return
        this.#follow(made)
        for (const late of this.#held.splice(0)) late()
        this.#flight?.resume()
      },
      (error: unknown) => this.#reportBug(error),
    )
  }

  data(chunk: Buffer): void {
    if (this.#over) return
    this.#recording.data(chunk)
    if (this.#plan === 'pending') this.#held.push(() => this.#pass(chunk))
    else this.#pass(chunk)
  }

  end(trailers: FlatHeaders): void {
    if (this.#plan === 'pending') this.#held.push(() => this.#finish(trailers))
    else this.#finish(trailers)
  }

  failed(failure: Failure, ending: Ending): void {
    const fail = () => this.#fail(failure, ending)
    if (this.#head !== undefined && this.#plan === 'pending') this.#held.push(fail)
    else if (this.#stream !== undefined) this.#stream.end(fail)
    else fail()
  }

  #follow(plan: HeadPlan): void {
    this.#plan = plan
    if (plan.kind === 'again') {
      this.#leave()
      this.#flight?.abort()
      return this.#returning.again()
    }
    this.#recording.touched.push(...plan.touches)
    if (plan.kind === 'stream') {
      if ((plan.opening ?? plan.events) !== undefined) this.#stream = this.#streamBody(plan)
      this.#sendHead(plan)
      this.#recording.headTranslated()
    }
    if (plan.kind === 'cut') this.#cutHere(plan.reset ? 'reset' : 'closed')
  }

  #sendHead({ headers, status }: Pick<TranslatedHead, 'headers' | 'status'>): void {
    const head = this.#head!
    const isOwn = status === undefined || status === head.status
    try {
      if (isOwn) this.#clientResponse.head(head.status, head.statusText, headers)
      else this.#clientResponse.head(status, STATUS_CODES[status] ?? '', headers)
    } catch (error) {
      this.#reportBug(error)
    }
  }

  #pass(chunk: Buffer): void {
    const plan = this.#plan
    if (this.#over || plan === 'pending' || plan.kind === 'again' || plan.kind === 'cut') return
    if (plan.kind === 'whole') return this.#gather(chunk, plan)
    if (this.#stream === undefined) this.#clientResponse.data(chunk)
    else this.#stream.take(chunk)
  }

  #streamBody(plan: ConstructorParameters<typeof StreamBody>[0]): StreamBody {
    return new StreamBody(plan, {
      touched: (touch) => this.#recording.touched.push(touch),
      data: (chunk) => {
        if (!this.#over) this.#clientResponse.data(chunk)
      },
      cut: ({ how }) => this.#cutHere(how),
      failed: (error) => this.#reportBug(error),
      pause: () => this.#flight?.pause(),
      resume: () => this.#flight?.resume(),
    })
  }

  #cutHere(how: Cut['how']): void {
    this.#stream = undefined
    this.#flight?.abort()
    this.#fail(cutOnPurpose, how)
  }

  #gather(chunk: Buffer, { headers, limit, passes }: HeadPlan & { kind: 'whole' }): void {
    this.#whole.push(chunk)
    this.#size += chunk.length
    if (this.#size <= limit) return
    passes?.()
    this.#release(headers)
  }

  /** Lets a body flow that was to be changed as a whole. */
  #release(headers: FlatHeaders): void {
    this.#plan = { kind: 'stream', headers, touches: [] }
    this.#sendHead({ headers })
    for (const chunk of this.#whole.splice(0)) this.#clientResponse.data(chunk)
  }

  #finish(trailers: FlatHeaders): void {
    const plan = this.#plan
    if (this.#over || plan === 'pending' || plan.kind === 'again' || plan.kind === 'cut') return
    if (plan.kind === 'whole') {
      plan.change(Buffer.concat(this.#whole)).then(
        (changed) => this.#sendWhole(changed, trailers),
        (error: unknown) => this.#reportBug(error),
      )
    } else if (this.#stream !== undefined) this.#stream.end(() => this.#close(trailers))
    else this.#close(trailers)
  }

  #sendWhole(changed: ChangedWhole, trailers: FlatHeaders): void {
    if (this.#over) return
    const { touches, body, cut, pace } = changed
    this.#recording.touched.push(...touches)
    if (pace !== undefined) return this.#trickle(changed, pace, trailers)
    if (cut?.after !== 'nothing') this.#sendHead(changed)
    if (cut !== undefined) return this.#cut(cut, body, trailers)
    if (body.length > 0) this.#clientResponse.data(body)
    this.#close(trailers)
  }

  #trickle(changed: ChangedWhole, pace: Pace, trailers: FlatHeaders): void {
    trickle(changed.body, pace, {
      isOver: () => this.#over,
      head: () => this.#sendHead(changed),
      data: (chunk) => this.#clientResponse.data(chunk),
      end: () => this.#close(trailers),
    })
  }

  #close(trailers: FlatHeaders): void {
    if (this.#over) return
    this.#done(trailers)
    this.#clientResponse.end(trailers)
    this.#returning.ended()
  }

  /** What the upstream sent is complete; the client does not get all of it. */
  #cut({ how, after }: Cut, body: Buffer, trailers: FlatHeaders): void {
    if (after === 'half') this.#clientResponse.data(body.subarray(0, body.length >> 1))
    this.#done(trailers)
    // What was written is sent by then.
    setImmediate(() => {
      this.#clientResponse.broken(how === 'reset', () => this.#connection.cut())
    })
  }

  #done(trailers: FlatHeaders): void {
    this.#leave()
    this.#recording.end(toPairs(trailers))
  }

  /** A response of ours would be taken for the upstream's: what it ended ends the same way for the client. */
  #fail(failure: Failure, ending: Ending): void {
    if (this.#over) return
    const plan = this.#plan
    if (plan !== 'pending' && plan.kind === 'whole') this.#release(plan.headers)
    this.#leave()
    this.#recording.fail(failure)
    if (ending !== 'unsupported' || this.#clientResponse.started)
      this.#clientResponse.broken(ending === 'reset', () => this.#connection.cut())
    else this.#clientResponse.own(501, unsupported(this.#request.origin, failure))
  }

  /** What came from the upstream cannot be passed on, or we have a bug. Either way this exchange is over, and only this one. */
  #reportBug(error: unknown): void {
    if (this.#over) return
    this.#flight?.abort()
    const message = error instanceof Error ? error.message : String(error)
    this.#plan = { kind: 'stream', headers: [], touches: [] }
    this.#fail({ phase: 'http', code: 'ECANNOTPASS', message }, 'unsupported')
  }

  #leave(): void {
    this.#over = true
    this.#connection.leave(this)
  }
}
