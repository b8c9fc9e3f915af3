import type { Decision } from '../core/intercept/decision.ts'
import type { HeldMessage, Holding } from '../core/intercept/holding.ts'
import type { Holds } from '../core/intercept/holds.ts'
import type { Message } from '../core/intercept/message.ts'
import type { Held } from '../core/wire/exchange.ts'
import type { Notices } from './notices.ts'
import type { Recording } from './wire/record.ts'

/** A message that lies here until somebody decides. */
interface Lying extends HeldMessage {
  readonly recording: Recording
  readonly held: Held
  timer: NodeJS.Timeout | undefined
  resolve(decision: Decision | undefined): void
}

/** Where messages lie that a person holds. None of them waits for another. */
export class Desk implements Holding {
  readonly holds: Holds
  readonly #patience: number
  readonly #lying = new Map<string, Lying>()
  #notices: Notices | undefined

  /** @param patience after so many milliseconds a message goes on as it is */
  constructor(holds: Holds, patience: number) {
    this.holds = holds
    this.#patience = patience
  }

  /** Who is told that a message went on by itself. */
  tellBy(notices: Notices): void {
    this.#notices = notices
  }

  /**
   * Resolves with what was decided, or with undefined when the exchange is over before that.
   * @param fixed what the URL of a request begins with
   */
  hold(recording: Recording, message: Message, fixed: string): Promise<Decision | undefined> {
    return new Promise((resolve) => {
      const { id } = recording
      const since = Date.now()
      const held = { side: message.side, since, until: since + this.#patience }
      const timer = setTimeout(() => this.#tire(id), this.#patience)
      this.#lying.set(id, { id, message, fixed, recording, held, timer, resolve })
      recording.whenOver(() => this.#settle(id, undefined))
      recording.hold(held)
    })
  }

  /** A body that is too large to be held or changed is not, and nothing else would tell. */
  tellTooLarge({ id }: Recording, what: 'request' | 'answer'): void {
    const text = `The body of the ${what} of #${id} is too large to be held or changed: it passes as it is.`
    this.#notices?.tell('warning', 'too-large-to-hold', text, `${id} ${what}`)
  }

  at(id: string): HeldMessage | undefined {
    return this.#lying.get(id)
  }

  decide(id: string, decision: Decision): boolean {
    return this.#settle(id, decision)
  }

  work(id: string): void {
    const lying = this.#lying.get(id)
    if (lying === undefined) return
    clearTimeout(lying.timer)
    const { side, since } = lying.held
    lying.recording.hold({ side, since })
  }

  rest(id: string): void {
    const lying = this.#lying.get(id)
    if (lying === undefined) return
    clearTimeout(lying.timer)
    lying.timer = setTimeout(() => this.#tire(id), this.#patience)
    lying.recording.hold({ ...lying.held, until: Date.now() + this.#patience })
  }

  #tire(id: string): void {
    const lying = this.#lying.get(id)
    const what = lying?.message.side === 'request' ? 'The request' : 'The answer'
    const text = `${what} of #${id} was held for ${this.#patience / 1000} s and went on unchanged (--hold-for).`
    this.#notices?.tell('warning', 'hold-over', text, `${id} ${lying?.held.since}`)
    this.#settle(id, { does: 'go' })
  }

  #settle(id: string, decision: Decision | undefined): boolean {
    const lying = this.#lying.get(id)
    if (lying === undefined) return false
    this.#lying.delete(id)
    clearTimeout(lying.timer)
    lying.recording.hold(undefined)
    lying.resolve(decision)
    return true
  }
}
