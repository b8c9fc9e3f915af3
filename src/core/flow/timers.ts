import type { Exchange } from '../wire/exchange.ts'

/** How long silence lasts before a rule may speak about it, in milliseconds. */
export interface Timers {
  /** A successor on the back channel. */
  readonly backChannel: number
  /** The first use of a token. */
  readonly firstUse: number
  /** A person at a login page. */
  readonly user: number
}

export const defaultTimers: Timers = { backChannel: 15_000, firstUse: 60_000, user: 300_000 }

/** How long nothing has happened, by a clock that is moved from outside. */
export class Silence {
  readonly #timers: Timers
  #lastActivity = 0
  #now = 0
  #settled = false

  constructor(timers: Timers) {
    this.#timers = timers
  }

  /** When something happened last, in milliseconds since the epoch. */
  get since(): number {
    return this.#lastActivity
  }

  /** Nothing more will come: quiet for long enough, end of file, or shutdown. */
  get settled(): boolean {
    return this.#settled
  }

  break({ startedAt, endedAt = startedAt }: Exchange): void {
    if (endedAt > this.#lastActivity) this.#lastActivity = endedAt
    if (this.#lastActivity > this.#now) this.#now = this.#lastActivity
    this.#settled = false
  }

  advance(now: number): void {
    if (now > this.#now) this.#now = now
    if (this.#now - this.#lastActivity >= this.#timers.user) this.#settled = true
  }

  settle(): void {
    this.#settled = true
  }

  waited(timer: keyof Timers): boolean {
    return this.#settled || this.#now - this.#lastActivity >= this.#timers[timer]
  }
}
