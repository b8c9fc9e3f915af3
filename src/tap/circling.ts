import { loopCode } from '../core/wire/exchange.ts'
import type { Notices } from './notices.ts'
import type { Recording } from './wire/record.ts'
import type { Recorder } from './wire/recorder.ts'

/** So many unanswered requests that are all alike are no reason to look closer. */
const usual = 16
/** So long one of them is kept back, in milliseconds, to see whether others come meanwhile. */
const pause = 100
/** What comes back later than this after it was sent tells nothing, in milliseconds. */
const slowest = 2000
/** The chance, in requests that have nothing to do with one another, that is too small to believe in. */
const tooSmall = 1e-5
/** After requests turned out to be merely alike, none is kept back for so long, in milliseconds. */
const rest = 10_000

interface Trial {
  /** How many were alike when the last one came. */
  alike: number
  /** When the last one was let go; undefined while it is kept back. */
  released: number | undefined
  /** That the last one stayed alone so long is chance, in requests that have nothing to do with one another. */
  chance: number
  letGo: () => void
}

/**
 * Finds requests that come back to us, because an upstream leads to this proxy by a way that cannot be seen from here: over
 * another machine, or another proxy. Nothing is added to them by which they could be known (no `Via`). But one that comes back
 * does so whenever it was sent, and never while it is kept back. What answers, or comes by itself, ends the trial.
 */
export class Circling {
  readonly #recorder: Recorder
  readonly #notices: Notices
  readonly #trials = new Map<string, Trial | 'rests'>()

  constructor(recorder: Recorder, notices: Notices) {
    this.#recorder = recorder
    this.#notices = notices
  }

  /** Undefined when a request may go on; a promise when it has to wait for whether it may. */
  check(recording: Recording): undefined | Promise<'goes' | 'circles'> {
    if (this.#recorder.openCount <= usual) return undefined
    const alike = this.#recorder.openLike(recording)
    if (alike.length <= usual) return undefined
    const key = `${recording.method} ${recording.url}`
    const trial = this.#trials.get(key)
    if (trial === 'rests') return undefined
    if (trial === undefined) return this.#keepBack(key, { alike: alike.length, chance: 1 })
    const { released } = trial
    const now = performance.now()
    // One was answered, or came while another was kept back.
    if (released === undefined || alike.length !== trial.alike + 1 || now - released > slowest)
      return this.#end(key, trial)
    const chance = (trial.chance * (now - released)) / (now - released + pause)
    if (chance > tooSmall) return this.#keepBack(key, { alike: alike.length, chance })
    this.#trials.delete(key)
    this.#refuse(recording, alike)
    return Promise.resolve('circles')
  }

  #keepBack(key: string, found: Pick<Trial, 'alike' | 'chance'>): Promise<'goes'> {
    return new Promise((resolve) => {
      const trial: Trial = { ...found, released: undefined, letGo: () => resolve('goes') }
      this.#trials.set(key, trial)
      setTimeout(() => {
        trial.released = performance.now()
        trial.letGo()
      }, pause).unref()
      setTimeout(() => {
        if (this.#trials.get(key) === trial) this.#trials.delete(key)
      }, rest).unref()
    })
  }

  #end(key: string, trial: Trial): undefined {
    this.#trials.set(key, 'rests')
    setTimeout(() => this.#trials.delete(key), rest).unref()
    trial.letGo()
  }

  #refuse({ url }: Recording, alike: readonly Recording[]): void {
    const { origin } = new URL(url)
    const message = `${origin} sends what it gets back to this proxy`
    for (const one of alike) one.fail({ phase: 'http', code: loopCode, message })
    const text = `${origin} leads back to this proxy: the same request came in ${alike.length} times, each time because it had been sent there. authtap ended it. Give authtap the address of the MCP server itself, or let what answers at ${origin} point there.`
    this.#notices.tell('error', 'loop', text, origin)
  }
}
