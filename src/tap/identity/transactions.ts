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
/** A person may take their time over a login, but a state is not valid for ever. */
const lifetime = 60 * 60 * 1000

/** Authorization requests under way. Each is answered once. */
export class Transactions {
  readonly #pending = new Map<string, Transaction>()
  readonly #codes = new Map<string, Transaction>()

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
    const alive = transaction !== undefined && Date.now() - transaction.startedAt < lifetime
    return alive ? transaction : undefined
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

function keyOf(state: string, path: string | undefined): string {
  return `${path ?? ''}\n${state}`
}

function dropOldest(map: Map<string, unknown>, limit: number): void {
  if (map.size <= limit) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}
