import { type Event, callEvents, outline } from './core/verdict/event.ts'
import { redactEvent } from './core/redact/event.ts'
import type { Redactor, Safe } from './core/redact/redactor.ts'
import type { Report } from './core/verdict/report.ts'
import { UserError } from './errors.ts'

/** A way out. It gets redacted events only, and must not block. */
export interface Sink {
  /** What it is called when it breaks, such as `The journal`. */
  readonly name?: string
  event(event: Safe<Event>): void
  /** How much of an exchange it looks at, the whole if it does not say. What no sink looks at need not be redacted. */
  readonly exchanges?: 'nothing' | 'outline'
  /** Calls that tell nothing new are told many at a time, and not each as an exchange; or so, but the newest ones whole. */
  readonly calls?: true | 'newest'
  /** Something to wait for, when more has been told than was passed on. */
  ready?(): Promise<void> | undefined
  /** Everything is said: finish files. Without a report before it, leave nothing behind. */
  close?(): Promise<void>
}

/** Is told of a bug in a part of authtap, which costs what that part was doing and nothing else. Without it, bugs are thrown. */
export type Broken = (part: string, error: unknown) => void

export const throwing: Broken = (_part, error) => {
  throw error
}

/**
 * Redacts what there is to tell, once for all sinks, and ends with a report. A sink that breaks loses what it was just
 * told; the others, and what comes after, are told all the same.
 */
export class Telling {
  readonly #redactor: Redactor
  readonly #sinks: readonly Sink[]
  readonly #looked: Detail
  /** How much is looked at of a call that tells nothing new. */
  readonly #lookedAtCalls: Detail
  readonly #broken: Broken

  constructor(redactor: Redactor, sinks: readonly Sink[], broken: Broken = throwing) {
    this.#redactor = redactor
    this.#sinks = sinks
    this.#broken = broken
    this.#looked = mostOf(sinks)
    this.#lookedAtCalls = mostOf(sinks.filter(({ calls }) => calls !== true))
  }

  /** Whether any sink looks at each call that tells nothing new. */
  get showsEachCall(): boolean {
    return this.#lookedAtCalls === 'whole'
  }

  /** Whether any sink looks at exchanges. */
  get showsExchanges(): boolean {
    return this.#looked !== 'nothing'
  }

  tell(events: readonly Event[]): void {
    if (this.#sinks.length === 0) return
    for (const event of events) {
      if (event.type === 'exchange' && this.#looked === 'nothing') continue
      const looked = event.type === 'calls' ? this.#lookedAtCalls : this.#looked
      const safe = this.#redacted(event, looked)
      if (safe === undefined) continue
      if (safe.type === 'calls') this.#tellCalls(safe)
      else for (const sink of this.#sinks) this.#pass(safe, sink)
    }
  }

  /** Many at a time to sinks that take them so, to the others each as an exchange. */
  #tellCalls(event: Safe<Event> & { readonly type: 'calls' }): void {
    for (const sink of this.#sinks) if (sink.calls !== undefined) this.#pass(event, sink)
    const others = this.#sinks.filter(
      ({ calls, exchanges }) => calls === undefined && exchanges !== 'nothing',
    )
    if (others.length === 0) return
    for (const exchange of callEvents(event.calls)) {
      const one: Event = { type: 'exchange', exchange }
      for (const sink of others) this.#pass(one as Safe<Event>, sink)
    }
  }

  #redacted(event: Event, looked: Detail): Safe<Event> | undefined {
    try {
      return redactEvent(looked === 'whole' ? event : outline(event), this.#redactor)
    } catch (error) {
      return void this.#broken(`Redaction (${event.type})`, error)
    }
  }

  #pass(event: Safe<Event>, sink: Sink): void {
    try {
      sink.event(event)
    } catch (error) {
      this.#broken(sink.name ?? 'A way out', error)
    }
  }

  /** Something to wait for, when a sink has been told more than it could pass on. */
  ready(): Promise<void> | undefined {
    const waits = this.#sinks.flatMap((sink) => sink.ready?.() ?? [])
    return waits.length === 0 ? undefined : Promise.all(waits).then(() => {})
  }

  /** The last word: nothing is told after it. */
  async end(report: Report): Promise<void> {
    this.tell([{ type: 'report', report }])
    await this.abandon()
  }

  /**
   * Closes the sinks, all of them whatever one says. Without a report before it, they leave nothing behind. Rejects with
   * the first UserError: a file that was asked for is not whole.
   */
  async abandon(): Promise<void> {
    const ends = await Promise.allSettled(this.#sinks.map(async (sink) => sink.close?.()))
    const failed = ends.flatMap((end, index) =>
      end.status === 'rejected'
        ? [{ error: end.reason as unknown, sink: this.#sinks[index]! }]
        : [],
    )
    for (const { error, sink } of failed)
      if (!(error instanceof UserError)) this.#broken(sink.name ?? 'A way out', error)
    const unwritten = failed.find(({ error }) => error instanceof UserError)
    if (unwritten !== undefined) throw unwritten.error
  }
}

type Detail = 'nothing' | 'outline' | 'whole'

function mostOf(sinks: readonly Sink[]): Detail {
  const looks = new Set(sinks.map((sink) => sink.exchanges ?? 'whole'))
  return (['whole', 'outline'] as const).find((one) => looks.has(one)) ?? 'nothing'
}

/** A sink with a redactor of its own: where the others get secrets, because the user asked for them, it gets none. */
export function redacting(sink: Sink, redactor: Redactor): Sink {
  const telling = new Telling(redactor, [sink])
  return {
    ...(sink.name === undefined ? {} : { name: sink.name }),
    calls: true,
    event: (event) => {
      if (event.type === 'exchange') redactor.learn(event.exchange.exchange)
      telling.tell([event])
    },
    ready: () => telling.ready(),
    close: () => telling.abandon(),
  }
}
