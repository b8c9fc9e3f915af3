import { type Notices, quoted } from '../notices.ts'
import type { ServerFacts } from './origins.ts'
import type { Registrations } from './registrations.ts'
import { type PortGuess, type PortMatching, RedirectPorts } from './redirect-ports.ts'
import type { OriginMap } from './map.ts'
import { callbackPath, pathOf, publicRelayUri, relayUriFor, swapPort } from './relay-uri.ts'
import { type Transaction, Transactions } from './transactions.ts'

export type RelayMode = 'auto' | 'always' | 'never'

export interface AuthorizationAsked {
  /** Origin of the authorization server. */
  readonly origin: string
  readonly server: ServerFacts | undefined
  readonly redirectUri: string
  readonly clientId: string | undefined
  readonly state: string | undefined
  readonly responseMode: string | undefined
  /** The host name by which the client reached us. */
  readonly name: string
}

/** Where the answer is to come back to in place of the client's redirect URI. */
export interface RelayChoice {
  readonly uri: string
  /** Nobody has registered it. */
  readonly guessed: boolean
}

/** Decides which authorization answers can be seen by putting ourselves between the server and the client's redirect URI. */
export class Relay {
  readonly port: number
  readonly transactions = new Transactions()
  readonly registrations: Registrations
  readonly #mode: RelayMode
  readonly #map: OriginMap
  readonly #notices: Notices
  readonly #ports = new RedirectPorts()

  constructor(
    mode: RelayMode,
    port: number,
    {
      registrations,
      map,
      notices,
    }: {
      readonly registrations: Registrations
      readonly map: OriginMap
      readonly notices: Notices
    },
  ) {
    this.#mode = mode
    this.port = port
    this.registrations = registrations
    this.#map = map
    this.#notices = notices
  }

  get active(): boolean {
    return this.#mode !== 'never'
  }

  /** Relay URIs to register beside the client's own, without those it already has. */
  toRegister(redirectUris: readonly string[], name: string): string[] {
    if (!this.active) return []
    const elsewhere = this.#elsewhere(name)
    const wanted = new Set(
      redirectUris.map((uri) => elsewhere ?? relayUriFor(uri, this.port, name)),
    )
    return [...wanted].filter((uri) => !redirectUris.includes(uri))
  }

  /** The relay URI to ask for in place of the client's redirect URI; undefined when that has to stay. */
  choose(asked: AuthorizationAsked): RelayChoice | undefined {
    if (!this.active) {
      this.#tellNever(asked)
      return undefined
    }
    if (/fragment|jwt/.test(asked.responseMode ?? '')) {
      this.#tellUnseen(
        asked,
        `with response_mode ${quoted(asked.responseMode ?? '')} authtap could not read it`,
      )
      return undefined
    }
    const registered = this.#registered(asked)
    if (registered !== undefined) return { uri: registered, guessed: false }
    const swapped = this.#swapped(asked)
    return swapped === undefined ? undefined : { uri: swapped, guessed: true }
  }

  /** The guess that would be made for this request if it began now; undefined when none would be, or nothing is left to find out. */
  guessFor(asked: AuthorizationAsked): PortGuess | undefined {
    const { origin, redirectUri, clientId = '', name } = asked
    if (!this.active || this.#registered(asked) !== undefined) return undefined
    if (this.#elsewhere(name) !== undefined) return undefined
    const relayUri = swapPort(redirectUri, this.port)
    return relayUri === undefined ? undefined : { origin, clientId, relayUri }
  }

  /** Another attempt waits for an answer that may never come, and whether it can is not known. */
  isInDoubt(guess: PortGuess, state: string | undefined): boolean {
    return this.#ports.matching(guess) === 'unknown' && this.#ports.othersWait(guess, state ?? '')
  }

  /** Whether the server of this attempt takes the relay's port. */
  matching(guess: PortGuess): PortMatching {
    return this.#ports.matching(guess)
  }

  /** An answer came back. */
  answered(transaction: Transaction): void {
    if (transaction.guessed) this.#ports.answered(transaction)
  }

  redeemedUnseen(origin: string, clientId: string | undefined): void {
    this.#ports.redeemedUnseen(origin, clientId)
  }

  /** The server is known to take the relay's port. */
  takesPort(transaction: Transaction): void {
    this.#ports.settle(transaction, 'any')
  }

  /** The server was seen to refuse the relay's port. @param seen what was seen, as a sentence */
  refusesPort(transaction: Transaction, seen: string): void {
    const { origin, redirectUri, relayUri, clientId } = transaction
    if (this.#ports.matching(transaction) === 'exact') return
    this.#ports.settle(transaction, 'exact')
    const sent = `to see the authorization response, authtap sent ${quoted(relayUri)} in place of ${quoted(redirectUri)}`
    const register = `register ${quoted(relayUri)} for ${quoted(clientId)} at ${origin}`
    const next =
      this.#mode === 'always'
        ? `--relay always goes on sending it, so no login of this client can work: leave out --relay always, or ${register}`
        : `Log in once more: from now on authtap sends this client's own redirect URI, and does not see the response. A client that checks iss (RFC 9207) will still refuse the response, because it names the real issuer; for such a client ${register} and restart authtap`
    const text = `this login fails because of authtap: ${sent}, and ${origin} compares ports exactly. ${seen} ${next}`
    this.#notices.tell('warning', 'redirect-port-exact', text, `${origin} ${clientId} ${relayUri}`)
  }

  /** Nobody can say from here whether the server takes the relay's port. */
  portUnclear({ origin, redirectUri, relayUri, clientId }: Transaction): void {
    const text = `a login at ${origin} has had no answer yet. authtap sent ${quoted(relayUri)} in place of ${quoted(redirectUri)}, which works if the server ignores loopback ports. If the browser shows an error about the redirect URI, start authtap with --relay never, or register ${quoted(relayUri)} for ${quoted(clientId)} there`
    this.#notices.tell('info', 'redirect-port-unclear', text, `${origin} ${clientId} ${relayUri}`)
  }

  /** The server takes the relay URI because it is registered; it must not take with it what the client did not register. */
  #registered({ origin, clientId, redirectUri, name }: AuthorizationAsked): string | undefined {
    if (clientId === undefined) return undefined
    const { own, relay } = this.registrations.get(origin, clientId)
    if (!own.includes(redirectUri)) return undefined
    const elsewhere = this.#elsewhere(name)
    if (elsewhere !== undefined) return relay.find((uri) => uri === elsewhere)
    const swapped = swapPort(redirectUri, this.port)
    return relay.find((uri) => (swapped === undefined ? this.#isCallback(uri) : uri === swapped))
  }

  /** For a client that the server knows from elsewhere: works when the server ignores loopback ports (RFC 8252 §7.3). */
  #swapped(asked: AuthorizationAsked): string | undefined {
    const { server, redirectUri, origin } = asked
    const isElsewhere = this.#elsewhere(asked.name) !== undefined
    const swapped = isElsewhere ? undefined : swapPort(redirectUri, this.port)
    if (swapped === undefined) {
      const where = isElsewhere ? '' : 'is not on this machine and '
      this.#tellUnseen(
        asked,
        `the redirect URI ${quoted(redirectUri)} ${where}was not registered through authtap`,
      )
      return undefined
    }
    if (this.#mode !== 'always' && server?.issAdvertised !== true) {
      const text = `authtap will not see the authorization response of ${origin}: the client did not register authtap's redirect URI there (--relay always sends it all the same, which works if the server ignores loopback ports)`
      this.#notices.tell('info', 'callback-unseen', text, origin)
      return undefined
    }
    if (this.#mode === 'always') return swapped
    return this.#comparesPorts(asked, swapped) ? undefined : swapped
  }

  #comparesPorts(
    { origin, clientId = '', state, redirectUri }: AuthorizationAsked,
    relayUri: string,
  ): boolean {
    const port = this.#ports.next({ origin, clientId, relayUri }, state ?? '', Date.now())
    if (port === 'own-on-trial') {
      const text = `two logins of ${quoted(clientId)} at ${origin} in a row had no answer at ${quoted(relayUri)}, which authtap sends in place of ${quoted(redirectUri)}. The server may compare ports exactly, so authtap leaves this login as the client made it, and does not see the response. If the client gets a token this way, authtap goes on like this; otherwise the next login comes back through authtap again. A client that checks iss (RFC 9207) will refuse this response, because it names the real issuer: if you closed those pages yourself, let the client log in once more`
      this.#notices.tell(
        'warning',
        'redirect-port-trial',
        text,
        `${origin} ${clientId} ${state ?? ''}`,
      )
    }
    return port !== 'relay'
  }

  /** The relay URI of a client that reached us by a public name. */
  #elsewhere(name: string): string | undefined {
    const { main } = this.#map.places
    return main !== undefined && this.#map.isPublic(name) ? publicRelayUri(main) : undefined
  }

  #isCallback(uri: string): boolean {
    return pathOf(uri) === callbackPath && new URL(uri).port === String(this.port)
  }

  #tellNever({ origin, server }: AuthorizationAsked): void {
    if (server?.issAdvertised !== true) return
    const text = `with --relay never the authorization response of ${origin} goes straight to the client, and its iss is the real issuer. A client that checks iss (RFC 9207) knows the server by authtap's address and will refuse the response: leave out --relay never for such a client`
    this.#notices.tell('info', 'relay-never-iss', text, origin)
  }

  #tellUnseen({ origin, server }: AuthorizationAsked, reason: string): void {
    const strict =
      server?.issAdvertised === true
        ? '. A client that checks iss (RFC 9207) will refuse it, because it names the real issuer'
        : ''
    const text = `authtap will not see the authorization response of ${origin}: ${reason}${strict}`
    this.#notices.tell('warning', 'redirect-not-relayable', text, origin)
  }
}
