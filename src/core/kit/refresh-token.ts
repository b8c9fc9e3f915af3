import type { Flow } from '../flow/flow.ts'
import type { Step, TokenCall } from '../step/step.ts'
import { member, objectOf } from '../wire/json.ts'
import type { Pointer } from '../verdict/rule.ts'
import { parameterPlace } from './refusals.ts'

/** The attempt in which a token was issued: this one, or the one before it. */
export function attemptOf(token: TokenCall, flow: Flow): Flow {
  return flow.of('token').includes(token) ? flow : (flow.follows ?? flow)
}

/** Where servers say how long a refresh token lives, in seconds; no specification has such a member. */
const lives = ['refresh_expires_in', 'refresh_token_expires_in']

/** Whether the refresh token of an answer served no more when a step began: revoked by the client, or past its own life. */
export function isRefreshOver(token: TokenCall, step: Step, flow: Flow): boolean {
  const revoked = [...(flow.follows?.of('revocation') ?? []), ...flow.of('revocation')]
  if (revoked.some(({ order }) => order > token.order && order < step.order)) return true
  const issuedAt = token.exchange.endedAt ?? token.exchange.startedAt
  return lives
    .map((name) => Number(member(objectOf(token.answer), name)))
    .some((seconds) => seconds > 0 && issuedAt + seconds * 1000 <= step.exchange.startedAt)
}

/** The answer that issued the refresh token which a request presents. */
export function refreshTokenSource(step: TokenCall, flow: Flow): TokenCall | undefined {
  const { refreshToken } = step
  return refreshToken === undefined
    ? undefined
    : flow.before(step, 'token').findLast((one) => one.issuedRefreshToken === refreshToken)
}

/** The login whose refresh token a refresh renews; undefined where none was seen to give one. */
export function loginBehind(refresh: TokenCall, flow: Flow): TokenCall | undefined {
  return flow
    .before(refresh, 'token')
    .findLast(
      (call) =>
        call.ok && call.grantType !== 'refresh_token' && call.issuedRefreshToken !== undefined,
    )
}

interface AskedResources {
  readonly resources: readonly string[]
  readonly place: Pick<Pointer, 'step' | 'at'>
}

/**
 * The resources that the grant behind a refresh was asked for with, those of its authorization request included, and where
 * they stand. Where the login was not seen, the first refresh that names any stands for it.
 */
export function resourcesBehind(refresh: TokenCall, flow: Flow): AskedResources | undefined {
  const first =
    loginBehind(refresh, flow) ??
    flow
      .before(refresh, 'token')
      .find(
        ({ ok, grantType, resources }) =>
          ok && grantType === 'refresh_token' && resources.length > 0,
      )
  if (first === undefined) return undefined
  const asked = first.grantType === 'refresh_token' ? undefined : flow.authorizationOf(first)?.step
  const resources = [...new Set([...first.resources, ...(asked?.resources ?? [])])]
  const carrier = first.resources.length > 0 ? first : (asked ?? first)
  return { resources, place: parameterPlace(carrier, 'resource', flow) }
}

/** What the grant that a token request uses was asked for with; undefined where that was not seen. */
export function resourcesGranted(step: TokenCall, flow: Flow): AskedResources | undefined {
  if (step.grantType === 'refresh_token') return resourcesBehind(step, flow)
  const asked =
    step.grantType === 'authorization_code' ? flow.authorizationOf(step)?.step : undefined
  return asked === undefined || asked.opaque
    ? undefined
    : { resources: asked.resources, place: parameterPlace(asked, 'resource', flow) }
}
