import type { Flow } from '../flow/flow.ts'
import { claimedExpiry, expiryOf } from '../step/lifetime.ts'
import type { Meaning } from '../step/meaning/meanings.ts'
import { said } from '../step/refusal.ts'
import type { Challenge, McpCall, TokenCall } from '../step/step.ts'
import type { Token } from '../wire/jwt.ts'
import type { Place } from '../verdict/rule.ts'

type Call = McpCall | Challenge

/**
 * The access token that a step is the first to show: the one it issued, or the one it presented where its issue was not seen.
 */
export function tokenAt(step: TokenCall | Call, flow: Flow): Token | undefined {
  if (step.kind === 'token')
    return step.grantType?.endsWith(':token-exchange') === true ? undefined : step.accessToken
  const token = step.presented?.token
  if (token === undefined || flow.issuedBy(step.presented) !== undefined) return undefined
  return callsWith(token, flow)[0] === step ? token : undefined
}

/** Where a claim of that token stands. */
export function claimAt(step: TokenCall | Call, claim: string): Place {
  return step.kind === 'token' ? `response.jwt.${claim}` : `request.jwt.${claim}`
}

/** Calls that presented a token, oldest first. */
export function callsWith(token: Token, flow: Flow): Call[] {
  return flow.mcpCalls.filter(({ presented }) => presented?.token.value === token.value)
}

/** When the token of a call ends, by the answer that issued it or its own claim; undefined when neither was seen to say. */
export function presentedExpiry({ presented }: Call, flow: Flow): number | undefined {
  const issued = flow.issuedBy(presented)
  return (issued && expiryOf(issued)) ?? claimedExpiry(presented?.token)
}

/** The server let somebody in with this token; who lacks a scope has been let in. */
export function wasLetIn(token: Token, flow: Flow): boolean {
  return callsWith(token, flow).some(
    (call) => call.ok || (call.kind === 'challenge' && call.error === 'insufficient_scope'),
  )
}

/** Checks of a token that a server may name when it refuses one. */
const checks: readonly Meaning[] = [
  'audience',
  'issuer',
  'expired',
  'not-yet-valid',
  'signature',
  'key-id',
  'token-format',
  'claim-missing',
  'scope',
  'session',
]

/** The server names what it has against a token, and that is none of these. */
export function blamesOther(refusal: Challenge, ...meant: readonly Meaning[]): boolean {
  return (
    said(refusal, ...meant) === undefined &&
    said(refusal, ...checks.filter((check) => !meant.includes(check))) !== undefined
  )
}

/** The first call that was refused with a token that had never been accepted, while it had not expired. */
export function firstRefusal(token: Token, flow: Flow): Challenge | undefined {
  if (wasLetIn(token, flow)) return undefined
  const end = claimedExpiry(token) ?? Infinity
  return callsWith(token, flow).find(
    (call): call is Challenge => call.kind === 'challenge' && call.exchange.startedAt < end,
  )
}
