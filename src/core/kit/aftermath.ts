import type { Flow } from '../flow/flow.ts'
import type { Step } from '../step/step.ts'
import { endingOf } from '../verdict/outcome.ts'

/**
 * Whether a client went no further after an answer: nothing of a login follows, for as long as a successor may take. Who
 * looked at a server that others log in to meant to go no further.
 */
export function stoppedAt(step: Step, flow: Flow): boolean {
  if (!flow.waited('backChannel') || isThrough(flow)) return false
  if (flow.around.reached && endingOf(flow).outcome === 'looked') return false
  const next = flow.after(
    step,
    'registration',
    'pushed-request',
    'device-authorization',
    'authorize',
    'callback',
    'token',
  )
  return next.length === 0 && !isBackWithToken(step, flow)
}

/** Its client came back with a token that it did not have before: the login went on out of sight. */
function isBackWithToken(step: Step, { mcpCalls }: Flow): boolean {
  const tokens = mcpCalls.flatMap(({ order, presented }) =>
    presented === undefined ? [] : [{ order, value: presented.token.value }],
  )
  const had = tokens.filter(({ order }) => order <= step.order).map(({ value }) => value)
  return tokens.some(({ order, value }) => order > step.order && !had.includes(value))
}

/** Whether the login got through all the same. */
export function isThrough(flow: Flow): boolean {
  return endingOf(flow).outcome === 'authorized'
}

/** Its last call was let in: such a client looks at metadata again, and renews its token, when it likes. */
export function isAtEase(flow: Flow): boolean {
  const call = (flow.mcpCalls.length > 0 ? flow : flow.follows)?.mcpCalls.at(-1)
  return call?.kind === 'mcp' && call.ok && call.presented !== undefined
}
