import type { Authorize, AuthorizationResponse, Step, TokenCall } from '../step/step.ts'

/**
 * The authorization request whose code a token request redeems, and how sure that is: through the code and its state, through
 * a matching challenge, or only by order (same client, latest before).
 */
export interface Redeemed {
  readonly step: Authorize
  readonly by: 'code' | 'challenge' | 'order'
}

/**
 * @param requests those before the token request, oldest first
 * @param response the authorization response that carried the code
 */
export function redeemedBy(
  token: TokenCall,
  requests: readonly Authorize[],
  response: (AuthorizationResponse & { step: Step }) | undefined,
): Redeemed | undefined {
  if (response !== undefined) {
    const step =
      requests.find((request) => request === response.step) ??
      requests.findLast(
        (request) => request.state === response.state && response.state !== undefined,
      )
    if (step !== undefined) return { step, by: 'code' }
  }
  const matching = requests.findLast(
    (request) =>
      request.codeChallenge !== undefined && request.codeChallenge === token.codeVerifierS256,
  )
  if (matching !== undefined) return { step: matching, by: 'challenge' }
  const latest = requests.findLast(
    (request) => token.clientId === undefined || request.clientId === token.clientId,
  )
  return latest === undefined ? undefined : { step: latest, by: 'order' }
}
