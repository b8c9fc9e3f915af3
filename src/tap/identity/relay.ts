import { type Notices, quoted } from '../notices.ts'
import type { ServerFacts } from './origins.ts'
import type { Registrations } from './registrations.ts'
import { callbackPath, pathOf, relayUriFor, swapPort } from './relay-uri.ts'
import { Transactions } from './transactions.ts'

export type RelayMode = 'auto' | 'always' | 'never'

export interface AuthorizationAsked {
  /** Origin of the authorization server. */
  readonly origin: string
  readonly server: ServerFacts | undefined
  readonly redirectUri: string
  readonly clientId: string | undefined
  readonly state: string | undefined
  readonly responseMode: string | undefined
}

/** Decides which authorization answers can be seen by putting ourselves between the server and the client's redirect URI. */
export class Relay {
  readonly port: number
  readonly transactions = new Transactions()
  readonly registrations: Registrations
  readonly #mode: RelayMode
  readonly #notices: Notices
  /** Clients whose authorization server matches ports exactly. */
  readonly #exact = new Set<string>()

  constructor(mode: RelayMode, port: number, registrations: Registrations, notices: Notices) {
    this.#mode = mode
    this.port = port
    this.registrations = registrations
    this.#notices = notices
  }

  get active(): boolean {
    return this.#mode !== 'never'
  }

  /** Relay URIs to register beside the client's own, without those it already has. */
  toRegister(redirectUris: readonly string[], name: string): string[] {
    if (!this.active) return []
    const wanted = new Set(redirectUris.map((uri) => relayUriFor(uri, this.port, name)))
    return [...wanted].filter((uri) => !redirectUris.includes(uri))
  }

  /** The relay URI to ask for in place of the client's redirect URI; undefined when that has to stay. */
  relayUri(asked: AuthorizationAsked): string | undefined {
    if (!this.active) return undefined
    if (/fragment|jwt/.test(asked.responseMode ?? '')) {
      this.#tellUnseen(
        asked,
        `response_mode ${quoted(asked.responseMode ?? '')} does not let a relay read it`,
      )
      return undefined
    }
    return this.#registered(asked) ?? this.#swapped(asked)
  }

  /** The server takes the relay URI because it is registered; it must not take with it what the client did not register. */
  #registered({ origin, clientId, redirectUri }: AuthorizationAsked): string | undefined {
    if (clientId === undefined) return undefined
    const { own, relay } = this.registrations.get(origin, clientId)
    if (!own.includes(redirectUri)) return undefined
    const swapped = swapPort(redirectUri, this.port)
    return relay.find((uri) => (swapped === undefined ? this.#isCallback(uri) : uri === swapped))
  }

  /** For a client that the server knows from elsewhere: works when the server ignores loopback ports (RFC 8252 §7.3). */
  #swapped(asked: AuthorizationAsked): string | undefined {
    const { server, redirectUri, clientId, origin, state } = asked
    const swapped = swapPort(redirectUri, this.port)
    if (swapped === undefined) {
      this.#tellUnseen(
        asked,
        `${quoted(redirectUri)} is not on this machine and was not registered through authtap`,
      )
      return undefined
    }
    if (this.#mode !== 'always' && server?.issAdvertised !== true) {
      const text = `the authorization response of ${origin} will not be seen: the client has not registered the address of this relay (--relay always tries it, which works when the server ignores loopback ports)`
      this.#notices.tell('info', 'callback-unseen', text, origin)
      return undefined
    }
    const client = `${origin} ${clientId ?? ''}`
    if (!this.#exact.has(client) && this.transactions.unanswered(origin, clientId ?? '', state)) {
      this.#exact.add(client)
      const text = `${origin} did not answer an authorization request whose redirect port was replaced; it may match redirect URIs exactly, so this request goes out as the client made it and its answer is not seen`
      this.#notices.tell('warning', 'redirect-port-exact', text, client)
    }
    return this.#exact.has(client) ? undefined : swapped
  }

  #isCallback(uri: string): boolean {
    return pathOf(uri) === callbackPath && new URL(uri).port === String(this.port)
  }

  #tellUnseen({ origin, server }: AuthorizationAsked, reason: string): void {
    const strict =
      server?.issAdvertised === true
        ? ' and a client that checks iss will refuse it, because it names the real issuer'
        : ''
    const text = `the authorization response of ${origin} will not be seen: ${reason}${strict}`
    this.#notices.tell('warning', 'redirect-not-relayable', text, origin)
  }
}
