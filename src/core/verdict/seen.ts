import type { Flow } from '../flow/flow.ts'
import { before } from '../flow/revision.ts'
import { answersAnybody, isOwnAudience, respelled, standsForOwn } from '../flow/audience.ts'
import { issuersOf, resourceMetadataPlaces } from '../flow/search.ts'
import { claimedExpiry } from '../step/lifetime.ts'
import type {
  Authorize,
  Challenge,
  McpCall,
  ResourceMetadata,
  ServerMetadata,
  Step,
  TokenCall,
} from '../step/step.ts'
import { member, objectOf, stringMember, stringsMember } from '../wire/json.ts'
import { audiences } from '../wire/jwt.ts'
import { covers, isLoopback, sameUrl } from '../wire/url.ts'
import { leadsTo } from '../wire/wellknown.ts'
import { gotThrough, speaksOfCredentials } from './outcome.ts'

type Call = McpCall | Challenge

/**
 * When an item of the checklist was seen to be so: the step that shows it, in one login. That nobody objected is not enough;
 * where nothing shows it, undefined.
 */
export const seen: Readonly<Record<string, (flow: Flow) => Step | undefined>> = {
  'D-1': (flow) => serverMetadata(flow).at(-1),
  'D-2': (flow) => serverMetadata(flow).findLast(isWhole),
  'D-3': (flow) => {
    const isServed =
      flow.of('server-metadata').some(({ ok }) => ok) &&
      flow.mcpCalls.some((call) => (call.kind === 'mcp' ? call.isMcp : call.ok))
    const registrations = flow.of('registration')
    const isRegistered = registrations.length === 0 || registrations.some(({ ok }) => ok)
    return isServed && isRegistered
      ? flow.of('token').find(({ ok, error }) => ok || error !== undefined)
      : undefined
  },
  'D-4': (flow) => {
    if (serverMetadata(flow).length === 0) return undefined
    const legacy = before(flow.revision.client, '2025-06-18')
    return resourceMetadata(flow) ?? (legacy ? serverMetadata(flow).at(-1) : undefined)
  },

  'T-1': (flow) => {
    const calls = callsOnceAuthorized(flow)
    const isIssued = ({ presented }: Call) => flow.issuedBy(presented) !== undefined
    const isTheToken = flow.of('token').some(({ ok }) => ok) ? isIssued : isBearer
    return calls.every((call) => isBearer(call) && isTheToken(call)) ? calls[0] : undefined
  },
  'T-2': arrival,
  'T-3': (flow) => {
    const calls = callsOnceAuthorized(flow)
    const isProper = (call: Call) => isBearer(call) && call.authorization.length === 1
    return calls.every(isProper) ? calls[0] : undefined
  },
  'T-4': arrival,

  'U-1': (flow) =>
    flow
      .of('challenge')
      .find((step) => step.status === 401 && isBare(step) && hasText(step.challenges.lines)),
  'U-2': (flow) =>
    flow.of('challenge').find(({ status, usable }) => status === 401 && usable.length > 0),
  'U-3': (flow) =>
    flow.of('challenge').find(({ resourceMetadata: named }) => {
      const isThere = ({ url, ok, resource }: ResourceMetadata) =>
        ok && sameUrl(url, named!) && resource !== undefined && covers(resource, flow.target!)
      return named !== undefined && flow.of('resource-metadata').some(isThere)
    }),
  'U-4': (flow) => {
    const written = flow.of('challenge').filter(({ challenges }) => hasText(challenges.lines))
    return written.some(({ challenges }) => challenges.problems.length > 0) ? undefined : written[0]
  },
  'U-5': (flow) => {
    const challenges = flow.of('challenge')
    const isSo = challenges.every(isRight) && !flow.of('mcp').some(speaksOfCredentials)
    return isSo ? challenges.find(({ status }) => status === 401) : undefined
  },

  'A-1': (flow) => {
    const requests = [
      ...flow.of('authorize').filter(({ opaque }) => !opaque),
      ...flow.of('pushed-request'),
      ...flow.of('token').filter(isRedemption),
    ]
    return requests.every(({ resources }) => isForThis(resources, flow)) ? requests[0] : undefined
  },
  'A-2': (flow) => flow.of('challenge').find((step) => isRefusedForAudience(step, flow)),
  'A-3': (flow) =>
    flow.of('token').find((step) => {
      const request = step.resources.length > 0 ? step : flow.authorizationOf(step)?.step
      const named = audiencesOf(step)
      return (
        named.some((one) => isOwnAudience(one, flow)) && isForThis(request?.resources ?? [], flow)
      )
    }),
  'A-4': (flow) =>
    flow.of('token').find((step) => {
      const isExact = audiencesOf(step).some((one) => one === flow.resource)
      const isDisputed = flow
        .usesOf(step)
        .some((call) => call.kind === 'challenge' && saysAud(call))
      return isExact && !isDisputed
    }),
  'A-5': (flow) =>
    flow.of('token').find((step) => {
      const isFor = audiencesOf(step).some((one) => isOwnAudience(one, flow))
      const isTaken = flow.usesOf(step).some((call) => call.kind === 'mcp' && gotThrough(call))
      return step.ok && (isFor || isTaken)
    }),
  'A-6': (flow) =>
    flow.of('challenge').find((step) => step.authorization.length > 0 && tellsWhy(step)),

  'R-1': (flow) =>
    flow.of('registration').find(({ ok, sent }) => {
      const uris = stringsMember(objectOf(sent), 'redirect_uris')
      return ok && uris !== undefined && uris.length > 0
    }),
  'R-2': (flow) =>
    redemption(flow, (step, request) => {
      const client = objectOf(flow.registrationOf(step.clientId)?.received)
      const method = stringMember(client, 'token_endpoint_auth_method') ?? step.clientAuth
      return (
        step.ok &&
        step.clientId !== undefined &&
        step.clientId === request.clientId &&
        method === step.clientAuth
      )
    }),
  'R-3': (flow) =>
    flow.of('registration').find((step) =>
      flow.before(step, 'server-metadata').some(({ document }) => {
        const named = stringMember(objectOf(document), 'registration_endpoint')
        return named !== undefined && sameUrl(named, step.url)
      }),
    ),
  'R-4': (flow) =>
    flow.of('registration', 'token').find(({ ok, clientId }) => ok && clientId !== undefined),

  'P-1': (flow) =>
    redemption(
      flow,
      (step, { codeChallenge, codeChallengeMethod }) =>
        codeChallenge !== undefined && codeChallengeMethod === 'S256' && hasVerifier(step),
    ),
  'P-2': (flow) =>
    redemption(flow, (step, { codeChallenge, codeChallengeMethod }) => {
      const { codeVerifier, codeVerifierS256, codeVerifierLength: length = 0 } = step
      const fitting = codeChallengeMethod === 'S256' ? codeVerifierS256 : codeVerifier
      // RFC 7636 §4.1.
      return (
        codeChallenge !== undefined && fitting === codeChallenge && length >= 43 && length <= 128
      )
    }),
  'P-3': (flow) => flow.of('token').find((step) => isRedemption(step) && hasVerifier(step)),
  'P-4': (flow) =>
    redemption(
      flow,
      (step, request) =>
        step.contentType === 'application/x-www-form-urlencoded' &&
        step.code !== undefined &&
        step.clientId !== undefined &&
        step.redirectUri === request.redirectUri &&
        (request.codeChallenge === undefined || hasVerifier(step)),
    ),
}

/** Documents read where an issuer's metadata belongs (RFC 8414 §3.1). */
function serverMetadata(flow: Flow): ServerMetadata[] {
  const listed = flow.resourceMetadata?.authorizationServers ?? []
  const issuers = listed.length > 0 ? listed : issuersOf(flow)
  return flow
    .of('server-metadata')
    .filter(({ ok, url }) => ok && issuers.some((issuer) => leadsTo(issuer, url)))
}

/** A document read where the challenge or RFC 9728 §3.1 says that it is. */
function resourceMetadata(flow: Flow): ResourceMetadata | undefined {
  const places = resourceMetadataPlaces(flow)
  const isThere = (url: string) => places.some((place) => sameUrl(place, url))
  return flow.of('resource-metadata').find(({ ok, url }) => ok && isThere(url))
}

/** Over TLS or on loopback, as JSON, with what RFC 8414 §2 requires of a server with logins. */
function isWhole({ url, contentType, document }: ServerMetadata): boolean {
  const members = objectOf(document)
  const grants = stringsMember(members, 'grant_types_supported')
  const isInteractive = grants?.includes('authorization_code') !== false
  return (
    (url.startsWith('https://') || isLoopback(url)) &&
    contentType === 'application/json' &&
    ['issuer', 'token_endpoint', ...(isInteractive ? ['authorization_endpoint'] : [])].every(
      (name) => stringMember(members, name) !== undefined,
    ) &&
    member(members, 'response_types_supported') !== undefined
  )
}

/** The calls from the first one on that had a token to carry. */
function callsOnceAuthorized(flow: Flow): Call[] {
  const since =
    flow.of('token').find(({ ok }) => ok)?.order ??
    flow.mcpCalls.find(({ authorization }) => authorization.length > 0)?.order ??
    Infinity
  return flow.mcpCalls.filter(({ order }) => order >= since)
}

function isBearer({ presented }: Call): boolean {
  return (
    presented !== undefined &&
    ['bearer', 'dpop'].includes(presented.scheme.toLowerCase()) &&
    /^[^\s"',]+$/.test(presented.token.value)
  )
}

/** It is known that no credential was sent. */
function isBare({ authorization, exchange }: Call): boolean {
  return authorization.length === 0 && exchange.missing?.includes('authorization') !== true
}

/** A call whose answer shows that its Authorization field arrived: without one, the server answers otherwise. */
function arrival(flow: Flow): Call | undefined {
  const bare = flow.of('challenge').filter((step) => step.status === 401 && isBare(step))
  if (bare.length === 0) return undefined
  const accepted = flow
    .of('mcp')
    .find((call) => call.presented !== undefined && gotThrough(call) && !answersAnybody(call, flow))
  const judged = flow
    .of('challenge')
    .find(
      ({ presented, error }) =>
        presented !== undefined && error !== undefined && bare.every((one) => one.error !== error),
    )
  return accepted ?? judged
}

function hasText(lines: readonly string[]): boolean {
  return lines.some((line) => line.trim() !== '')
}

/** 401 with a challenge that can be read, or 403 for want of scope (RFC 6750 §3.1). */
function isRight({ status, usable, challenges, error }: Challenge): boolean {
  const isReadable = usable.length > 0 && challenges.problems.length === 0
  return isReadable && (status === 401 || error === 'insufficient_scope')
}

/** Every resource that is asked for is this one, as the server spells it; and one is. */
function isForThis(resources: readonly string[], flow: Flow): boolean {
  return (
    resources.some((one) => isOwnAudience(one, flow)) &&
    (flow.resource === undefined || respelled(resources, flow.resource) === undefined)
  )
}

function audiencesOf({ accessToken }: TokenCall): string[] {
  return accessToken === undefined ? [] : audiences(accessToken)
}

function saysAud({ refusal }: Challenge): boolean {
  return refusal?.says.some(({ meaning }) => meaning === 'audience') === true
}

/** A token for somebody else, not yet expired, was refused as such or as no good. */
function isRefusedForAudience(step: Challenge, flow: Flow): boolean {
  const token = step.presented?.token
  if (token === undefined || step.status !== 401) return false
  const named = audiences(token)
  const isForeign = named.length > 0 && !named.some((one) => standsForOwn(one, flow))
  const isCurrent = (claimedExpiry(token) ?? Infinity) > step.exchange.startedAt
  return isForeign && isCurrent && (step.error === 'invalid_token' || saysAud(step))
}

/** The server says what it lacks in the token. */
function tellsWhy(step: Challenge): boolean {
  if (step.error === 'insufficient_scope') return step.scope !== undefined
  return (step.errorDescription ?? '').trim() !== '' || saysAud(step)
}

/** A redemption that, with the authorization request behind it, shows something. */
function redemption(
  flow: Flow,
  shows: (step: TokenCall, request: Authorize) => boolean,
): TokenCall | undefined {
  return flow.of('token').find((step) => {
    const request = isRedemption(step) ? flow.authorizationOf(step)?.step : undefined
    return request !== undefined && !request.opaque && shows(step, request)
  })
}

function hasVerifier({ codeVerifier }: TokenCall): boolean {
  return codeVerifier !== undefined && codeVerifier !== ''
}

function isRedemption({ grantType }: TokenCall): boolean {
  return grantType === 'authorization_code'
}
