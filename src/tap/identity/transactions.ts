import { pathOf } from './relay-uri.ts'

/** An authorization request whose answer comes back through the relay. */
export interface Transaction {
  /** Origin of the authorization server. */
  readonly origin: string
  /** The client's own redirect URI, as it sent it. */
  readonly redirectUri: string
  readonly relayUri: string
  readonly state: string
  /** The client sent no state: ours goes on the way back. */
  readonly stateIsOurs: boolean
  /** Empty when the client did not say. */
  readonly clientId: string
  /** The local host name that the client uses. */
  readonly name: string
  readonly startedAt: number
  /** Nobody has registered the relay URI: the server takes it if it ignores loopback ports (RFC 8252 §7.3). */
  readonly guessed: boolean
}

const pendingLimit = 1000
const codeLimit = 1000
const answeredLimit = 1000
/** A person may take their time over a login, but a state is not valid for ever. */
const lifetime = 60 * 60 * 1000

/** Authorization requests under way. Each is answered once. */
export class Transactions {
  readonly #pending = new Map<string, Transaction>()
  readonly #codes = new Map<string, Transaction>()
  readonly #answered = new Map<string, true>()

  begin(transaction: Transaction): void {
    const key = keyOf(transaction.state, pathOf(transaction.relayUri))
    this.#pending.delete(key)
    this.#pending.set(key, transaction)
    dropOldest(this.#pending, pendingLimit)
  }

  /** The request that an arriving answer belongs to. It is used up. */
  take(state: string, path: string): Transaction | undefined {
    const key = keyOf(state, path)
    const transaction = this.#pending.get(key)
    this.#pending.delete(key)
    if (transaction === undefined) return undefined
    this.#answered.set(key, true)
    dropOldest(this.#answered, answeredLimit)
    return isAlive(transaction) ? transaction : undefined
  }

  /**
   * The one request whose answer is due at this path, for an answer with a state that nobody sent, or with none. It may
   * still get the right one. An answer that comes again belongs to no other request.
   * @param origin of the server that the answer says it comes from, where it says so
   */
  due(state: string, path: string, origin: string | undefined): Transaction | undefined {
    if (this.#answered.has(keyOf(state, path))) return undefined
    const there = [...this.#pending.values()].filter(
      (one) => pathOf(one.relayUri) === path && isAlive(one),
    )
    const named = there.filter((one) => one.origin === origin)
    const [only, ...others] = named.length > 0 ? named : there
    return others.length > 0 ? undefined : only
  }

  issued(code: string, transaction: Transaction): void {
    this.#codes.set(code, transaction)
    dropOldest(this.#codes, codeLimit)
  }

  /** The request for which this code was issued, when it came through the relay. */
  ofCode(code: string): Transaction | undefined {
    return this.#codes.get(code)
  }
}

function isAlive({ startedAt }: Transaction): boolean {
  return Date.now() - startedAt < lifetime
}

function keyOf(state: string, path: string | undefined): string {
  return `${path ?? ''}\n${state}`
}

function dropOldest(map: Map<string, unknown>, limit: number): void {
  if (map.size <= limit) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}
