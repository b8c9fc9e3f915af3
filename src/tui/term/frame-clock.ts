/** The shortest time between two frames, in milliseconds. */
const frameTime = 1000 / 30
/** The same after a key was pressed: a person waits. */
const keyTime = 8

export interface Clock {
  now(): number
  /** Calls back after so many milliseconds and returns how to call that off. 0 is as soon as this turn is over. */
  after(milliseconds: number, then: () => void): () => void
}

/** When to draw: at once after a rest, at most 30 times a second, not while the terminal is busy, and never in vain. */
export class FrameClock {
  readonly #clock: Clock
  readonly #draw: () => void
  readonly #busy: () => boolean
  #last = -Infinity
  #wanted = false
  #pressed = false
  #due: { readonly at: number; readonly cancel: () => void } | undefined

  constructor(clock: Clock, draw: () => void, busy: () => boolean) {
    this.#clock = clock
    this.#draw = draw
    this.#busy = busy
  }

  /** What is on the screen is no longer true. */
  invalidate(): void {
    this.#wanted = true
    this.#schedule()
  }

  /** A key was pressed: what it changes is shown sooner. */
  hurry(): void {
    this.#pressed = true
    if (this.#wanted) this.#schedule()
  }

  /** The terminal has taken everything. */
  idle(): void {
    if (this.#wanted) this.#schedule()
  }

  /** Nothing is drawn until something is invalid again. */
  stop(): void {
    this.#due?.cancel()
    this.#due = undefined
    this.#wanted = false
  }

  #schedule(): void {
    if (this.#busy()) return
    const now = this.#clock.now()
    const at = Math.max(now, this.#last + (this.#pressed ? keyTime : frameTime))
    if (this.#due !== undefined && this.#due.at <= at) return
    this.#due?.cancel()
    this.#due = { at, cancel: this.#clock.after(at - now, () => this.#fire()) }
  }

  #fire(): void {
    this.#due = undefined
    if (!this.#wanted || this.#busy()) return
    this.#wanted = false
    this.#pressed = false
    this.#last = this.#clock.now()
    this.#draw()
  }
}

export const realClock: Clock = {
  now: () => performance.now(),
  after(milliseconds, then) {
    if (milliseconds <= 0) {
      const immediate = setImmediate(then)
      return () => clearImmediate(immediate)
    }
    const timer = setTimeout(then, milliseconds)
    return () => clearTimeout(timer)
  },
}
