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
import type { Attempt } from './attempt.ts'
import { isBrowserLeg, programOf } from '../step/program.ts'
import { isOfAnother, type Roster } from './roster.ts'

/** A call without a token that follows a login this closely comes from the client that logged in, in milliseconds. */
const firstUseWithin = 5000

/**
 * The attempt that a step without a tie belongs to, by hints: its program, its connection, where it points. Undefined where
 * it begins one of its own. A hint never brings a leg into an attempt that has its token already.
 */
export function byHints(step: Step, roster: Roster): Attempt | undefined {
  switch (step.kind) {
    case 'mcp':
    case 'challenge':
      return step.presented === undefined ? bareCall(step, roster) : callWithToken(step, roster)
    case 'resource-metadata':
    case 'server-metadata':
    case 'registration':
      return lookingAround(step, roster)
    case 'authorize':
    case 'pushed-request':
    case 'device-authorization':
      return beginning(step, roster)
    case 'token':
      return tokenRequest(step, roster)
    case 'preflight':
      return step.asksForAuthorization ? aside(step, roster) : preflight(step, roster)
    default:
      return aside(step, roster)
  }
}

/** A call without a token opens an attempt, unless one is being opened, or waits for the first use of its token. */
function bareCall(step: McpCall | Challenge, roster: Roster): Attempt | undefined {
  const own = roster.ofProgram(step).filter((attempt) => attempt.calls(step.target))
  const { connection, startedAt } = step.exchange
  const waiting = own.find(
    (attempt) =>
      attempt.unused &&
      (attempt.knows(connection) ||
        (roster.connected(connection) === undefined &&
          startedAt - attempt.flow.lastActivity <= firstUseWithin)),
  )
  if (waiting !== undefined) return waiting
  const redirected = own.find((attempt) => attempt.isSentTo(step.target))
  if (redirected !== undefined) return redirected
  return own.find((attempt) => attempt.isOpening && !isRestart(step, attempt))
}

/** A token that was issued out of sight, or kept from before: its client has opened without it, or is known by it alone. */
function callWithToken(step: McpCall | Challenge, roster: Roster): Attempt | undefined {
  const own = roster.ofProgram(step).filter((attempt) => attempt.calls(step.target))
  const fits = (attempt: Attempt) =>
    attempt.isOpening ||
    attempt.unused ||
    // The authorization server's traffic is out of sight.
    attempt.flow.of('token').length === 0
  return roster.nearest(step, own.filter(fits))
}

function lookingAround(
  step: ResourceMetadata | ServerMetadata | Registration,
  roster: Roster,
): Attempt | undefined {
  const candidates = looking(step, roster)
  const nearest = roster.nearest(step, candidates)
  const others = nearest === undefined ? looking(step, roster, true) : []
  const found =
    nearest ??
    others.find((attempt) => attempt.isOpening) ??
    // A token from before was refused, and the client's OAuth part goes by a name of its own.
    others.find((attempt) => attempt.goesOn && !attempt.begun) ??
    others.find((attempt) => attempt.isWithoutToken && isLookedUpAgain(step, attempt))
  return found === undefined || isOfMany(step, found) ? undefined : found
}

/** Attempts that such a step may lead to a token. @param anybody of other programs, where the step is pointed to */
function looking(step: Step, roster: Roster, anybody = false): Attempt[] {
  const recent = anybody ? roster.recent : roster.ofProgram(step)
  const isOfTarget = (attempt: Attempt) =>
    step.kind !== 'resource-metadata' ||
    step.target === undefined ||
    attempt.target === undefined ||
    (attempt.isPointedTo(step.url) && !isOfAnother(step, attempt, roster))
  return recent.filter(
    (attempt) =>
      attempt.mayLookAround &&
      isOfTarget(attempt) &&
      (attempt.isPointedTo(step.url) ||
        (!anybody && attempt.flow.of('resource-metadata').length === 0)),
  )
}

/** A client that reads metadata once more before it redeems its code may go by another name then. */
function isLookedUpAgain(step: Step, attempt: Attempt): boolean {
  if (step.kind === 'server-metadata') return attempt.begun && attempt.leadsTo(step)
  return (
    step.kind === 'resource-metadata' &&
    step.target !== undefined &&
    attempt.target !== undefined &&
    attempt.calls(step.target)
  )
}

/** Several clients of one program have called without a token, on connections of their own, and this is one of them. */
function isOfMany({ exchange: { connection } }: Step, attempt: Attempt): boolean {
  if (!attempt.isOpening || attempt.hasLookedAround || !attempt.knows(connection)) return false
  const calls = attempt.flow.mcpCalls
  return calls.some((call) => ![connection, ''].includes(call.exchange.connection))
}

function beginning(
  step: Authorize | PushedRequest | DeviceAuthorization,
  roster: Roster,
): Attempt | undefined {
  const recent = roster.recent
  const registered = recent.find((attempt) => attempt.registrationOf(step.clientId) !== undefined)
  if (registered !== undefined && (registered.isOpening || registered.goesOn)) {
    const named = meant(step, registered, roster)
    if (named !== undefined) return named
    if (!isAskedElsewhere(step, registered, recent)) return registered
  }
  const candidates = recent.filter(
    (attempt) =>
      (attempt.isOpening || attempt.goesOn) &&
      (!attempt.waitsForAnother(step.clientId) ||
        (registered !== undefined && attempt.names(step.resources))) &&
      (attempt.isPointedTo(step.url) || !attempt.knowsServer) &&
      !isAskedElsewhere(step, attempt, recent),
  )
  const registration = registered?.registrationOf(step.clientId)
  const best = narrowed(candidates, [
    // A client is used by the program that registered it, whichever attempt that was taken for a part of.
    (attempt) => registration !== undefined && attempt.program === programOf(registration),
    (attempt) => attempt.names(step.resources),
    (attempt) => !attempt.waitsForAnother(step.clientId),
    (attempt) => attempt.leadsTo(step),
    (attempt) => attempt.isPointedTo(step.url),
  ])
  // Whose it is of several programs that could have sent the browser is told by who redeems the code.
  const isOpen = isBrowserLeg(step) && new Set(best.map(({ program }) => program)).size > 1
  if (isOpen) return undefined
  return best[0] ?? loginBehind(step, roster)
}

/** It asks for another resource than this attempt's, where a login to that one is under way, or still to come. */
function isAskedElsewhere(
  { resources }: Authorize | PushedRequest | DeviceAuthorization,
  attempt: Attempt,
  recent: readonly Attempt[],
): boolean {
  if (resources.length === 0 || attempt.flow.audiences.length === 0 || attempt.names(resources))
    return false
  return recent.some(
    (other) =>
      other.names(resources) && ((other.begun && other.isWithoutToken) || other.awaitsLogin),
  )
}

/** The attempt whose authorization server sends the browser on to a login service of its own, which nothing else named. */
function loginBehind(
  step: Authorize | PushedRequest | DeviceAuthorization,
  roster: Roster,
): Attempt | undefined {
  if (step.kind !== 'authorize') return undefined
  const recent = roster.recent
  if (recent.some((attempt) => attempt.isPointedTo(step.url))) return undefined
  return recent.find((attempt) => attempt.flow.of('authorize').length > 0 && attempt.isWithoutToken)
}

/** The attempt that names the resource (RFC 8707 §2), where the client was registered in the sight of another. */
function meant(
  step: Authorize | PushedRequest | DeviceAuthorization,
  found: Attempt,
  roster: Roster,
): Attempt | undefined {
  if (step.resources.length === 0 || found.names(step.resources)) return undefined
  const named = roster.recent.filter(
    (attempt) =>
      attempt !== found &&
      attempt.isOpening &&
      attempt.program === found.program &&
      attempt.flow.of('challenge').length > 0 &&
      attempt.names(step.resources),
  )
  return named.length === 1 ? named[0] : undefined
}

function tokenRequest(step: TokenCall, roster: Roster): Attempt | undefined {
  // A token is exchanged at the identity provider, which no document of the MCP server names.
  const isExchange = step.subjectToken !== undefined
  const fits = (attempt: Attempt) =>
    (attempt.isPointedTo(step.url) ||
      !attempt.knowsServer ||
      (isExchange && attempt.names(step.resources))) &&
    !attempt.waitsForAnother(step.clientId)
  const own = roster.ofProgram(step).filter(fits)
  const renewed = (attempt: Attempt) =>
    step.grantType === 'client_credentials' &&
    attempt.flow.of('token').some(({ grantType }) => grantType === step.grantType)
  const waiting = (attempt: Attempt) =>
    attempt.isWithoutToken || attempt.goesOn || (attempt.presented && !attempt.issued)
  // The OAuth part of a client may go by a name of its own.
  const others = roster.recent.filter(fits)
  const begun =
    step.grantType === 'authorization_code'
      ? others.filter((attempt) => attempt.begun && waiting(attempt))
      : []
  const stale =
    step.grantType === 'refresh_token'
      ? [own, others].map((attempts) => attempts.filter(({ isStale }) => isStale))
      : []
  const candidates = stale.find(({ length }) => length > 0) ?? [
    ...own.filter((attempt) => attempt.begun && attempt.uses(step.clientId) && waiting(attempt)),
    ...own.filter((attempt) => waiting(attempt) || renewed(attempt)),
    ...begun,
  ]
  const connected = roster.connected(step.exchange.connection)
  if (connected !== undefined && candidates.includes(connected)) return connected
  return candidates[0]
}

function preflight(step: Step, roster: Roster): Attempt | undefined {
  const own = roster.ofProgram(step)
  const open = own.filter((attempt) => attempt.mayLookAround)
  return (
    open.find((attempt) => attempt.isPointedTo(step.url)) ??
    open[0] ??
    (own.some((attempt) => attempt.isPointedTo(step.url)) ? undefined : aside(step, roster))
  )
}

/** What is no part of the way to a token goes with whatever its program, or whoever points there, did last. */
function aside(step: Step, roster: Roster): Attempt | undefined {
  const recent = roster.recent
  const pointed = recent.filter((attempt) => attempt.isPointedTo(step.url))
  const own = isBrowserLeg(step) ? pointed : roster.ofProgram(step)
  return (
    own.find((attempt) => pointed.includes(attempt)) ??
    pointed[0] ??
    own[0] ??
    // A browser is a client of its own; its legs belong to whichever attempt is under way.
    (isBrowserLeg(step) ? recent[0] : undefined)
  )
}

/** Those for which the first of these holds that holds for any, and so on. */
function narrowed(
  attempts: readonly Attempt[],
  tests: readonly ((attempt: Attempt) => boolean)[],
): readonly Attempt[] {
  return tests.reduce<readonly Attempt[]>((left, test) => {
    const passing = left.filter(test)
    return passing.length > 0 ? passing : left
  }, attempts)
}

/** The same first call again, after its client has looked around: it begins from the start. */
function isRestart(step: McpCall | Challenge, attempt: Attempt): boolean {
  if (!attempt.hasLookedAround) return false
  const first = attempt.flow.mcpCalls[0]
  return (
    first !== undefined && first.method === step.method && first.rpc?.method === step.rpc?.method
  )
}
