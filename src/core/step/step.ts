import type { Challenges, ParsedChallenge } from '../challenge/challenge.ts'
import type { JsonDocument, JsonObject } from '../wire/json.ts'
import type { Exchange } from '../wire/exchange.ts'
import type { Token } from '../wire/jwt.ts'
import type { Params } from '../wire/params.ts'
import type { Place } from '../wire/place.ts'
import type { Meaning } from './meaning/meanings.ts'

export type { JsonDocument, JsonObject } from '../wire/json.ts'
export type { Meaning } from './meaning/meanings.ts'

/** An OAuth error as RFC 6749 §5.2 and §4.1.2.1 shape it. */
export interface OAuthError {
  readonly error: string
  readonly description?: string
}

/** Something that a refusal means, with the words that say so and the place where they stand. */
export interface Said {
  readonly meaning: Meaning
  /** As they were written. */
  readonly words: string
  readonly at: Place
}

/** What a step was refused with: a challenge, a body of whatever shape, a page, a redirect, fields of a vendor, a JSON-RPC error. */
export interface Refusal {
  /** The first code for programs, such as that of RFC 6749 §5.2; undefined when only words tell. */
  readonly code: string | undefined
  /** What it tells a person; empty when it tells nothing. */
  readonly text: string
  /** Where that stands. */
  readonly at: Place
  /** What it means, each meaning once; empty when its words are not known. `said` looks one up. */
  readonly says: readonly Said[]
}

interface StepBase<Kind extends string> {
  readonly kind: Kind
  readonly exchange: Exchange
  /** Position in the session, from 0: the order in which exchanges began to be seen. */
  readonly order: number
  readonly url: string
  readonly status: number | undefined
  /** The step did what it is for. */
  readonly ok: boolean
  /** One line for people, without secrets. */
  readonly summary: string
  /** Bodies that were there but cannot be read: not kept, cut, or coded in a way we do not decode. */
  readonly unread: readonly ('request' | 'response')[]
  /** What was said when it was refused. */
  readonly refusal: Refusal | undefined
}

/** The credential a request presented in its Authorization field. */
export interface Presented {
  readonly raw: string
  /** As spelled: `Bearer`, `bearer`, `DPoP`, `Basic`; empty when there is no scheme. */
  readonly scheme: string
  readonly token: Token
}

/** A credential that a call carries elsewhere than in its Authorization field. */
export interface CredentialBeside {
  readonly where: 'query' | 'form-body' | 'cookie'
  /** The name under which it stands there. */
  readonly name: string
  readonly token: Token
}

export interface Rpc {
  /** `initialize`, `tools/call`, …; undefined for responses and for what is not JSON-RPC. */
  readonly method: string | undefined
  /** The tool, prompt or resource named by the call. */
  readonly target: string | undefined
  readonly batch: boolean
  /** `params.protocolVersion` of initialize, or `_meta["io.modelcontextprotocol/protocolVersion"]`. */
  readonly protocolVersion: string | undefined
  readonly modern: boolean
  readonly clientInfo: JsonObject | undefined
}

export interface RpcAnswer {
  readonly result: boolean
  /** `result.protocolVersion` of an initialize answer. */
  readonly protocolVersion: string | undefined
  readonly serverInfo: JsonObject | undefined
  readonly error: { readonly code: number | undefined; readonly message: string } | undefined
  /** Text of a tool result marked `isError`. */
  readonly toolError: string | undefined
  readonly supportedVersions: readonly string[] | undefined
  /** A hash of the result where a cache may give it to everybody (MCP 2026-07-28, `cacheScope: "public"`). */
  readonly publicResult: string | undefined
}

interface McpFacts {
  /** The MCP endpoint: the request URL without fragment. */
  readonly target: string
  readonly method: string
  readonly rpc: Rpc | undefined
  readonly answer: RpcAnswer | undefined
  /** The answer is one that an MCP server gives: a success with a message, an event stream, or nothing where nothing is due. */
  readonly isMcp: boolean
  /** A message that has to be answered was sent: no stream opened, no session ended, no notification, no answer to the server. */
  readonly isRequest: boolean
  /** Every Authorization field as sent. */
  readonly authorization: readonly string[]
  /** The first Authorization field, read; undefined when there is none or a sanitiser removed it. */
  readonly presented: Presented | undefined
  /** What stands under the name of a credential in the query, a form or a cookie. */
  readonly beside: readonly CredentialBeside[]
  /** The DPoP proof (RFC 9449 §4). */
  readonly proof: Token | undefined
  readonly sessionId: string | undefined
  readonly versionHeader: string | undefined
  /** The answer is an event stream. */
  readonly stream: boolean
}

/** A call to the MCP endpoint that was not answered 401 or 403. */
export interface McpCall extends StepBase<'mcp'>, McpFacts {}

/** A call to the MCP endpoint that was answered 401 or 403. */
export interface Challenge extends StepBase<'challenge'>, McpFacts {
  readonly challenges: Challenges
  /** Those for Bearer and DPoP, read leniently. */
  readonly usable: readonly ParsedChallenge[]
  /** The first Bearer or DPoP challenge's parameters, read leniently; names lower case. */
  readonly resourceMetadata: string | undefined
  readonly scope: string | undefined
  readonly error: string | undefined
  readonly errorDescription: string | undefined
  /** What the body says, as text, cut to 2 000 characters. */
  readonly bodyText: string
}

/** A request for protected resource metadata (RFC 9728 §3). */
export interface ResourceMetadata extends StepBase<'resource-metadata'> {
  /** How the URL came about: named by a challenge, or derived from the MCP endpoint. */
  readonly probe: 'challenge' | 'path' | 'root' | 'unknown'
  /** The resource whose metadata was asked for: the well-known URL undone, or the challenged endpoint. */
  readonly target: string | undefined
  readonly document: JsonDocument
  readonly contentType: string | undefined
  /** Members read out of the document where they have the right type. */
  readonly resource: string | undefined
  readonly authorizationServers: readonly string[]
  readonly scopesSupported: readonly string[] | undefined
}

/** A request for authorization server metadata (RFC 8414 §3, OpenID Connect Discovery §4). */
export interface ServerMetadata extends StepBase<'server-metadata'> {
  readonly form: 'oauth' | 'openid'
  readonly placement: 'root' | 'inserted' | 'appended' | 'unknown'
  /** The issuer identifier that this URL derives from, as far as the URL tells. */
  readonly issuerFromUrl: string | undefined
  readonly document: JsonDocument
  readonly contentType: string | undefined
  readonly issuer: string | undefined
}

/** Dynamic client registration (RFC 7591 §3). */
export interface Registration extends StepBase<'registration'> {
  readonly sent: JsonDocument
  readonly received: JsonDocument
  readonly clientId: string | undefined
  readonly redirectUris: readonly string[] | undefined
  readonly error: OAuthError | undefined
}

export interface AuthorizationParams {
  readonly params: Params
  readonly clientId: string | undefined
  readonly redirectUri: string | undefined
  readonly state: string | undefined
  /** In characters, also when a redacted capture holds a label in its place. */
  readonly stateLength: number | undefined
  readonly codeChallenge: string | undefined
  readonly codeChallengeMethod: string | undefined
  readonly resources: readonly string[]
  readonly scope: string | undefined
}

/** Pushed authorization request (RFC 9126 §2). */
export interface PushedRequest extends StepBase<'pushed-request'>, AuthorizationParams {
  readonly requestUri: string | undefined
  readonly error: OAuthError | undefined
}

/** Device authorization request (RFC 8628 §3.1). */
export interface DeviceAuthorization extends StepBase<'device-authorization'>, AuthorizationParams {
  readonly deviceCode: string | undefined
  readonly error: OAuthError | undefined
}

/** The authorization request, as the browser carried it (RFC 6749 §4.1.1). */
export interface Authorize extends StepBase<'authorize'>, AuthorizationParams {
  readonly responseType: string | undefined
  readonly requestUri: string | undefined
  /** Parameters travel in a request object or a pushed request that was not seen. */
  readonly opaque: boolean
  /** The authorization response, when this exchange's own Location carries it. */
  readonly answer: AuthorizationResponse | undefined
  /** What the endpoint's page says, when it is not a redirect; cut to 2 000 characters. */
  readonly pageText: string
}

export interface AuthorizationResponse {
  readonly params: Params
  readonly code: string | undefined
  readonly state: string | undefined
  readonly iss: string | undefined
  readonly error: OAuthError | undefined
}

/** The authorization response on its way to the client (RFC 6749 §4.1.2). */
export interface Callback extends StepBase<'callback'>, AuthorizationResponse {
  /** The redirect URI it was sent to, without the response's parameters. */
  readonly redirectUri: string
}

export type ClientAuthMethod =
  'none' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'multiple'

/** A token request and its answer (RFC 6749 §3.2). */
export interface TokenCall extends StepBase<'token'> {
  readonly params: Params
  readonly contentType: string | undefined
  /** Whether the request asked for JSON in Accept. */
  readonly accept: string | undefined
  readonly grantType: string | undefined
  readonly clientId: string | undefined
  readonly clientAuth: ClientAuthMethod
  /** The assertion by which the client authenticates (RFC 7523 §2.2). */
  readonly clientAssertion: Token | undefined
  /** The assertion that is the grant (RFC 7523 §2.1). */
  readonly grantAssertion: Token | undefined
  /** What is to be exchanged for another token (RFC 8693 §2.1). */
  readonly subjectToken: Token | undefined
  /** The DPoP proof (RFC 9449 §4). */
  readonly proof: Token | undefined
  readonly code: string | undefined
  readonly codeVerifier: string | undefined
  /** BASE64URL(SHA256(verifier)), also when a redacted capture holds the hash in place of the verifier. */
  readonly codeVerifierS256: string | undefined
  /** Its length in characters, and whether all may stand in one: also when a redacted capture holds a label in its place. */
  readonly codeVerifierLength: number | undefined
  readonly codeVerifierUnreserved: boolean | undefined
  readonly redirectUri: string | undefined
  readonly resources: readonly string[]
  readonly scope: string | undefined
  readonly refreshToken: string | undefined
  readonly answer: JsonDocument
  readonly answerType: string | undefined
  readonly accessToken: Token | undefined
  readonly issuedRefreshToken: string | undefined
  readonly issuedScope: string | undefined
  readonly error: OAuthError | undefined
}

/** A CORS preflight (Fetch standard). */
export interface Preflight extends StepBase<'preflight'> {
  readonly origin: string | undefined
  /** The request that follows carries an Authorization field. */
  readonly asksForAuthorization: boolean
}

/** Revocation of a token (RFC 7009 §2.1). */
export interface Revocation extends StepBase<'revocation'> {
  readonly token: string | undefined
}

/** Introspection of a token (RFC 7662 §2.1). */
export interface Introspection extends StepBase<'introspection'> {
  readonly token: string | undefined
}

type PlainStep<Kind extends string> = StepBase<Kind>

export type Step =
  | McpCall
  | Challenge
  | ResourceMetadata
  | ServerMetadata
  | PlainStep<'jwks'>
  | Registration
  | PlainStep<'client-metadata'>
  | PushedRequest
  | DeviceAuthorization
  | Authorize
  | Callback
  | TokenCall
  | Revocation
  | Introspection
  | PlainStep<'userinfo'>
  | Preflight
  | PlainStep<'other'>

export type StepKind = Step['kind']
export type StepOf<Kind extends StepKind> = Extract<Step, { kind: Kind }>
