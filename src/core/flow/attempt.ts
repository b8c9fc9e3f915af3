import { objectOf } from '../wire/json.ts'
import { covers, origin, sameUrl, withoutResponse } from '../wire/url.ts'
import { advertisedEndpoints } from '../step/oauth-facts.ts'
import type {
  Authorize,
  Challenge,
  DeviceAuthorization,
  McpCall,
  PushedRequest,
  Registration,
  Step,
  TokenCall,
} from '../step/step.ts'
import { isBrowserLeg, programOf } from '../step/program.ts'
import type { Flow } from './flow.ts'
import { redirectOf } from './redirect.ts'

/** A hostile document cannot make what is known of an attempt grow beyond this. */
const knownLimit = 200

/** How far one login attempt has come, and what it may be told apart by where a leg carries nothing that ties it. */
export class Attempt {
  readonly flow: Flow
  /** Of the first leg that no browser sent. */
  program: string | undefined
  /** The MCP endpoint that it calls. */
  target: string | undefined
  /** A login was begun: an authorization, pushed, device or token request was sent. */
  begun = false
  /** A token was issued in sight. */
  issued = false
  /** The token issued last has not been presented yet. */
  unused = false
  /** A token was presented to the MCP server. */
  presented = false
  /** A call with a token was answered. */
  reached = false
  /** How the last call with a token was refused; undefined when it was not. */
  refused: 'token' | 'scope' | undefined
  /** The order of the newest step that something ties to this attempt. */
  lastTied = -1
  readonly #origins = new Set<string>()
  /** Exchanges in which clients were registered here, by client id. */
  readonly #registered = new Map<string, string>()
  readonly #usedClients = new Set<string>()
  /** The resources that its login names (RFC 8707 §2). */
  readonly #asked = new Set<string>()

  constructor(flow: Flow) {
    this.flow = flow
  }

  /** Learns from a step, or from its later version. */
  take(step: Step): void {
    if (!isBrowserLeg(step)) this.program ??= programOf(step)
    this.#learnOrigins(step)
    switch (step.kind) {
      case 'mcp':
      case 'challenge':
        this.target ??= step.target
        this.#takeCall(step)
        return
      case 'registration':
        if (step.clientId !== undefined) this.#registered.set(step.clientId, step.exchange.id)
        return
      case 'authorize':
      case 'pushed-request':
      case 'device-authorization':
        this.#begin(step)
        return
      case 'token':
        this.#begin(step)
        if (!step.ok) return
        this.issued = true
        this.unused = true
        this.refused = undefined
        return
      default:
        return
    }
  }

  #begin({
    clientId,
    resources,
  }: Authorize | PushedRequest | DeviceAuthorization | TokenCall): void {
    this.begun = true
    if (clientId !== undefined) this.#usedClients.add(clientId)
    if (this.#asked.size <= knownLimit) resources.forEach((resource) => this.#asked.add(resource))
  }

  /** Lets a step go that turned out to belong to another attempt. */
  release(step: Step): void {
    if (step.kind === 'registration' && step.clientId !== undefined)
      this.#registered.delete(step.clientId)
    const isCall = step.kind === 'mcp' || step.kind === 'challenge'
    const others = this.flow.mcpCalls.filter((call) => call !== step)
    if (isCall && step.target === this.target)
      this.target = others.some(({ target }) => target === step.target)
        ? step.target
        : others[0]?.target
  }

  #takeCall(step: McpCall | Challenge): void {
    if (step.presented === undefined) return
    this.presented = true
    this.unused = false
    if (step.kind === 'mcp') {
      if (!step.ok) return
      this.reached = true
      this.refused = undefined
    } else {
      this.refused = step.error === 'insufficient_scope' ? 'scope' : 'token'
    }
  }

  /** It has no token: none was issued in sight, none presented. */
  get isWithoutToken(): boolean {
    return !this.issued && !this.presented
  }

  /** It has made no request that belongs to a login, and no call with a token. */
  get isOpening(): boolean {
    return !this.begun && this.isWithoutToken
  }

  /** How often its first call was made: more than one client may have opened here. */
  get openings(): number {
    const bare = this.flow.mcpCalls.filter(({ presented }) => presented === undefined)
    const first = bare[0]
    return bare.filter(
      ({ method, rpc }) => method === first?.method && rpc?.method === first.rpc?.method,
    ).length
  }

  /** It was opened more often than logins were begun: one is still to come. */
  get awaitsLogin(): boolean {
    return this.openings > this.flow.of('authorize', 'device-authorization').length
  }

  /** A login that begins now would be this attempt going on: its token was never accepted, or opens too little. */
  get goesOn(): boolean {
    return this.refused === 'scope' || (this.refused === 'token' && !this.reached)
  }

  /** It came with a token from before, which is no longer accepted: what renews it was issued out of sight, too. */
  get isStale(): boolean {
    return this.refused === 'token' && !this.issued
  }

  /** Legs that lead to a token may still be its own. */
  get mayLookAround(): boolean {
    return this.isWithoutToken || this.unused || this.goesOn
  }

  /** It has asked for metadata or registered. */
  get hasLookedAround(): boolean {
    return this.flow.of('resource-metadata', 'server-metadata', 'registration').length > 0
  }

  /** Its metadata named the authorization server that it is to use. */
  get knowsServer(): boolean {
    return this.flow.of('resource-metadata', 'server-metadata').some(({ ok }) => ok)
  }

  knows(connection: string): boolean {
    return (
      connection !== '' &&
      this.flow.steps.some(({ exchange }) => exchange.connection === connection)
    )
  }

  /** Its own documents, or its calls, named this URL's origin. */
  isPointedTo(url: string): boolean {
    const from = origin(url)
    return from !== undefined && this.#origins.has(from)
  }

  /** Its own documents lead to exactly this: they name the URL, or the issuer whose metadata it is. */
  leadsTo(step: Step): boolean {
    switch (step.kind) {
      case 'resource-metadata':
        return this.flow.of('challenge').some((call) => call.resourceMetadata === step.url)
      case 'server-metadata':
        return this.flow
          .of('resource-metadata')
          .some(({ authorizationServers }) =>
            authorizationServers.some((issuer) => isSame(issuer, step.issuerFromUrl)),
          )
      default:
        return this.flow
          .of('server-metadata')
          .some(({ document }) =>
            advertisedEndpoints(objectOf(document) ?? {}).some(({ url }) => url === step.url),
          )
    }
  }

  /** It has no such step yet: not of this kind, at this URL. */
  lacks(step: Step): boolean {
    return !this.flow.of(step.kind).some((other) => other.url === step.url)
  }

  /** It calls this endpoint, or may yet: a login whose opening was not seen is for the resource that it names. */
  calls(target: string): boolean {
    if (this.target === undefined && this.#asked.size > 0)
      return [...this.#asked].some(
        (resource) => sameUrl(resource, target) || covers(resource, target),
      )
    return (
      this.target === undefined ||
      withoutResponse(this.target) === withoutResponse(target) ||
      this.isSentTo(target)
    )
  }

  /** One of its calls was redirected to this URL. */
  isSentTo(target: string): boolean {
    return this.flow.of('mcp').some((call) => redirectOf(call) === target)
  }

  /** The registration that made a client id here, while no login of this attempt has used another. */
  registrationOf(clientId: string | undefined): Registration | undefined {
    const id = clientId === undefined ? undefined : this.#registered.get(clientId)
    if (id === undefined) return undefined
    return this.flow.of('registration').find(({ exchange }) => exchange.id === id)
  }

  /** It registered a client, and not this one: it waits for a request of its own client. */
  waitsForAnother(clientId: string | undefined): boolean {
    return this.#registered.size > 0 && !(clientId !== undefined && this.#registered.has(clientId))
  }

  uses(clientId: string | undefined): boolean {
    return clientId !== undefined && this.#usedClients.has(clientId)
  }

  names(resources: readonly string[]): boolean {
    return this.flow.audiences.some((own) => resources.some((named) => sameUrl(own, named)))
  }

  #learnOrigins(step: Step): void {
    if (this.#origins.size > knownLimit) return
    const learn = (url: string | undefined) => {
      const named = url === undefined ? undefined : origin(url)
      if (named !== undefined) this.#origins.add(named)
    }
    if (step.kind === 'mcp' && this.#origins.size > 0) return
    learn(step.url)
    if (step.kind === 'challenge') learn(step.resourceMetadata)
    if (step.kind === 'resource-metadata') step.authorizationServers.forEach(learn)
    if (step.kind === 'server-metadata')
      for (const { url } of advertisedEndpoints(objectOf(step.document) ?? {})) learn(url)
    if (step.kind === 'authorize') learn(step.redirectUri)
  }
}

function isSame(a: string, b: string | undefined): boolean {
  return b !== undefined && sameUrl(a, b)
}
