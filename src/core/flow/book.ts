import { BoundedMap } from '../wire/bounded-map.ts'
import type {
  Authorize,
  Challenge,
  DeviceAuthorization,
  McpCall,
  PushedRequest,
  Registration,
  ResourceMetadata,
  ServerMetadata,
  Step,
  TokenCall,
} from '../step/step.ts'
import { Attempt, isBrowserLeg, programOf } from './attempt.ts'
import { Flow, type Timers } from './flow.ts'
import { Known } from './known.ts'
import type { Revision } from './revision.ts'
import { leadsOf, tiesOf } from './ties.ts'

const rememberedTies = 20_000

/** Among so many of the newest attempts one is looked for; an older one is found by what ties a step to it. */
const recentAttempts = 200

/** A call without a token that follows a login this closely comes from the client that logged in, in milliseconds. */
const firstUseWithin = 5000

export interface Place {
  readonly flow: Flow
  /** Steps that turned out to belong to the same flow, with the one that each was placed in before. */
  readonly moved: readonly Moved[]
}

export interface Moved {
  readonly step: Step
  readonly from: Flow
}

/**
 * Puts each step into its flow: a flow is one login attempt. What only one attempt has ties a step to it. A leg that
 * carries no such thing goes by hints (its program, its connection, where it points), to an attempt that has no token
 * yet; it goes along when the attempt that goes on from it turns out to be another.
 */
export class FlowBook {
  readonly #timers: Timers
  readonly #forced: Revision | undefined
  readonly #known = new Known()
  readonly #attempts: Attempt[] = []
  readonly #byExchange = new BoundedMap<Attempt>(rememberedTies)
  readonly #byTie = new BoundedMap<Attempt>(rememberedTies)
  readonly #byConnection = new BoundedMap<Attempt>(rememberedTies)

  constructor(timers: Timers, forced: Revision | undefined) {
    this.#timers = timers
    this.#forced = forced
  }

  get flows(): readonly Flow[] {
    return this.#attempts.map(({ flow }) => flow)
  }

  /** Where an exchange was placed; undefined when it is not known, or no longer. */
  flowOf(exchange: string): Flow | undefined {
    return this.#byExchange.get(exchange)?.flow
  }

  /** The flow this step belongs to, a new one when none fits; and what was placed elsewhere before, as it shows. */
  place(step: Step): Place {
    const placed = this.#byExchange.get(step.exchange.id)
    const tied = placed ?? this.#tied(step)
    const attempt = tied ?? this.#byHints(step)
    const moved = placed === undefined ? this.#legsThatGoAlong(step, attempt) : []
    for (const one of moved) {
      this.#byExchange.get(one.step.exchange.id)?.release(one.step)
      this.#enter(one.step, attempt)
    }
    this.#enter(step, attempt)
    return { flow: attempt.flow, moved }
  }

  #enter(step: Step, attempt: Attempt): void {
    this.#byExchange.set(step.exchange.id, attempt)
    for (const tie of leadsOf(step)) this.#byTie.set(tie, attempt)
    if (leadsOf(step).length > 0) attempt.lastTied = Math.max(attempt.lastTied, step.order)
    const { connection } = step.exchange
    if (connection !== '' && tellsConnection(step)) this.#byConnection.set(connection, attempt)
    attempt.take(step)
    this.#known.learn(step)
    if (attempt.flow.follows === undefined && attempt.isWithoutToken)
      attempt.flow.follows = this.#before(step, attempt)
  }

  /** The newest attempt before this one of the same program, or with the same client id, that had a token. */
  #before(step: Step, attempt: Attempt): Flow | undefined {
    const clientId = step.kind === 'authorize' ? step.clientId : undefined
    const program = isBrowserLeg(step) ? undefined : programOf(step)
    return this.#recent.find(
      (other) =>
        other !== attempt &&
        !other.isWithoutToken &&
        (clientId === undefined ? other.program === program : other.uses(clientId)) &&
        (attempt.target === undefined || other.target === undefined || other.calls(attempt.target)),
    )?.flow
  }

  #open(step: Step): Attempt {
    const id = `w${this.#attempts.length + 1}`
    const flow = new Flow(id, programOf(step), this.#timers, this.#forced, this.#known)
    const attempt = new Attempt(flow)
    this.#attempts.push(attempt)
    return attempt
  }

  /** The attempts that a step without a tie may belong to, the newest first. */
  get #recent(): Attempt[] {
    return this.#attempts
      .slice(-recentAttempts)
      .filter(({ flow }) => !flow.isEmpty)
      .sort((a, b) => b.flow.lastActivity - a.flow.lastActivity)
  }

  #tied(step: Step): Attempt | undefined {
    for (const tie of tiesOf(step)) {
      const attempt = this.#byTie.get(tie)
      if (attempt === undefined) continue
      // A client that sends one challenge in every login begins anew all the same once a token was issued.
      if (step.kind === 'authorize' && attempt.issued && !attempt.goesOn) continue
      return attempt
    }
    return undefined
  }

  #byHints(step: Step): Attempt {
    switch (step.kind) {
      case 'mcp':
      case 'challenge':
        return step.presented === undefined ? this.#bareCall(step) : this.#callWithToken(step)
      case 'resource-metadata':
      case 'server-metadata':
      case 'registration':
        return this.#lookingAround(step)
      case 'authorize':
      case 'pushed-request':
      case 'device-authorization':
        return this.#beginning(step)
      case 'token':
        return this.#tokenRequest(step)
      case 'preflight':
        return step.asksForAuthorization ? this.#aside(step) : this.#preflight(step)
      default:
        return this.#aside(step)
    }
  }

  /** A call without a token opens an attempt, unless one is being opened, or waits for the first use of its token. */
  #bareCall(step: McpCall | Challenge): Attempt {
    const own = this.#ofProgram(step).filter((attempt) => attempt.calls(step.target))
    const { connection, startedAt } = step.exchange
    const waiting = own.find(
      (attempt) =>
        attempt.unused &&
        (attempt.knows(connection) ||
          (this.#byConnection.get(connection) === undefined &&
            startedAt - attempt.flow.lastActivity <= firstUseWithin)),
    )
    if (waiting !== undefined) return waiting
    const redirected = own.find((attempt) => attempt.isSentTo(step.target))
    if (redirected !== undefined) return redirected
    const opening = own.find((attempt) => attempt.isOpening && !isRestart(step, attempt))
    return opening ?? this.#open(step)
  }

  /** A token that was issued out of sight, or kept from before: its client has opened without it, or is known by it alone. */
  #callWithToken(step: McpCall | Challenge): Attempt {
    const own = this.#ofProgram(step).filter((attempt) => attempt.calls(step.target))
    const fits = (attempt: Attempt) =>
      attempt.isOpening ||
      attempt.unused ||
      // The authorization server's traffic is out of sight.
      attempt.flow.of('token').length === 0
    return this.#nearest(step, own.filter(fits)) ?? this.#open(step)
  }

  #lookingAround(step: ResourceMetadata | ServerMetadata | Registration): Attempt {
    const candidates = this.#looking(step)
    const nearest = this.#nearest(step, candidates)
    const found =
      nearest ?? this.#looking(step, true).find((attempt) => attempt.isOpening) ?? this.#open(step)
    return this.#isOfMany(step, found) ? this.#open(step) : found
  }

  /** Attempts that such a step may lead to a token. @param anybody of other programs, where the step is pointed to */
  #looking(step: Step, anybody = false): Attempt[] {
    const recent = anybody ? this.#recent : this.#ofProgram(step)
    const isOfTarget = (attempt: Attempt) =>
      step.kind !== 'resource-metadata' ||
      step.target === undefined ||
      attempt.target === undefined ||
      attempt.isPointedTo(step.url)
    return recent.filter(
      (attempt) =>
        attempt.mayLookAround &&
        isOfTarget(attempt) &&
        (attempt.isPointedTo(step.url) ||
          (!anybody && attempt.flow.of('resource-metadata').length === 0)),
    )
  }

  /** Several clients of one program have called without a token, on connections of their own, and this is one of them. */
  #isOfMany({ exchange: { connection } }: Step, attempt: Attempt): boolean {
    if (!attempt.isOpening || attempt.hasLookedAround || !attempt.knows(connection)) return false
    const calls = attempt.flow.mcpCalls
    return calls.some((call) => ![connection, ''].includes(call.exchange.connection))
  }

  #beginning(step: Authorize | PushedRequest | DeviceAuthorization): Attempt {
    const recent = this.#recent
    const registered = recent.find((attempt) => attempt.registrationOf(step.clientId) !== undefined)
    if (registered !== undefined && (registered.isOpening || registered.goesOn)) {
      const meant = this.#meant(step, registered)
      return meant ?? registered
    }
    const candidates = recent.filter(
      (attempt) =>
        (attempt.isOpening || attempt.goesOn) &&
        !attempt.waitsForAnother(step.clientId) &&
        (attempt.isPointedTo(step.url) || !attempt.knowsServer),
    )
    const named = candidates.filter((attempt) => attempt.names(step.resources))
    return (
      (named.length > 0 ? named : candidates).find((attempt) => attempt.isPointedTo(step.url)) ??
      candidates[0] ??
      this.#loginBehind(step) ??
      this.#open(step)
    )
  }

  /** The attempt whose authorization server sends the browser on to a login service of its own, which nothing else named. */
  #loginBehind(step: Authorize | PushedRequest | DeviceAuthorization): Attempt | undefined {
    if (step.kind !== 'authorize') return undefined
    const recent = this.#recent
    if (recent.some((attempt) => attempt.isPointedTo(step.url))) return undefined
    return recent.find(
      (attempt) => attempt.flow.of('authorize').length > 0 && attempt.isWithoutToken,
    )
  }

  /** The attempt that names the resource (RFC 8707 §2), where the client was registered in the sight of another. */
  #meant(
    step: Authorize | PushedRequest | DeviceAuthorization,
    found: Attempt,
  ): Attempt | undefined {
    if (step.resources.length === 0 || found.names(step.resources)) return undefined
    const meant = this.#recent.filter(
      (attempt) =>
        attempt !== found &&
        attempt.isOpening &&
        attempt.program === found.program &&
        attempt.flow.of('challenge').length > 0 &&
        attempt.names(step.resources),
    )
    return meant.length === 1 ? meant[0] : undefined
  }

  #tokenRequest(step: TokenCall): Attempt {
    const fits = (attempt: Attempt) =>
      (attempt.isPointedTo(step.url) || !attempt.knowsServer) &&
      !attempt.waitsForAnother(step.clientId)
    const own = this.#ofProgram(step).filter(fits)
    const renewed = (attempt: Attempt) =>
      step.grantType === 'client_credentials' &&
      attempt.flow.of('token').some(({ grantType }) => grantType === step.grantType)
    const waiting = (attempt: Attempt) =>
      attempt.isWithoutToken || attempt.goesOn || (attempt.presented && !attempt.issued)
    const redeems = step.grantType === 'authorization_code'
    const candidates = [
      ...own.filter((attempt) => attempt.begun && attempt.uses(step.clientId) && waiting(attempt)),
      ...own.filter((attempt) => waiting(attempt) || renewed(attempt)),
      ...this.#recent.filter(
        (attempt) => redeems && attempt.begun && fits(attempt) && waiting(attempt),
      ),
    ]
    const connected = this.#byConnection.get(step.exchange.connection)
    if (connected !== undefined && candidates.includes(connected)) return connected
    return candidates[0] ?? this.#open(step)
  }

  #preflight(step: Step): Attempt {
    const own = this.#ofProgram(step)
    const open = own.filter((attempt) => attempt.mayLookAround)
    return (
      open.find((attempt) => attempt.isPointedTo(step.url)) ??
      open[0] ??
      (own.some((attempt) => attempt.isPointedTo(step.url)) ? this.#open(step) : this.#aside(step))
    )
  }

  /** What is no part of the way to a token goes with whatever its program, or whoever points there, did last. */
  #aside(step: Step): Attempt {
    const recent = this.#recent
    const pointed = recent.filter((attempt) => attempt.isPointedTo(step.url))
    const own = isBrowserLeg(step) ? pointed : this.#ofProgram(step)
    return (
      own.find((attempt) => pointed.includes(attempt)) ??
      pointed[0] ??
      own[0] ??
      // A browser is a client of its own; its legs belong to whichever attempt is under way.
      (isBrowserLeg(step) ? recent[0] : undefined) ??
      this.#open(step)
    )
  }

  #ofProgram(step: Step): Attempt[] {
    const program = programOf(step)
    return this.#recent.filter((attempt) => (attempt.program ?? program) === program)
  }

  /** The one that lacks such a step; of several the one on this connection, else the newest. */
  #nearest(step: Step, candidates: readonly Attempt[]): Attempt | undefined {
    const connected = this.#byConnection.get(step.exchange.connection)
    const lacking = candidates.filter((attempt) => attempt.lacks(step))
    const best = lacking.length > 0 ? lacking : candidates
    return connected !== undefined && best.includes(connected) ? connected : best[0]
  }

  /**
   * Legs that were placed elsewhere because nothing told better, and that this step goes on from: the registration of its
   * client, what its attempt looked up meanwhile, and the opening of a client of which there are several.
   */
  #legsThatGoAlong(step: Step, attempt: Attempt): Moved[] {
    if (attempt.flow.isEmpty && (step.kind === 'registration' || step.kind.endsWith('-metadata')))
      return this.#openingOn(step, attempt)
    switch (step.kind) {
      case 'authorize':
      case 'pushed-request':
      case 'device-authorization':
        return this.#legsBefore(step, attempt)
      case 'token':
        return this.#lookedUpFor(step, attempt)
      default:
        return []
    }
  }

  #openingOn({ exchange: { connection } }: Step, attempt: Attempt): Moved[] {
    const from = this.#byConnection.get(connection)
    if (connection === '' || from === undefined || from === attempt || !from.isOpening) return []
    return from.flow.steps
      .filter((step) => step.exchange.connection === connection)
      .map((step) => ({ step, from: from.flow }))
  }

  /** What came before the beginning of an attempt, and was taken for part of one that had begun already. */
  #legsBefore(step: Authorize | PushedRequest | DeviceAuthorization, attempt: Attempt): Moved[] {
    const registered = this.#recent.find(
      (other) =>
        other !== attempt &&
        other.registrationOf(step.clientId) !== undefined &&
        !other.uses(step.clientId),
    )
    const registration = registered?.registrationOf(step.clientId)
    const moved =
      registered === undefined || registration === undefined
        ? []
        : [{ step: registration, from: registered.flow }]
    if (!attempt.flow.isEmpty) return moved
    const earlier =
      registered ??
      this.#recent.find(
        (other) =>
          other !== attempt && other.begun && other.isWithoutToken && other.isPointedTo(step.url),
      )
    if (earlier === undefined) return moved
    const trailing = earlier.flow.steps.filter(
      (leg) =>
        leg.order > earlier.lastTied &&
        leg.order < step.order &&
        leg !== registration &&
        ['challenge', 'resource-metadata', 'server-metadata', 'preflight'].includes(leg.kind),
    )
    return [...trailing.map((leg) => ({ step: leg, from: earlier.flow })), ...moved]
  }

  /** Metadata that a client read once more on its way to this token request. */
  #lookedUpFor(step: TokenCall, attempt: Attempt): Moved[] {
    const program = programOf(step)
    const looker = this.#recent.find(
      (other) =>
        other !== attempt &&
        other.program === program &&
        other.isOpening &&
        other.isPointedTo(step.url) &&
        (other.flow.mcpCalls.length === 0 || other.knows(step.exchange.connection)) &&
        other.flow.of('registration').every(({ ok }) => !ok) &&
        other.flow.steps.some(({ kind, order }) => isLookedUp(kind) && order > attempt.lastTied),
    )
    if (looker === undefined) return []
    return looker.flow.steps
      .filter(({ kind, order }) => isLookedUp(kind) && order > attempt.lastTied)
      .map((leg) => ({ step: leg, from: looker.flow }))
  }
}

function isLookedUp(kind: Step['kind']): boolean {
  return ['resource-metadata', 'server-metadata', 'preflight', 'jwks'].includes(kind)
}

/** The same first call again, after its client has looked around: it begins from the start. */
function isRestart(step: McpCall | Challenge, attempt: Attempt): boolean {
  if (!attempt.hasLookedAround) return false
  const first = attempt.flow.mcpCalls[0]
  return (
    first !== undefined && first.method === step.method && first.rpc?.method === step.rpc?.method
  )
}

/** Whether what a step belongs to is what its connection belongs to: not for a browser's, nor for what every attempt may fetch. */
function tellsConnection(step: Step): boolean {
  return (
    !isBrowserLeg(step) && !['jwks', 'client-metadata', 'preflight', 'other'].includes(step.kind)
  )
}
