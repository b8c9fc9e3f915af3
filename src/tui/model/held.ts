import { type Call, type Calls, type ExchangeEvent, callEvents } from '../../core/verdict/event.ts'
import type { Safe } from '../../core/redact/redactor.ts'

export interface HeldLimits {
  /** Calls of MCP that did what they should: there may be any number of them. */
  readonly ordinary: number
  /** Everything else. */
  readonly telling: number
  /** Bytes of all bodies together. */
  readonly bytes: number
}

export const heldLimits: HeldLimits = { ordinary: 500, telling: 3000, bytes: 32 * 1024 * 1024 }

/** Of a capture everything is to be looked at; it does not grow. */
export const captureLimits: HeldLimits = {
  ordinary: 100_000,
  telling: 100_000,
  bytes: 256 * 1024 * 1024,
}

type Held = Safe<ExchangeEvent>

/** A call of which nothing but its numbers was kept: it is made whole when somebody looks at it. */
interface Like {
  readonly model: Calls['model']
  readonly call: Call
}

function whole(held: Held | Like): Held {
  if ('exchange' in held) return held
  const [event] = callEvents({ model: held.model, calls: [held.call] })
  return event as Held
}

/**
 * Exchanges with all that is in them. The newest are held, and those that a finding shows as evidence; of the others only
 * the row in the list is left.
 */
export class HeldExchanges {
  readonly #limits: HeldLimits
  readonly #shelves = {
    ordinary: new Map<string, Held | Like>(),
    telling: new Map<string, Held>(),
    evidence: new Map<string, Held>(),
  }
  #bytes = 0

  constructor(limits: HeldLimits = heldLimits) {
    this.#limits = limits
  }

  get size(): number {
    return Object.values(this.#shelves).reduce((sum, shelf) => sum + shelf.size, 0)
  }

  get(id: string): Held | undefined {
    const { ordinary, telling, evidence } = this.#shelves
    const held = evidence.get(id) ?? telling.get(id) ?? ordinary.get(id)
    return held === undefined ? undefined : whole(held)
  }

  /** In the order in which they began. */
  all(): Held[] {
    return Object.values(this.#shelves)
      .flatMap((shelf) => [...shelf.values()].map(whole))
      .sort((a, b) => a.exchange.startedAt - b.exchange.startedAt)
  }

  keep(event: Held): void {
    const { id } = event.exchange
    const { ordinary, telling, evidence } = this.#shelves
    const isEvidence = evidence.has(id)
    this.#drop(id)
    const shelf = isEvidence
      ? evidence
      : event.step.kind === 'mcp' && event.step.ok
        ? ordinary
        : telling
    shelf.set(id, event)
    this.#bytes += bytesOf(event)
    this.#trim()
  }

  /** Calls that are like one before them, and are new. */
  keepCalls({ model, calls }: Safe<Calls>): void {
    const { ordinary } = this.#shelves
    for (const call of calls.slice(-this.#limits.ordinary)) {
      if (call.exchange === undefined) ordinary.set(call.id, { model, call })
      else for (const event of callEvents({ model, calls: [call] })) this.keep(event as Held)
    }
    this.#trim()
  }

  /** A finding shows it: it stays. */
  keepAsEvidence(id: string): void {
    const { evidence } = this.#shelves
    if (evidence.has(id) || evidence.size >= this.#limits.telling) return
    const event = this.get(id)
    if (event === undefined) return
    this.#drop(id)
    evidence.set(id, event)
    this.#bytes += bytesOf(event)
  }

  clear(): void {
    for (const shelf of Object.values(this.#shelves)) shelf.clear()
    this.#bytes = 0
  }

  #trim(): void {
    const { ordinary, telling } = this.#shelves
    while (ordinary.size > this.#limits.ordinary) this.#dropOldest(ordinary)
    while (telling.size > this.#limits.telling) this.#dropOldest(telling)
    while (this.#bytes > this.#limits.bytes && ordinary.size + telling.size > 1)
      this.#dropOldest(ordinary.size > 0 ? ordinary : telling)
  }

  #dropOldest(shelf: Map<string, Held> | Map<string, Held | Like>): void {
    this.#drop(shelf.keys().next().value!)
  }

  #drop(id: string): void {
    for (const shelf of Object.values(this.#shelves)) {
      const event = shelf.get(id)
      if (event === undefined) continue
      this.#bytes -= bytesOf(event)
      shelf.delete(id)
    }
  }
}

function bytesOf(held: Held | Like): number {
  if (!('exchange' in held)) return 0
  const { exchange } = held
  return exchange.request.body.bytes.length + (exchange.response?.body.bytes.length ?? 0)
}
