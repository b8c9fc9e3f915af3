import type { LabelFacts } from '../wire/label.ts'
import { withoutResponse } from '../wire/url.ts'
import { type Exchange, bodyText, header, mediaType } from '../wire/exchange.ts'
import { isUnreserved, s256 } from '../wire/hash.ts'
import { member, objectOf, readDocument, stringMember, stringsMember } from '../wire/json.ts'
import type { Token } from '../wire/jwt.ts'
import { readProof } from './mcp-facts.ts'
import { authorizationRequest, requestForm } from './request-params.ts'
import { type ReadToken, withSignature } from './read-token.ts'
import { assertionPlace, clientAssertionPlace, issuedPlace } from '../wire/signature.ts'
import { type Params, param, paramValues, parseForm, queryParams } from '../wire/params.ts'
import type {
  AuthorizationParams,
  AuthorizationResponse,
  ClientAuthMethod,
  JsonDocument,
  JsonObject,
  OAuthError,
} from './step.ts'
import { isLabel } from '../wire/label.ts'
import { readWellKnown } from '../wire/wellknown.ts'

/** An OAuth error member in a document (RFC 6749 §5.2). */
export function oauthError(document: JsonDocument): OAuthError | undefined {
  const object = objectOf(document)
  const error = stringMember(object, 'error')
  if (error === undefined) return undefined
  const description = stringMember(object, 'error_description')
  return description === undefined ? { error } : { error, description }
}

export function resourceMetadataFacts(exchange: Exchange, challengedFor: string | undefined) {
  const wellKnown = readWellKnown(exchange.request.url)
  const derived = wellKnown?.document === 'resource-metadata' ? wellKnown : undefined
  const document = readDocument(exchange.response)
  const object = objectOf(document)
  return {
    probe:
      challengedFor !== undefined
        ? ('challenge' as const)
        : (derived?.probe ?? ('unknown' as const)),
    target: challengedFor ?? derived?.target,
    document,
    contentType: mediaType(exchange.response?.headers ?? []),
    resource: stringMember(object, 'resource'),
    authorizationServers: stringsMember(object, 'authorization_servers') ?? [],
    scopesSupported: stringsMember(object, 'scopes_supported'),
  }
}

export function serverMetadataFacts(exchange: Exchange) {
  const url = exchange.request.url
  const wellKnown = readWellKnown(url)
  const derived = wellKnown?.document === 'server-metadata' ? wellKnown : undefined
  const document = readDocument(exchange.response)
  return {
    form:
      derived?.form ??
      (url.includes('openid-configuration') ? ('openid' as const) : ('oauth' as const)),
    placement: derived?.placement ?? ('unknown' as const),
    issuerFromUrl: derived?.issuer,
    document,
    contentType: mediaType(exchange.response?.headers ?? []),
    issuer: stringMember(objectOf(document), 'issuer'),
  }
}

export function registrationFacts(exchange: Exchange) {
  const sent = readDocument(exchange.request)
  const received = readDocument(exchange.response)
  return {
    sent,
    received,
    clientId: stringMember(objectOf(received), 'client_id'),
    redirectUris:
      stringsMember(objectOf(received), 'redirect_uris') ??
      stringsMember(objectOf(sent), 'redirect_uris'),
    error: oauthError(received),
  }
}

/** The facts that a redacted capture keeps about a removed value. */
type Labels = (value: string) => LabelFacts | undefined

function lengthOf(value: string | undefined, labels: Labels): number | undefined {
  if (value === undefined) return undefined
  return labels(value)?.length ?? (isLabel(value) ? undefined : value.length)
}

function authorizationParams(params: Params, labels: Labels): AuthorizationParams {
  const state = param(params, 'state')
  return {
    params,
    clientId: param(params, 'client_id'),
    redirectUri: param(params, 'redirect_uri'),
    state,
    stateLength: lengthOf(state, labels),
    codeChallenge: param(params, 'code_challenge'),
    codeChallengeMethod: param(params, 'code_challenge_method'),
    resources: paramValues(params, 'resource'),
    scope: param(params, 'scope'),
  }
}

export function pushedRequestFacts(exchange: Exchange, labels: Labels) {
  const answer = readDocument(exchange.response)
  return {
    ...authorizationParams(requestForm(exchange), labels),
    requestUri: stringMember(objectOf(answer), 'request_uri'),
    error: oauthError(answer),
  }
}

export function deviceAuthorizationFacts(exchange: Exchange, labels: Labels) {
  const answer = readDocument(exchange.response)
  return {
    ...authorizationParams(requestForm(exchange), labels),
    deviceCode: stringMember(objectOf(answer), 'device_code'),
    error: oauthError(answer),
  }
}

/** @param pushed the parameters that were pushed under this request's `request_uri`, when they were seen (RFC 9126 §4) */
export function authorizeFacts(
  exchange: Exchange,
  pushedUnder: (requestUri: string) => Params | undefined,
  labels: Labels,
) {
  const own = authorizationRequest(exchange)
  const requestUri = param(own, 'request_uri')
  const pushed = requestUri === undefined ? undefined : pushedUnder(requestUri)
  const params =
    pushed === undefined ? own : [...pushed, ...own.filter(([name]) => name !== 'client_id')]
  const location = header(exchange.response?.headers ?? [], 'location')
  const target = param(params, 'redirect_uri')
  const response = exchange.response
  return {
    ...authorizationParams(params, labels),
    responseType: param(params, 'response_type'),
    requestUri,
    opaque:
      (requestUri !== undefined && pushed === undefined) || param(params, 'request') !== undefined,
    answer:
      location !== undefined &&
      target !== undefined &&
      withoutResponse(location) === withoutResponse(target)
        ? authorizationResponse(location, [])
        : undefined,
    pageText:
      response === undefined || location !== undefined ? '' : bodyText(response).slice(0, 2000),
  }
}

/** Reads an authorization response out of a URL's query or fragment, or a posted form (RFC 6749 §4.1.2). */
export function authorizationResponse(url: string, form: Params): AuthorizationResponse {
  const query = queryParams(url)
  const fragment = url.includes('#') ? parseForm(url.slice(url.indexOf('#') + 1)) : []
  const params = [...query, ...fragment, ...form]
  const error = param(params, 'error')
  const description = param(params, 'error_description')
  return {
    params,
    code: param(params, 'code'),
    state: param(params, 'state'),
    iss: param(params, 'iss'),
    error:
      error === undefined
        ? undefined
        : description === undefined
          ? { error }
          : { error, description },
  }
}

/** Facts of a token request. `labels` are the facts that a redacted capture keeps about its removed values. */
export function tokenFacts(exchange: Exchange, read: ReadToken, labels: Labels) {
  const { request, response } = exchange
  const params = requestForm(exchange)
  const answer = readDocument(response)
  const answerType = mediaType(response?.headers ?? [])
  const issued = issuedMembers(answer, response === undefined ? '' : bodyText(response))
  const basic = readBasic(header(request.headers, 'authorization'), labels)
  const verifier = param(params, 'code_verifier')
  const tokenParam = (name: string) => {
    const value = param(params, name)
    return value === undefined ? undefined : read(value)
  }
  return {
    params,
    contentType: mediaType(request.headers),
    accept: header(request.headers, 'accept'),
    grantType: param(params, 'grant_type'),
    clientId: param(params, 'client_id') ?? basic?.user,
    clientAuth: clientAuth(params, basic !== undefined),
    clientAssertion: withSignature(tokenParam('client_assertion'), exchange, clientAssertionPlace),
    grantAssertion: withSignature(tokenParam('assertion'), exchange, assertionPlace),
    subjectToken: tokenParam('subject_token'),
    proof: readProof(exchange, read),
    code: param(params, 'code'),
    codeVerifier: verifier,
    codeVerifierS256:
      verifier === undefined || verifier === ''
        ? undefined
        : // What a label stands for cannot be hashed.
          (labels(verifier)?.s256 ?? (isLabel(verifier) ? undefined : s256(verifier))),
    codeVerifierLength: lengthOf(verifier, labels),
    codeVerifierUnreserved:
      verifier === undefined
        ? undefined
        : (labels(verifier)?.unreserved ??
          (isLabel(verifier) ? undefined : isUnreserved(verifier))),
    redirectUri: param(params, 'redirect_uri'),
    resources: paramValues(params, 'resource'),
    scope: param(params, 'scope'),
    refreshToken: param(params, 'refresh_token'),
    answer,
    answerType,
    accessToken:
      issued.accessToken === undefined
        ? undefined
        : (withSignature(read(issued.accessToken), exchange, issuedPlace) satisfies Token),
    issuedRefreshToken: issued.refreshToken,
    issuedScope: issued.scope,
    error: oauthError(answer),
  }
}

/** Members of a token answer; a form-encoded one (not allowed, but seen in the wild) is read as well. */
function issuedMembers(answer: JsonDocument, text: string) {
  const object = objectOf(answer)
  if (object === undefined && answer.kind === 'not-json' && text.includes('access_token=')) {
    const form = parseForm(text.trim())
    return {
      accessToken: param(form, 'access_token'),
      refreshToken: param(form, 'refresh_token'),
      scope: param(form, 'scope'),
    }
  }
  return {
    accessToken: stringMember(object, 'access_token'),
    refreshToken: stringMember(object, 'refresh_token'),
    scope: stringMember(object, 'scope'),
  }
}

/** The user part of Basic credentials, form-decoded (RFC 6749 §2.3.1); a label's facts when the value was removed. */
function readBasic(value: string | undefined, labels: Labels) {
  const match = /^basic[ \t]+(\S+)$/i.exec(value?.trim() ?? '')
  if (match === null) return undefined
  const credential = match[1]!
  const facts = labels(credential)
  if (facts !== undefined) return { user: facts.user }
  const text = Buffer.from(credential, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 0) return { user: undefined }
  return { user: parseForm(`u=${text.slice(0, colon)}`)[0]?.[1] }
}

function clientAuth(params: Params, basic: boolean): ClientAuthMethod {
  const used: ClientAuthMethod[] = []
  if (basic) used.push('client_secret_basic')
  if (param(params, 'client_secret') !== undefined) used.push('client_secret_post')
  if (param(params, 'client_assertion') !== undefined) used.push('private_key_jwt')
  return used.length > 1 ? 'multiple' : (used[0] ?? 'none')
}

/** Every absolute URL an authorization server document names as an endpoint, with what it is for. */
export function advertisedEndpoints(document: JsonObject): { member: string; url: string }[] {
  return Object.keys(document)
    .filter((name) => name.endsWith('_endpoint') || name === 'jwks_uri')
    .map((name) => ({ member: name, url: member(document, name) }))
    .filter((entry): entry is { member: string; url: string } => typeof entry.url === 'string')
}

/** Facts of a CORS preflight (Fetch standard, CORS-preflight request). */
export function preflightFacts({ request: { headers } }: Exchange) {
  const asked = header(headers, 'access-control-request-headers') ?? ''
  return {
    origin: header(headers, 'origin'),
    asksForAuthorization: /(^|[\s,])authorization([\s,]|$)/i.test(asked),
  }
}
