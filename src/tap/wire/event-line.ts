import type { Cut } from '../../core/intercept/message.ts'
import type { EventsChange } from './head-plan.ts'

/** An event that is larger passes as it is. */
const eventLimit = 8 * 1024 * 1024
/** So many bytes may wait before no more are taken from the upstream. */
const waitingLimit = 1024 * 1024

/** Where a body goes. */
export interface Onwards {
  data(chunk: Buffer): void
  cut(how: Cut): void
  failed(error: unknown): void
  /** No more is to come for now, or is again. */
  pause(): void
  resume(): void
}

/** The events of a stream on their way to the client: each goes once those before it have gone. */
export class EventLine {
  readonly #change: EventsChange
  readonly #onwards: Onwards
  #rest = ''
  #waiting = 0
  #last: Promise<void> = Promise.resolve()
  #isCut = false

  constructor(change: EventsChange, onwards: Onwards) {
    this.#change = change
    this.#onwards = onwards
  }

  take(chunk: Buffer): void {
    this.#rest += chunk.toString('latin1')
    for (;;) {
      const block = /^[^]*?(?:\r\n\r\n|\n\r?\n|\r\r)/.exec(this.#rest)?.[0]
      if (block === undefined) break
      this.#rest = this.#rest.slice(block.length)
      this.#add(Buffer.from(block, 'latin1'))
    }
    if (this.#rest.length <= eventLimit) return
    this.#change.passes()
    this.#passRest()
  }

  /** Once everything before has gone. */
  end(then: () => void): void {
    this.#passRest()
    this.#then(() => Promise.resolve(then()))
  }

  #add(event: Buffer): void {
    this.#waiting += event.length
    if (this.#waiting > waitingLimit) this.#onwards.pause()
    this.#then(async () => {
      const changed = await this.#change.change(event)
      this.#waiting -= event.length
      if (this.#waiting <= waitingLimit) this.#onwards.resume()
      if (Buffer.isBuffer(changed)) return this.#onwards.data(changed)
      this.#isCut = true
      this.#onwards.cut(changed)
    })
  }

  /** What is no whole event, as it is. */
  #passRest(): void {
    const rest = Buffer.from(this.#rest, 'latin1')
    this.#rest = ''
    if (rest.length > 0) this.#then(() => Promise.resolve(this.#onwards.data(rest)))
  }

  #then(next: () => Promise<void>): void {
    this.#last = this.#last
      .then(() => (this.#isCut ? undefined : next()))
      .catch((error: unknown) => {
        this.#isCut = true
        this.#onwards.failed(error)
      })
  }
}
