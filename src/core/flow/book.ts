import { Flow, type Timers } from './flow.ts'
import { keysOf } from './keys.ts'
import { type Asking, isAsking, meantFlow, registrationToMove } from './meant.ts'
import { objectOf } from '../wire/json.ts'
import { advertisedEndpoints } from '../step/oauth-facts.ts'
import { withoutResponse } from '../wire/url.ts'
import { redirectOf } from './redirect.ts'
import { BoundedMap } from '../wire/bounded-map.ts'
import type { Revision } from './revision.ts'
import type { Challenge, McpCall, Step } from '../step/step.ts'
import { origin } from '../wire/url.ts'

const rememberedKeys = 20_000

/** Among so many of the newest flows one is looked for; an older one is found by what identifies it, or its connection. */
const recentFlows = 200

/** A call that follows a login this closely comes from the client that logged in, in milliseconds. */
const sameClientWithin = 5000

/** Clients of one program begin together; what comes this much later, in milliseconds, is one of them that tries again. */
const triesAgainAfter = 2000

/** The call that came last on a connection, and what it was known by. */
interface LastCall {
  readonly url: string
  readonly sessionId: string | undefined
  readonly token: string | undefined
  readonly keys: readonly string[]
}

interface Place {
  readonly flow: Flow
  /** A step that belongs to the same flow, and the flow that it was placed in before. */
  readonly moved?: { readonly step: Step; readonly from: Flow }
}

/**
 * Puts each step into its flow. What identifies a flow beyond doubt goes first (credential, session, code, state,
 * challenge, client id, pushed request); then the connection; then which flow is waiting for such a step.
 */
export class FlowBook {
  readonly #timers: Timers
  readonly #forced: Revision | undefined
  readonly #flows: Flow[] = []
  readonly #byExchange = new BoundedMap<Flow>(rememberedKeys)
  readonly #byKey = new BoundedMap<Flow>(rememberedKeys)
  readonly #byConnection = new BoundedMap<Flow>(rememberedKeys)
  readonly #lastCalls = new BoundedMap<LastCall>(rememberedKeys)
  /** Origins a flow was pointed to by its own documents. */
  readonly #origins = new Map<Flow, Set<string>>()

  constructor(timers: Timers, forced: Revision | undefined) {
    this.#timers = timers
    this.#forced = forced
  }

  get flows(): readonly Flow[] {
    return this.#flows
  }

  /** Where an exchange was placed; undefined when it is not known, or no longer. */
  flowOf(exchange: string): Flow | undefined {
    return this.#byExchange.get(exchange)
  }

  /** The flow this step belongs to, a new one when none fits; and what was placed wrongly before, as it shows. */
  place(step: Step): Place {
    const { keys, again } = this.#keys(step)
    const placed = this.#byExchange.get(step.exchange.id)
    const found =
      placed ??
      (again ? this.#samePlace(step, keys) : undefined) ??
      this.#restarted(step) ??
      this.#known(keys) ??
      this.#likely(step) ??
      this.#open(step)
    const place: Place =
      placed === undefined && isAsking(step) ? this.#meant(step, found) : { flow: found }
    this.#enter(step, keys, place.flow)
    if (place.moved !== undefined)
      this.#enter(place.moved.step, keysOf(place.moved.step), place.flow)
    return place
  }

  /** Where a request belongs by the resource that it names. */
  #meant(step: Asking, found: Flow): Place {
    const flow = meantFlow(step, found, this.#recent)
    if (flow === undefined) return { flow: found }
    const moved = registrationToMove(step, found)
    return moved === undefined ? { flow } : { flow, moved: { step: moved, from: found } }
  }

  get #recent(): readonly Flow[] {
    return this.#flows.slice(-recentFlows)
  }

  #enter(step: Step, keys: readonly string[], flow: Flow): void {
    this.#byExchange.set(step.exchange.id, flow)
    for (const key of keys) this.#byKey.set(key, flow)
    const { connection } = step.exchange
    if (connection !== '' && tellsConnection(step)) this.#byConnection.set(connection, flow)
    this.#learnOrigins(flow, step)
  }

  /** What a step is known by, and whether the call before it on its connection was known by the same. */
  #keys(step: Step): { keys: readonly string[]; again: boolean } {
    const { connection } = step.exchange
    if ((step.kind !== 'mcp' && step.kind !== 'challenge') || connection === '')
      return { keys: keysOf(step), again: false }
    const { url, sessionId, presented } = step
    const last = this.#lastCalls.get(connection)
    if (
      last !== undefined &&
      last.token === presented?.token.value &&
      last.sessionId === sessionId &&
      last.url === url
    )
      return { keys: last.keys, again: presented !== undefined }
    const keys = keysOf(step)
    this.#lastCalls.set(connection, { url, sessionId, token: presented?.token.value, keys })
    return { keys, again: false }
  }

  /** Where the call before it was placed, for one that presents the same. Saves looking through that flow's calls. */
  #samePlace(step: Step, keys: readonly string[]): Flow | undefined {
    const flow = this.#byKey.get(keys[0]!)
    return flow === this.#byConnection.get(step.exchange.connection) ? flow : undefined
  }

  #open(step: Step): Flow {
    const flow = new Flow(
      `w${this.#flows.length + 1}`,
      step.exchange.client,
      this.#timers,
      this.#forced,
    )
    this.#flows.push(flow)
    this.#origins.set(flow, new Set())
    return flow
  }

  #known(keys: readonly string[]): Flow | undefined {
    for (const key of keys) {
      const flow = this.#byKey.get(key)
      if (flow !== undefined) return flow
    }
    return undefined
  }

  /**
   * The flow that this connection opened without a credential: its client has started anew and now presents the token
   * that it kept from an earlier flow.
   */
  #restarted(step: Step): Flow | undefined {
    if ((step.kind !== 'mcp' && step.kind !== 'challenge') || step.presented === undefined)
      return undefined
    const flow = this.#byConnection.get(step.exchange.connection)
    if (flow === undefined) return undefined
    const fits = flow.mcpCalls.some(({ target }) => target === step.target)
    const bare = flow.mcpCalls.every(({ authorization }) => authorization.length === 0)
    return fits && bare && flow.of('token').length === 0 ? flow : undefined
  }

  #likely(step: Step): Flow | undefined {
    const connected = isBrowserLeg(step)
      ? undefined
      : this.#byConnection.get(step.exchange.connection)
    if (step.kind === 'mcp' || step.kind === 'challenge')
      return this.#likelyForCall(step, connected)
    const recent = this.#recent
    const pointed = recent.filter((flow) => this.#isPointedTo(flow, step.url))
    const own = pointed.filter((flow) => isBrowserLeg(step) || flow.client === step.exchange.client)
    const candidates = own.length > 0 ? own : pointed
    if (connected !== undefined && (pointed.length === 0 || pointed.includes(connected))) {
      if (lacks(connected, step)) return connected
      // Programs share pooled connections among their clients: what this flow has already, another one is waiting for.
      return candidates.find((flow) => isBeginning(flow) && lacks(flow, step)) ?? connected
    }
    return (
      candidates.find((flow) => !flow.settled && lacks(flow, step)) ??
      latest(candidates) ??
      connected ??
      latest(recent.filter((flow) => flow.client === step.exchange.client)) ??
      // A browser is a client of its own; its legs belong to whichever flow is under way.
      (isBrowserLeg(step) ? latest(recent) : undefined)
    )
  }

  #likelyForCall(step: McpCall | Challenge, connected: Flow | undefined): Flow | undefined {
    const target = withoutResponse(step.target)
    const fits = (flow: Flow) =>
      flow.target === undefined ||
      withoutResponse(flow.target) === target ||
      flow.of('mcp').some((call) => redirectOf(call) === step.target)
    if (connected !== undefined && fits(connected)) return connected
    const candidate = latest(
      this.#recent.filter((flow) => flow.client === step.exchange.client && fits(flow)),
    )
    if (candidate === undefined) return undefined
    return isSecondOpening(candidate, step) ? undefined : candidate
  }

  #isPointedTo(flow: Flow, url: string): boolean {
    const from = origin(url)
    return from !== undefined && this.#origins.get(flow)?.has(from) === true
  }

  #learnOrigins(flow: Flow, step: Step): void {
    const known = this.#origins.get(flow)
    if (known === undefined || known.size > 200) return
    const learn = (url: string | undefined) => {
      const named = url === undefined ? undefined : origin(url)
      if (named !== undefined) known.add(named)
    }
    if (step.kind === 'mcp' && known.size > 0) return
    learn(step.url)
    if (step.kind === 'challenge') learn(step.resourceMetadata)
    if (step.kind === 'resource-metadata') step.authorizationServers.forEach(learn)
    if (step.kind === 'server-metadata')
      for (const { url } of advertisedEndpoints(objectOf(step.document) ?? {})) learn(url)
    if (step.kind === 'authorize') learn(step.redirectUri)
  }
}

/** The flow has no such step yet: not of this kind, at this URL. */
function lacks(flow: Flow, step: Step): boolean {
  return !flow.of(step.kind).some((other) => other.url === step.url)
}

/** The flow was challenged and has no token yet. */
function isBeginning(flow: Flow): boolean {
  return !flow.settled && flow.of('challenge').length > 0 && flow.of('token').length === 0
}

/**
 * The same unauthenticated opening again, from another connection, is another attempt: a second client, or a restart.
 * Without connections (many captures have none) it counts as a retry of the same one.
 */
function isSecondOpening(flow: Flow, step: McpCall | Challenge): boolean {
  if (
    step.exchange.connection === '' ||
    step.authorization.length > 0 ||
    step.sessionId !== undefined
  )
    return false
  // After a login the flow waits for just such a call, be it with the token or, by mistake, without.
  const issued = flow.of('token').findLast(({ ok }) => ok)
  const waiting = issued !== undefined && issued.order > (flow.mcpCalls.at(-1)?.order ?? -1)
  if (waiting && step.exchange.startedAt - (issued.exchange.endedAt ?? 0) <= sameClientWithin)
    return false
  if (isOnlyRefused(flow) && step.exchange.startedAt - flow.lastActivity >= triesAgainAfter)
    return false
  return flow.mcpCalls.some(
    (call) =>
      call.authorization.length === 0 &&
      call.method === step.method &&
      call.rpc?.method === step.rpc?.method &&
      call.exchange.connection !== step.exchange.connection &&
      call.exchange.id !== step.exchange.id,
  )
}

/** Its client was asked to authorize, and has done nothing but ask anew. */
function isOnlyRefused(flow: Flow): boolean {
  return flow.steps.every(
    (step) =>
      step.kind === 'preflight' || (step.kind === 'challenge' && step.authorization.length === 0),
  )
}

/** Whether what a step belongs to is what its connection belongs to: not for a browser's, nor for what every flow may fetch. */
function tellsConnection(step: Step): boolean {
  return (
    !isBrowserLeg(step) && !['jwks', 'client-metadata', 'preflight', 'other'].includes(step.kind)
  )
}

function isBrowserLeg(step: Step): boolean {
  return step.kind === 'authorize' || step.kind === 'callback'
}

function latest(flows: readonly Flow[]): Flow | undefined {
  return flows.reduce<Flow | undefined>(
    (best, flow) => (best === undefined || flow.lastActivity >= best.lastActivity ? flow : best),
    undefined,
  )
}
