import { audiences } from '../wire/jwt.ts'
import { covers, sameUrl } from '../wire/url.ts'
import type { Challenge, McpCall, Step } from '../step/step.ts'
import type { Attempt } from './attempt.ts'
import type { Moved } from './legs.ts'
import type { Roster } from './roster.ts'

/**
 * Logins at once to several servers of one authorization server, that name no resource, are told apart by the first use of
 * their tokens: only then it shows which server a login was for. Its opening, which may have been taken for that of another,
 * goes to the attempt with the token, and the one that this attempt had until now to whoever it may be of.
 * @param open makes an attempt of its own for an opening that is nobody's yet
 */
export function openingByFirstUse(
  step: McpCall | Challenge,
  attempt: Attempt,
  roster: Roster,
  open: () => Attempt,
): Moved[] {
  if (!attempt.unused || attempt.presented || namesResource(attempt) || !isMeantFor(step)) return []
  if (attempt.target !== undefined && attempt.calls(step.target)) return []
  const others = roster
    .ofProgram(step)
    .filter((other) => other !== attempt && other.target !== undefined && other.calls(step.target))
  const hasNone = attempt.target === undefined
  const whole = others.find((other) => other.isOpening && !other.hasOpenedForSeveral)
  const shared = whole === undefined ? others.find((other) => other.hasOpenedForMany) : undefined
  const swapped = hasNone ? undefined : others.find((other) => other.begun && !other.presented)
  const source = whole ?? shared ?? swapped
  if (source === undefined) return []
  const opening = source === shared ? newestOf(openingOf(source)) : openingOf(source)
  const all = source === whole && hasNone ? source.flow.steps : opening
  const taken = all.map((leg) => ({ step: leg, from: source.flow, to: attempt }))
  if (hasNone) return taken
  const heir = source === shared ? (withoutOpening(step, attempt, roster) ?? open()) : source
  return [
    ...openingOf(attempt).map((leg) => ({ step: leg, from: attempt.flow, to: heir })),
    ...taken,
  ]
}

function namesResource({ flow }: Attempt): boolean {
  return flow
    .of('authorize', 'pushed-request', 'token')
    .some(({ resources }) => resources.length > 0)
}

/** The token says so, or, where it says nothing, the server that accepts it. */
function isMeantFor(step: McpCall | Challenge): boolean {
  const named = step.presented === undefined ? [] : audiences(step.presented.token)
  if (named.length === 0) return step.kind === 'mcp' && step.ok
  return named.some((one) => sameUrl(one, step.target) || covers(one, step.target))
}

/** The calls before a login, and what describes the server that they were made to. */
function openingOf({ flow, target }: Attempt): Step[] {
  return flow
    .of('mcp', 'challenge', 'resource-metadata')
    .filter((leg) => leg.kind === 'resource-metadata' || leg.presented === undefined)
    .filter((leg) => leg.target === undefined || leg.target === target)
}

/** The opening of one client of several: the newest leg of each sort. */
function newestOf(legs: readonly Step[]): Step[] {
  const isNewest = (leg: Step) => leg === legs.findLast(({ kind }) => kind === leg.kind)
  return legs.filter(isNewest)
}

function withoutOpening(step: Step, attempt: Attempt, roster: Roster): Attempt | undefined {
  return roster
    .ofProgram(step)
    .find((other) => other !== attempt && other.begun && other.target === undefined)
}
