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
  const hasOpening = attempt.target !== undefined
  if (!attempt.issued || (hasOpening && attempt.calls(step.target))) return []
  if (!isFirstUse(step, attempt) || namesResource(attempt)) return []
  // To give an opening away takes more than that there is a better one.
  if (hasOpening && !isMeantFor(step)) return []
  const callers = roster
    .ofProgram(step)
    .filter((other) => other !== attempt && other.target !== undefined && other.calls(step.target))
  const alone = callers.find(({ isOpening, openings }) => isOpening && openings === 1)
  if (!hasOpening && alone !== undefined) return legs(alone.flow.steps, alone, attempt)
  const shared = alone === undefined ? callers.find(({ awaitsLogin }) => awaitsLogin) : undefined
  const swapped = hasOpening
    ? callers.find(({ begun, presented }) => begun && !presented)
    : undefined
  const source = alone ?? shared ?? swapped
  if (source === undefined) return []
  const taken = source === shared ? newestOf(openingOf(source)) : openingOf(source)
  const given = openingOf(attempt)
  const heir =
    source === shared && hasOpening ? (withoutOpening(step, attempt, roster) ?? open()) : source
  return [...legs(given, attempt, heir), ...legs(taken, source, attempt)]
}

function legs(steps: readonly Step[], { flow }: Attempt, to: Attempt): Moved[] {
  return steps.map((step) => ({ step, from: flow, to }))
}

/** No other call of this attempt had a token; this one may have been seen at its beginning already. */
function isFirstUse({ exchange: { id } }: Step, { flow }: Attempt): boolean {
  return flow.mcpCalls.every((call) => call.presented === undefined || call.exchange.id === id)
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
