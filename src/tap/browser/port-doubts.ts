import type { AuthorizationAsked, Relay } from '../identity/relay.ts'
import type { PortGuess } from '../identity/redirect-ports.ts'
import type { Transport } from '../wire/transport.ts'
import { askAboutPort, type Guess } from './port-question.ts'

/** In milliseconds. A login that asks nothing is through by then; a person who looks at an error page still does. */
const untilDoubt = 3000
const doubtLimit = 1000

interface Doubt {
  readonly guess: Guess
  readonly timer: NodeJS.Timeout
  asked: Promise<void> | undefined
}

/**
 * Finds out why an authorization request has no answer when authtap put its own port into it: a person who takes their
 * time, or a server that compares ports exactly. Each client id at each server is asked about once, and only in doubt.
 */
export class PortDoubts {
  readonly #transport: Transport
  readonly #relay: Relay
  readonly #doubts = new Map<string, Doubt>()

  constructor(transport: Transport, relay: Relay) {
    this.#transport = transport
    this.#relay = relay
  }

  /** What has to be known before another request of this client goes out; undefined when nothing has to. */
  before(asked: AuthorizationAsked): Promise<void> | undefined {
    const guess = this.#relay.guessFor(asked)
    if (guess === undefined || !this.#relay.isInDoubt(guess, asked.state)) return undefined
    const doubt = this.#doubts.get(keyOf(guess))
    return doubt === undefined ? undefined : this.#ask(doubt)
  }

  /** The browser was sent to the server with this. */
  sent(guess: Guess): void {
    const { transaction } = guess
    const key = keyOf(transaction)
    if (!transaction.guessed || this.#doubts.has(key)) return
    const timer = setTimeout(() => void this.#ask(doubt), untilDoubt)
    timer.unref()
    const doubt: Doubt = { guess, timer, asked: undefined }
    this.#doubts.set(key, doubt)
    const [oldest] = this.#doubts
    if (this.#doubts.size > doubtLimit && oldest !== undefined) this.#forget(...oldest)
  }

  stop(): void {
    for (const [key, doubt] of this.#doubts) this.#forget(key, doubt)
  }

  #forget(key: string, { timer }: Doubt): void {
    clearTimeout(timer)
    this.#doubts.delete(key)
  }

  #ask(doubt: Doubt): Promise<void> {
    clearTimeout(doubt.timer)
    doubt.asked ??= this.#settle(doubt)
    return doubt.asked
  }

  async #settle({ guess }: Doubt): Promise<void> {
    const { transaction } = guess
    if (this.#relay.matching(transaction) !== 'unknown') return
    const answer = await askAboutPort(this.#transport, guess)
    // It was answered in the meantime, or we are stopping.
    if (this.#relay.matching(transaction) !== 'unknown' || !this.#doubts.has(keyOf(transaction)))
      return
    if (answer.takes === 'exact') this.#relay.refusesPort(transaction, answer.seen)
    else if (answer.takes === 'any') this.#relay.takesPort(transaction)
    else this.#relay.portUnclear(transaction)
  }
}

function keyOf({ origin, clientId, relayUri }: PortGuess): string {
  return `${origin}\n${clientId}\n${relayUri}`
}
