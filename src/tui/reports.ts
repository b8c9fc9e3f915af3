import type { Event } from '../core/verdict/event.ts'
import type { Safe } from '../core/redact/redactor.ts'
import type { Report } from '../core/verdict/report.ts'
import type { Model } from './model/model.ts'

/** Reports are asked for no more often than this, and than twenty times what one costs, in milliseconds. */
const gap = 150

/** Asks for a new report when the old one is no longer true, but not for every frame. */
export class Reports {
  readonly #model: Model
  readonly #report: () => Safe<Report>
  readonly #later: () => void
  #reported = -1
  #next = 0
  #timer: NodeJS.Timeout | undefined

  /** `later`: draw again, then there may be one. */
  constructor(model: Model, report: () => Safe<Report>, later: () => void) {
    this.#model = model
    this.#report = report
    this.#later = later
  }

  refresh(now = false): void {
    if (this.#reported === this.#model.version) return
    const before = performance.now()
    if (before < this.#next && !now) return this.#wait(this.#next - before)
    this.#reported = this.#model.version
    const event: Event = { type: 'report', report: this.#report() }
    this.#model.take(event as Safe<Event>)
    const after = performance.now()
    this.#next = after + Math.max(gap, (after - before) * 20)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #wait(milliseconds: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#later()
    }, milliseconds)
    this.#timer.unref()
  }
}
