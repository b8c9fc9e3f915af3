import { member, objectOf } from '../wire/json.ts'
import type { Token } from '../wire/jwt.ts'
import type { TokenCall } from './step.ts'

/** When an issued access token ends, in milliseconds since the epoch, by `expires_in` and `exp`; undefined when neither says. */
export function expiryOf(call: TokenCall): number | undefined {
  const seconds = Number(member(objectOf(call.answer), 'expires_in') ?? NaN)
  const issuedAt = call.exchange.endedAt ?? call.exchange.startedAt
  const byAnswer = Number.isFinite(seconds) ? issuedAt + seconds * 1000 : Infinity
  const byClaim = claimedExpiry(call.accessToken) ?? Infinity
  const earliest = Math.min(byAnswer, byClaim)
  return earliest === Infinity ? undefined : earliest
}

/** The `exp` claim of a JWT in milliseconds since the epoch (RFC 7519 §4.1.4). */
export function claimedExpiry(token: Token | undefined): number | undefined {
  const exp = member(token?.claims, 'exp')
  return typeof exp === 'number' && Number.isFinite(exp) ? exp * 1000 : undefined
}
