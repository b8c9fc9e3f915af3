import { Signatures } from './core/signatures.ts'
import type { FetchKeys } from './core/wire/key-sets.ts'
import { CallBatch } from './core/verdict/call-batch.ts'
import { type Event, exchangeEvent } from './core/verdict/event.ts'
import type { Model } from './core/flow/ordinary.ts'
import type { Exchange } from './core/wire/exchange.ts'
import type { Redactor } from './core/redact/redactor.ts'
import { Session, type SessionOptions } from './core/session.ts'
import type { Report } from './core/verdict/report.ts'
import { counted } from './core/verdict/words.ts'
import { type Broken, type Sink, Telling, throwing } from './telling.ts'

/** Exchanges that were recorded: all there are, and again as often as they are asked for. */
export interface Recording {
  readonly size: number
  exchanges(): AsyncIterable<Exchange>
  /** Once they were gone through: whether they are all that happened. */
  outcome(): { readonly complete: boolean }
}

/** Whoever waits while a recording is gone through: is told how far it is, and may have enough. */
export interface Listener {
  say(doing: string): void
  readonly stopped: boolean
}

export interface RunOptions {
  readonly session: SessionOptions
  readonly redactor: Redactor
  readonly sinks: readonly Sink[]
  /** Sees what came of each exchange with its secrets, for what is shown only once all of them are known. */
  readonly taken?: (exchange: Exchange, events: readonly Event[]) => void
  readonly broken?: Broken
  /** Whether there is room for another live exchange that tells something new; without it, always. */
  readonly hasRoom?: (() => boolean) | undefined
  /** Fetches the keys of authorization servers; without it, signatures are checked with those that are seen. */
  readonly fetchKeys?: FetchKeys | undefined
}

/** So long calls that tell nothing new wait to be told together, in milliseconds. */
const callsInterval = 100

/** So long may the end wait for keys and checks, in milliseconds. */
const patience = 1500

/** So long may judging hold the event loop before traffic gets its turn, in milliseconds. */
const slice = 8

/** Milliseconds that this process has computed: on a busy machine it waits longer than that. */
function computed(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/**
 * The shell loop: exchanges in, redacted events out. Live exchanges wait in a queue that is worked off between the proxy's
 * own doings, so nothing on the forwarding path waits for a rule or a sink; recorded ones are replayed past the same rules
 * and sinks.
 */
export class Run {
  readonly session: Session
  readonly redactor: Redactor
  readonly signatures: Signatures
  readonly #telling: Telling
  readonly #taken: RunOptions['taken']
  readonly #broken: Broken
  readonly #hasRoom: () => boolean
  #queue: Exchange[] = []
  #scheduled = false
  #clock: NodeJS.Timeout | undefined
  #judging: NodeJS.Timeout | undefined
  /** Milliseconds to wait before judging again. */
  #pause = 0
  /** Calls that tell nothing new and are to be told together. */
  readonly #calls = new CallBatch()
  #callsDue: NodeJS.Timeout | undefined
  #hurry: { isLate(): boolean; leftOut(count: number): void } | undefined
  /** When a replay has to let others have their turn. */
  #turn = 0

  constructor(options: RunOptions) {
    const { session, redactor, sinks, taken, broken = throwing, fetchKeys } = options
    this.signatures = new Signatures({
      fetch: fetchKeys,
      found: (exchanges) => this.#found(exchanges),
      failed: (error) => broken('Checking signatures', error),
    })
    this.session = new Session({ ...session, shown: (step) => this.signatures.see(step) })
    this.redactor = redactor
    this.#telling = new Telling(redactor, sinks, broken)
    this.#taken = taken
    this.#broken = broken
    this.#hasRoom = options.hasRoom ?? (() => true)
  }

  /** Takes an exchange in, to be judged soon. */
  take(exchange: Exchange): void {
    this.#queue.push(exchange)
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => this.#work())
  }

  /** Lets silence speak while the session is live. */
  startClock(): void {
    const advance = () => this.session.advance(Date.now())
    this.#clock = setInterval(() => this.#fenced('Judging', advance), 1000)
    this.#clock.unref()
  }

  /**
   * Takes in what was recorded, none of it faster than the sinks can tell it, to be judged when all is there. Where
   * exchanges are shown, every secret is learnt before the first of them is told: what an early one quotes of a late one is
   * known by then. False when it was stopped.
   */
  async replay(recording: Recording, listener: Listener): Promise<boolean> {
    const learn = (exchange: Exchange) => this.redactor.learn(exchange)
    const take = (exchange: Exchange) => {
      this.#ingest(exchange, true)
      return this.signatures.done()
    }
    const done =
      (!this.#telling.showsExchanges ||
        (await this.#each(recording, listener, 'looking for secrets', learn))) &&
      (await this.#each(recording, listener, 'judging', take))
    if (!done || !recording.outcome().complete) this.session.markIncomplete()
    return done
  }

  /** False when it was stopped. */
  async #each(
    recording: Recording,
    listener: Listener,
    doing: string,
    act: (exchange: Exchange) => void | Promise<unknown>,
  ): Promise<boolean> {
    const all = counted(recording.size, 'exchange')
    let place = 0
    for await (const exchange of recording.exchanges()) {
      const acted = act(exchange)
      if (acted !== undefined) await acted
      listener.say(`${doing}: ${(place += 1)} of ${all}`)
      const waiting = this.#telling.ready()
      if (waiting !== undefined || performance.now() > this.#turn) await this.#giveWay(waiting)
      if (listener.stopped) return false
    }
    return true
  }

  /** Sinks, keys and signals have their turn, and nothing piles up. */
  async #giveWay(waiting: Promise<void> | undefined): Promise<void> {
    await new Promise(setImmediate)
    await waiting
    this.#turn = performance.now() + slice
  }

  #work(): void {
    this.#scheduled = false
    const deadline = performance.now() + slice
    let index = 0
    while (index < this.#queue.length && performance.now() < deadline)
      this.#ingest(this.#queue[index++]!)
    this.#queue = index === this.#queue.length ? [] : this.#queue.slice(index)
    this.#judgeSoon()
    if (this.#queue.length === 0) return
    this.#scheduled = true
    setImmediate(() => this.#work())
  }

  /** @param isRecorded each exchange is told whole, as it was recorded */
  #ingest(exchange: Exchange, isRecorded = false): void {
    this.#fenced(`Taking in exchange ${exchange.id}`, () => {
      const model = this.session.count(exchange)
      if (model !== undefined && !isRecorded) return this.#hold(exchange, model)
      if (!isRecorded && !this.#hasRoom()) {
        this.session.markIncomplete()
        return []
      }
      // Nobody will be shown any of it.
      if (model !== undefined && !this.#telling.showsExchanges && this.#taken === undefined)
        return []
      this.#tellCalls()
      this.redactor.learn(exchange)
      const events =
        model === undefined
          ? this.session.ingest(exchange)
          : [exchangeEvent(model.step, model.flow.id, exchange)]
      this.#taken?.(exchange, events)
      return events
    })
  }

  #hold(exchange: Exchange, model: Model): readonly Event[] {
    this.#calls.add(exchange, model, this.#telling.showsEachCall)
    this.#callsDue ??= setTimeout(() => this.#tellCalls(), callsInterval)
    return []
  }

  #tellCalls(): void {
    clearTimeout(this.#callsDue)
    this.#callsDue = undefined
    this.#telling.tell(this.#calls.take())
  }

  /** What is found of signatures comes as a later version of the exchange that holds them. */
  #found(exchanges: readonly Exchange[]): void {
    for (const exchange of exchanges)
      this.#fenced(`Taking in exchange ${exchange.id}`, () => this.session.ingest(exchange))
    if (this.#clock !== undefined) this.#judgeSoon()
  }

  /** Tells what this gives; where it breaks, that is all that is lost. */
  #fenced(part: string, act: () => readonly Event[]): void {
    let events: readonly Event[] = []
    try {
      events = act()
    } catch (error) {
      // Whatever it was is missing in what is judged.
      this.session.markIncomplete()
      this.#broken(part, error)
    }
    this.#telling.tell(events)
  }

  #judgeSoon(): void {
    if (this.session.stale && this.#judging === undefined)
      this.#judging = setTimeout(() => this.#judge(), this.#pause)
  }

  /** Judging gets a fifth of the time at most: the longer it takes, the longer it waits for more to judge at once. */
  #judge(): void {
    this.#judging = undefined
    const began = performance.now()
    this.#fenced('Judging', () => this.session.judge())
    this.#pause = Math.min(1000, (performance.now() - began) * 4)
  }

  /** Judges now what came, for whoever goes on by what was found. */
  catchUp(): void {
    this.#drain()
    this.#judge()
  }

  /** Somebody waits for the end: what cannot be taken in within `limit` milliseconds of computing is left out. */
  hurry(limit: number, leftOut: (count: number) => void): void {
    const until = computed() + limit
    this.#hurry = { isLate: () => computed() > until, leftOut }
  }

  #drain(): void {
    clearTimeout(this.#judging)
    const queue = this.#queue.splice(0)
    const hurry = this.#hurry
    let taken = 0
    while (taken < queue.length && hurry?.isLate() !== true) this.#ingest(queue[taken++]!)
    this.#tellCalls()
    if (hurry === undefined || taken === queue.length) return
    this.session.markIncomplete()
    hurry.leftOut(queue.length - taken)
  }

  /** Nothing more will come: judges what still waits, and what silence says. */
  settle(): void {
    clearInterval(this.#clock)
    this.#drain()
    this.#fenced('Judging', () => this.session.settle())
  }

  /** Waits for the checks of signatures in all that came in, but not for long. */
  async verified(): Promise<void> {
    this.#drain()
    const checks = this.signatures.done()
    if (checks === undefined) return
    await Promise.race([checks, new Promise((done) => setTimeout(done, patience).unref())])
  }

  /** Settles, tells the report and closes the sinks. */
  async finish(): Promise<Report> {
    await this.verified()
    this.settle()
    const report = this.session.report()
    await this.#telling.end(report)
    return report
  }

  /** Closes the sinks without a report: nothing could be judged. */
  async abandon(): Promise<void> {
    clearInterval(this.#clock)
    clearTimeout(this.#judging)
    clearTimeout(this.#callsDue)
    await this.#telling.abandon()
  }
}
