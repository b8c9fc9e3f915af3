/** Whom a guess is about: one client id at one authorization server, coming back to one address of the relay. */
export interface PortGuess {
  /** Origin of the authorization server. */
  readonly origin: string
  /** Empty when the client did not say. */
  readonly clientId: string
  readonly relayUri: string
}

/** Whether the server takes a port that the client has not registered (RFC 8252 §7.3). */
export type PortMatching = 'unknown' | 'any' | 'exact'

/** The port to send: the relay's; the client's own, because it is known that it has to be; or the client's own for once, to see. */
export type PortToSend = 'relay' | 'own' | 'own-on-trial'

const knownLimit = 1000

/** Two requests that are closer than this come from windows or programs side by side, not from a person who tries again. */
export const sideBySide = 20_000
/** Whoever comes back later than this had left in the meantime. */
export const leftAfter = 5 * 60_000

interface Attempt {
  readonly state: string
  readonly at: number
}

interface Known {
  readonly guess: PortGuess
  matching: PortMatching
  /** The latest attempts that were sent to the relay and have had no answer, since the last answer or trial. */
  unanswered: Attempt[]
  onTrial: boolean
}

/**
 * What is known of servers that compare redirect ports exactly, for clients that they know from elsewhere. One page that is
 * never answered says nothing: people close login pages. Two in a row that nobody left make one trial.
 */
export class RedirectPorts {
  readonly #known = new Map<string, Known>()

  matching(guess: PortGuess): PortMatching {
    return this.#known.get(keyOf(guess))?.matching ?? 'unknown'
  }

  /** Another attempt than this one waits for its answer, as far as is known. */
  othersWait(guess: PortGuess, state: string): boolean {
    return this.#of(guess).unanswered.some((one) => one.state !== state)
  }

  /** Decides for an attempt that begins. @param now in milliseconds */
  next(guess: PortGuess, state: string, now: number): PortToSend {
    const known = this.#of(guess)
    if (known.matching === 'exact') return 'own'
    const { unanswered } = known
    // The same page loaded again is no other attempt.
    if (unanswered.some((one) => one.state === state)) return 'relay'
    if (known.matching === 'unknown' && isTriedAgain(unanswered, now)) {
      known.unanswered = []
      known.onTrial = true
      return 'own-on-trial'
    }
    known.onTrial = false
    known.unanswered = [...unanswered.slice(-1), { state, at: now }]
    return 'relay'
  }

  /** An answer came through the relay, which settles it whatever was thought before. */
  answered(guess: PortGuess): void {
    this.settle(guess, 'any')
  }

  settle(guess: PortGuess, matching: PortMatching): void {
    const known = this.#of(guess)
    known.matching = matching
    known.onTrial = false
    if (matching === 'any') known.unanswered = []
  }

  /** A code is redeemed that did not come through the relay: the trial that is under way, if one is, has worked. */
  redeemedUnseen(origin: string, clientId: string | undefined): void {
    for (const known of this.#known.values()) {
      const { guess } = known
      if (!known.onTrial || guess.origin !== origin) continue
      if (clientId === undefined || guess.clientId === clientId) this.settle(guess, 'exact')
    }
  }

  #of(guess: PortGuess): Known {
    const key = keyOf(guess)
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const fresh: Known = { guess, matching: 'unknown', unanswered: [], onTrial: false }
    this.#known.set(key, fresh)
    const [oldest] = this.#known.keys()
    if (this.#known.size > knownLimit && oldest !== undefined) this.#known.delete(oldest)
    return fresh
  }
}

/** Somebody tried, tried again, and now comes for the third time, never side by side and never after having left. */
function isTriedAgain(unanswered: readonly Attempt[], now: number): boolean {
  const [first, second] = unanswered
  if (first === undefined || second === undefined) return false
  return [second.at - first.at, now - second.at].every(
    (pause) => pause >= sideBySide && pause <= leftAfter,
  )
}

function keyOf({ origin, clientId, relayUri }: PortGuess): string {
  return `${origin}\n${clientId}\n${relayUri}`
}
