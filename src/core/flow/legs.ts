import type {
  Authorize,
  DeviceAuthorization,
  PushedRequest,
  Revocation,
  Step,
  TokenCall,
} from '../step/step.ts'
import type { Attempt } from './attempt.ts'
import { programOf } from '../step/program.ts'
import type { Flow } from './flow.ts'
import { isOfAnother, type Roster } from './roster.ts'

/** A step that turned out to belong to another attempt than the one that it was placed in before. */
export interface Moved {
  readonly step: Step
  readonly from: Flow
  readonly to: Attempt
}

type Leg = Omit<Moved, 'to'>

/**
 * Legs that were placed elsewhere because nothing told better, and that this step goes on from: the registration of its
 * client, what its attempt looked up meanwhile, and the opening of a client of which there are several.
 */
export function legsThatGoAlong(step: Step, attempt: Attempt, roster: Roster): Moved[] {
  return legsOf(step, attempt, roster).map((leg) => ({ ...leg, to: attempt }))
}

function legsOf(step: Step, attempt: Attempt, roster: Roster): Leg[] {
  if (attempt.flow.isEmpty && (step.kind === 'registration' || step.kind.endsWith('-metadata')))
    return openingOn(step, attempt, roster)
  switch (step.kind) {
    case 'authorize':
    case 'pushed-request':
    case 'device-authorization':
      return legsBefore(step, attempt, roster)
    case 'token':
      return attempt.program === undefined
        ? openingOf(step, roster)
        : lookedUpFor(step, attempt, roster)
    case 'revocation':
      return lookedUpFor(step, attempt, roster)
    default:
      return []
  }
}

function openingOn({ exchange: { connection } }: Step, attempt: Attempt, roster: Roster): Leg[] {
  const from = roster.connected(connection)
  if (connection === '' || from === undefined || from === attempt || !from.isOpening) return []
  return from.flow.steps
    .filter((step) => step.exchange.connection === connection)
    .map((step) => ({ step, from: from.flow }))
}

/** What came before the beginning of an attempt, and was taken for part of one that had begun already. */
function legsBefore(
  step: Authorize | PushedRequest | DeviceAuthorization,
  attempt: Attempt,
  roster: Roster,
): Leg[] {
  const registered = roster.recent.find(
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
  const others = roster.recent.filter((other) => other !== attempt)
  // Of logins to several servers at once, the one for the same resource (RFC 8707 §2).
  const sameResource = others.filter((other) => other.names(step.resources))
  const able = sameResource.length > 0 ? sameResource : others
  const earlier =
    able.find((other) => other === registered) ??
    able.find((other) => other.begun && other.isWithoutToken && other.isPointedTo(step.url))
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

/** The opening of the client that redeems the code of a browser's legs, which nothing told whose they were. */
function openingOf(step: TokenCall, roster: Roster): Leg[] {
  const isNamed = roster.recent.some((other) => other.names(step.resources))
  const openings = roster
    .ofProgram(step)
    .filter(
      (other) =>
        other.program !== undefined &&
        other.isOpening &&
        !other.waitsForAnother(step.clientId) &&
        other.isPointedTo(step.url) &&
        (other.names(step.resources) || !isNamed),
    )
  const opening = roster.nearest(step, openings)
  return opening?.flow.steps.map((leg) => ({ step: leg, from: opening.flow })) ?? []
}

/** Metadata that a client read once more on its way to this token request, or to logging out. */
function lookedUpFor(step: TokenCall | Revocation, attempt: Attempt, roster: Roster): Leg[] {
  const program = programOf(step)
  const since = Math.min(attempt.lastTied, refusedSince(step, attempt))
  const looker = roster.recent.find(
    (other) =>
      other !== attempt &&
      other.program === program &&
      other.isOpening &&
      other.isPointedTo(step.url) &&
      (other.flow.mcpCalls.length === 0 || other.knows(step.exchange.connection)) &&
      other.flow.of('registration').every(({ ok }) => !ok) &&
      other.flow.steps.some(({ kind, order }) => isLookedUp(kind) && order > since),
  )
  if (looker === undefined) return []
  return looker.flow.steps
    .filter(({ kind, order }) => isLookedUp(kind) && order > since)
    .filter((leg) => !isOfAnother(leg, attempt, roster))
    .map((leg) => ({ step: leg, from: looker.flow }))
}

/** Of two processes that renew one token at once, either looks around when its own call was refused. */
function refusedSince(step: TokenCall | Revocation, { flow }: Attempt): number {
  if (step.kind !== 'token' || step.refreshToken === undefined) return Infinity
  const issued = flow.of('token').find((one) => one.issuedRefreshToken === step.refreshToken)
  const refused = flow
    .of('challenge')
    .find(({ order, presented }) => presented !== undefined && order > (issued?.order ?? -1))
  return refused?.order ?? Infinity
}

function isLookedUp(kind: Step['kind']): boolean {
  return ['resource-metadata', 'server-metadata', 'preflight', 'jwks'].includes(kind)
}
