import { type Event, outline } from './core/verdict/event.ts'
import type { Exchange } from './core/wire/exchange.ts'
import { redactEvent } from './core/redact/event.ts'
import type { Redactor, Safe } from './core/redact/redactor.ts'
import type { Report } from './core/verdict/report.ts'
import { Session, type SessionOptions } from './core/session.ts'

/** A way out. It gets redacted events only, and must not block. */
export interface Sink {
  event(event: Safe<Event>): void
  /** How much of an exchange it looks at, the whole if it does not say. What no sink looks at need not be redacted. */
  readonly exchanges?: 'nothing' | 'outline'
  /** Something to wait for, when more has been told than was passed on. */
  ready?(): Promise<void> | undefined
  /** Everything is said: finish files. Without a report before it, leave nothing behind. */
  close?(): Promise<void>
}

export interface RunOptions {
  readonly session: SessionOptions
  readonly redactor: Redactor
  readonly sinks: readonly Sink[]
}

/** So long may judging hold the event loop before traffic gets its turn, in milliseconds. */
const slice = 8

/**
 * The shell loop: exchanges in, redacted events out. Exchanges wait in a queue that is worked off between the proxy's own
 * doings, so nothing on the forwarding path waits for a rule or a sink.
 */
export class Run {
  readonly session: Session
  readonly #redactor: Redactor
  readonly #sinks: readonly Sink[]
  readonly #looked: 'nothing' | 'outline' | 'whole'
  #queue: Exchange[] = []
  #scheduled = false
  #clock: NodeJS.Timeout | undefined
  #judging: NodeJS.Timeout | undefined
  /** Milliseconds to wait before judging again. */
  #pause = 0
  /** When whoever replays has to let others have their turn. */
  #turn = 0

  constructor({ session, redactor, sinks }: RunOptions) {
    this.session = new Session(session)
    this.#redactor = redactor
    this.#sinks = sinks
    const looks = new Set(sinks.map((sink) => sink.exchanges ?? 'whole'))
    this.#looked = (['whole', 'outline'] as const).find((one) => looks.has(one)) ?? 'nothing'
  }

  /** Takes an exchange in, to be judged soon. */
  take(exchange: Exchange): void {
    this.#queue.push(exchange)
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => this.#work())
  }

  /** Whether any sink looks at exchanges. Then what is recorded has to be learnt before the first of them is told. */
  get showsExchanges(): boolean {
    return this.#looked !== 'nothing'
  }

  /**
   * Takes in an exchange of a recorded session at once, to be judged with all others when it ends. Before the next one wait
   * for what is returned: then sinks and signals have their turn, and nothing piles up.
   */
  replay(exchange: Exchange): Promise<void> | undefined {
    this.#ingest(exchange)
    let busy = performance.now() > this.#turn
    for (const sink of this.#sinks) if (sink.ready?.() !== undefined) busy = true
    return busy ? this.#giveWay() : undefined
  }

  async #giveWay(): Promise<void> {
    await new Promise(setImmediate)
    for (const sink of this.#sinks) await sink.ready?.()
    this.#turn = performance.now() + slice
  }

  /** Lets silence speak while the session is live. */
  startClock(): void {
    this.#clock = setInterval(() => this.#tell(this.session.advance(Date.now())), 1000)
    this.#clock.unref()
  }

  #work(): void {
    this.#scheduled = false
    const deadline = performance.now() + slice
    let index = 0
    while (index < this.#queue.length && performance.now() < deadline)
      this.#ingest(this.#queue[index++]!)
    this.#queue = index === this.#queue.length ? [] : this.#queue.slice(index)
    if (this.session.stale && this.#judging === undefined)
      this.#judging = setTimeout(() => this.#judge(), this.#pause)
    if (this.#queue.length === 0) return
    this.#scheduled = true
    setImmediate(() => this.#work())
  }

  #ingest(exchange: Exchange): void {
    this.#redactor.learn(exchange)
    this.#tell(this.session.ingest(exchange))
  }

  /** Judging gets a fifth of the time at most: the longer it takes, the longer it waits for more to judge at once. */
  #judge(): void {
    this.#judging = undefined
    const began = performance.now()
    this.#tell(this.session.judge())
    this.#pause = Math.min(1000, (performance.now() - began) * 4)
  }

  /** Judges what still waits, settles, tells the report and closes the sinks. */
  async finish(): Promise<Report> {
    clearInterval(this.#clock)
    clearTimeout(this.#judging)
    for (const exchange of this.#queue.splice(0)) this.#ingest(exchange)
    this.#tell(this.session.settle())
    const report = this.session.report()
    this.#tell([{ type: 'report', report }])
    await Promise.all(this.#sinks.map(async (sink) => sink.close?.()))
    return report
  }

  /** Closes the sinks without a report: nothing could be judged. */
  async abandon(): Promise<void> {
    clearInterval(this.#clock)
    clearTimeout(this.#judging)
    await Promise.all(this.#sinks.map(async (sink) => sink.close?.()))
  }

  #tell(events: readonly Event[]): void {
    for (const event of events) {
      if (event.type === 'exchange' && this.#looked === 'nothing') continue
      const shown = this.#looked === 'outline' ? outline(event) : event
      const safe = redactEvent(shown, this.#redactor)
      for (const sink of this.#sinks) sink.event(safe)
    }
  }
}
