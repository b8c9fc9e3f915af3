import type { Step } from '../step/step.ts'
import { header } from '../wire/exchange.ts'

/** The grant of machines and enterprises that hold an assertion, as `grant_type` names it (RFC 7523 §2.1). */
export const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
/** The grant that exchanges one token for another, as `grant_type` names it (RFC 8693 §2.1). */
export const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange'
/** The token type of an identity assertion (ID-JAG). */
export const idJag = 'urn:ietf:params:oauth:token-type:id-jag'

/** The time at which a request was answered, by the server's own clock where it tells it, else by that of the capture. */
export function answeredAt({ exchange }: Step): number {
  const told = Date.parse(header(exchange.response?.headers ?? [], 'date') ?? '')
  return Number.isNaN(told) ? exchange.startedAt : told
}
