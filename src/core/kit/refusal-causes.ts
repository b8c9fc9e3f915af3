import type { Flow } from '../flow/flow.ts'
import type { Pointer } from '../verdict/rule.ts'
import { said } from '../step/refusal.ts'
import type { Step, TokenCall } from '../step/step.ts'
import { objectOf, stringMember } from '../wire/json.ts'
import { fitsChallenge } from './pkce.ts'
import { othersPresenting } from './presented-twice.ts'
import { refreshTokenSource } from './refresh-token.ts'
import { parameterPlace } from './refusals.ts'

/** Why a token request may have been refused, and whose fault that is. */
export interface RefusalCause {
  readonly why: string
  readonly fault: 'client' | 'authorization-server' | 'intermediary'
  /** The words of the server, or times and values in the capture, speak for it. */
  readonly speaks?: boolean
  /** Where those values stand. */
  readonly evidence?: readonly Pointer[]
}

/** What a refused token request may be due to: what is seen and said first, and what it usually is after that. */
export function refusalCauses(step: TokenCall, flow: Flow): RefusalCause[] {
  return [...told(step, flow), ...usual(step)]
}

/** What the server says of it, and what times and values show; what is seen goes before what is said. */
function told(step: TokenCall, flow: Flow): RefusalCause[] {
  const causes: RefusalCause[] = []
  const add = (fault: RefusalCause['fault'], why: string, evidence: readonly Pointer[] = []) =>
    causes.push({ fault, why, speaks: true, evidence })
  const code = secondsSince(flow.responseWith(step.code)?.step, step)
  const refresh = secondsSince(refreshTokenSource(step, flow), step)
  if (refresh !== undefined && refresh < 60 && step.error?.error === 'invalid_grant')
    add('authorization-server', `it refuses a refresh token that it gave ${refresh} s before`)
  else if (said(step, 'refresh-token', 'expired') && step.grantType === 'refresh_token')
    add('client', 'the refresh token is no longer good, and the user has to log in anew')
  if (code !== undefined && code > 60 && step.error?.error === 'invalid_grant')
    add('client', `the code was ${code} s old when it was redeemed`)
  const request = code !== undefined && code <= 60 ? keptRequest(step, flow) : undefined
  if (request !== undefined)
    add(
      'authorization-server',
      'it refuses a code that is redeemed once, in time, and as it was asked for',
      [
        { step, at: 'request.form.code', note: `${code} s old, and redeemed for the first time` },
        { step, at: 'request.form.redirect_uri', note: 'as in the authorization request' },
        {
          ...parameterPlace(request, 'code_challenge', flow),
          note: 'the code_verifier belongs to it, and the client is the same',
        },
      ],
    )
  const registration = keptRegistration(step, flow)
  if (registration !== undefined)
    add('authorization-server', 'it refuses a client that asks as it was registered', [
      {
        step: registration,
        at: 'response.json/token_endpoint_auth_method',
        note: 'the client sends no secret, as it was registered',
      },
    ])
  if (said(step, 'secret')) add('client', 'the way it authenticates, or its secret, is refused')
  if (said(step, 'assertion-audience'))
    add('client', 'its assertion is made out to another audience than the server accepts')
  if (said(step, 'redirect-uri'))
    add('client', 'the redirect URI is not the one of the authorization request')
  if (said(step, 'pkce'))
    add(
      isVerified(step, flow) ? 'authorization-server' : 'client',
      isVerified(step, flow)
        ? 'it refuses a code_verifier that matches the code_challenge'
        : 'its code_verifier is not what the server wants',
    )
  if (said(step, 'consent'))
    add('authorization-server', 'its policy demands a consent that was not given')
  if (said(step, 'client-kind'))
    add('authorization-server', 'as it has this client registered, it may not ask so')
  if (said(step, 'rate')) add('authorization-server', 'it limits how often tokens may be asked for')
  if (step.status === 500) add('authorization-server', 'it failed while it answered')
  // OAuth 2.1 dropped it; servers of OAuth 2.0 refuse without a word of it.
  if (step.error?.error === 'invalid_grant' && lacksRedirectUri(step, flow))
    causes.push({
      fault: 'client',
      why: 'its token request has no redirect_uri, which the authorization request had',
    })
  return causes
}

function lacksRedirectUri(step: TokenCall, flow: Flow): boolean {
  return (
    step.grantType === 'authorization_code' &&
    step.redirectUri === undefined &&
    flow.authorizationOf(step)?.step.redirectUri !== undefined
  )
}

/** The authorization request of a refused code, where all that binds the code is as it was there (RFC 6749 §4.1.3, RFC 7636 §4.6). */
function keptRequest(step: TokenCall, flow: Flow) {
  const request = flow.authorizationOf(step)?.step
  const isKept =
    step.error?.error === 'invalid_grant' &&
    request?.clientId === step.clientId &&
    request?.redirectUri === step.redirectUri &&
    isVerified(step, flow) &&
    othersPresenting(step, flow).every(({ order }) => order > step.order)
  return isKept ? request : undefined
}

/** The registration of a public client that is refused as a client, though it asks as one. */
function keptRegistration(step: TokenCall, flow: Flow) {
  if (step.error?.error !== 'invalid_client' || step.clientAuth !== 'none') return undefined
  const registration = flow.registrationOf(step.clientId)
  const method = stringMember(objectOf(registration?.received), 'token_endpoint_auth_method')
  return method === 'none' ? registration : undefined
}

function isVerified(step: TokenCall, flow: Flow): boolean {
  const request = flow.authorizationOf(step)?.step
  return request !== undefined && fitsChallenge(step, request) === true
}

/** What it usually is, where nothing tells. */
function usual(step: TokenCall): RefusalCause[] {
  const client = (why: string): RefusalCause => ({ fault: 'client', why })
  const server = (why: string): RefusalCause => ({ fault: 'authorization-server', why })
  switch (step.error?.error ?? '') {
    case 'invalid_grant':
      return step.grantType === 'refresh_token'
        ? [
            client('the refresh token has expired, was revoked, or belongs to another client'),
            server('it lost the refresh token, or shares no store between its instances'),
          ]
        : [
            server(
              'what the client sent agrees with its authorization request, so the server lost the code, shares no store between its instances, or has another reason that it does not give',
            ),
            client('the code had expired, or was redeemed before, or by another client'),
          ]
    case 'invalid_client':
      return [
        client('the client id or secret is not the one that this server knows'),
        server('it lost the registration'),
      ]
    case 'unauthorized_client':
    case 'unsupported_grant_type':
      return [
        client(`it may not use grant_type=${step.grantType}`),
        server('the grant is advertised, and not enabled for this client'),
      ]
    case 'invalid_request':
      return [
        client('a parameter is missing, repeated or malformed'),
        server('it does not know a parameter that MCP clients must send, such as resource'),
      ]
  }
  return (step.status ?? 0) >= 500
    ? [
        server('it is down, overloaded, or does not answer its gateway'),
        { fault: 'intermediary', why: 'a gateway in front of it answers in its place' },
      ]
    : [
        client('something that it sent is refused, and is not named'),
        server('it is configured to refuse this request'),
      ]
}

function secondsSince(earlier: Step | undefined, step: Step): number | undefined {
  if (earlier === undefined) return undefined
  const from = earlier.exchange.endedAt ?? earlier.exchange.startedAt
  return Math.max(0, Math.round((step.exchange.startedAt - from) / 1000))
}
