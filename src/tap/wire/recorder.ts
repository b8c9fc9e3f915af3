import type { Exchange } from '../../core/wire/exchange.ts'
import { type Opening, Recording } from './record.ts'

/** How often open exchanges are looked at, in milliseconds. */
const lookInterval = 250

/** Hands exchanges on, never from within the forwarding path. */
export class Recorder {
  readonly #bodyLimit: number
  readonly #emit: (exchange: Exchange) => void
  readonly #reportBug: (error: unknown) => void
  /** A new list each time: a Set that is filled and emptied keeps what was in it alive for long. */
  #due: Recording[] = []
  #scheduled = false
  #count = 0
  /** Exchanges that are not over, in no order. */
  readonly #open: Recording[] = []
  #looking: NodeJS.Timeout | undefined

  /**
   * @param bodyLimit bytes kept of each body
   * @param reportBug told when `emit` throws
   */
  constructor(
    bodyLimit: number,
    emit: (exchange: Exchange) => void,
    reportBug: (error: unknown) => void,
  ) {
    this.#bodyLimit = bodyLimit
    this.#emit = emit
    this.#reportBug = reportBug
  }

  begin(opening: Opening): Recording {
    const recording = new Recording(String(++this.#count), opening, this.#bodyLimit, (one) => {
      if (one.isOver) this.#close(one)
      this.#report(one)
    })
    recording.place = this.#open.push(recording) - 1
    this.#looking ??= setInterval(() => this.#look(), lookInterval).unref()
    return recording
  }

  get openCount(): number {
    return this.#open.length
  }

  /** Those that wait for an answer to the same request as this one, itself among them. */
  openLike(recording: Recording): readonly Recording[] {
    return this.#open.filter((one) => one.asksLike(recording))
  }

  /** The last one takes its place: costs the same however many are open, and holds on to nothing. */
  #close(over: Recording): void {
    const last = this.#open.pop()!
    if (last === over) return
    this.#open[over.place] = last
    last.place = over.place
  }

  #look(): void {
    const now = performance.now()
    for (const recording of this.#open) if (recording.hasNews(now)) this.#report(recording)
    if (this.#open.length > 0) return
    clearInterval(this.#looking)
    this.#looking = undefined
  }

  /** Reports at once what is waiting to be reported. */
  flush(): void {
    const due = this.#due
    this.#due = []
    for (const recording of due) {
      recording.due = false
      try {
        this.#emit(recording.report())
      } catch (error) {
        // Whoever listens has a bug. Traffic goes on all the same.
        this.#reportBug(error)
      }
    }
  }

  #report(recording: Recording): void {
    if (recording.due) return
    recording.due = true
    this.#due.push(recording)
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.flush()
    })
  }
}
