import type { Touch } from '../../core/wire/exchange.ts'
import { EventLine, type Onwards } from './event-line.ts'
import type { EventsChange, OpeningChange } from './head-plan.ts'

/** A body that flows by and is changed on its way: its events first, then its opening. */
export class StreamBody {
  readonly #opening: OpeningChange | undefined
  readonly #events: EventLine | undefined
  readonly #onwards: Onwards & { touched(touch: Touch): void }

  constructor(
    { opening, events }: { readonly opening?: OpeningChange; readonly events?: EventsChange },
    onwards: Onwards & { touched(touch: Touch): void },
  ) {
    this.#onwards = onwards
    this.#opening = opening
    const line = { ...onwards, data: (chunk: Buffer) => this.#give(chunk) }
    this.#events = events && new EventLine(events, line)
  }

  take(chunk: Buffer): void {
    if (this.#events === undefined) this.#give(chunk)
    else this.#events.take(chunk)
  }

  /** Once everything before has gone. */
  end(then: () => void): void {
    const finish = (): void => {
      const rest = this.#opening?.rest()
      if (rest !== undefined && rest.length > 0) this.#onwards.data(rest)
      then()
    }
    if (this.#events === undefined) finish()
    else this.#events.end(finish)
  }

  #give(chunk: Buffer): void {
    const changed =
      this.#opening === undefined
        ? chunk
        : this.#opening.change(chunk, (touch) => this.#onwards.touched(touch))
    if (changed !== undefined && changed.length > 0) this.#onwards.data(changed)
  }
}
