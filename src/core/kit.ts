/** Everything a rule may import; `authtap explain --kit` prints what each of these gives. */

// What a rule is.
export { blind, defineRule, undetermined } from './verdict/rule.ts'
export type { Draft, Place, Pointer } from './verdict/rule.ts'
export type { Finding, Party } from './verdict/report.ts'
export type { Flow } from './flow/flow.ts'
export type * from './step/step.ts'
export { atLeast, before } from './flow/revision.ts'

// What was refused, and in which words.
export { refusalCauses } from './kit/refusal-causes.ts'
export type { Refused } from './kit/refusals.ts'
export {
  isUpstreamHop,
  objectionTo,
  parameterPlace,
  refusalOf,
  refusesResource,
} from './kit/refusals.ts'
export { said } from './step/refusal.ts'
export type { WrongMetadata } from './kit/client-metadata.ts'
export { wrongMetadata } from './kit/client-metadata.ts'
export { unsafeRedirectUri } from './kit/redirect-uri.ts'
export {
  earlierRequests,
  listedMethods,
  refusedAsUnknown,
  refusedAuthentication,
  stoppedAtCode,
} from './kit/client.ts'
export { clientIdUrlFlaw, documentFlaws } from './kit/client-document-flaws.ts'
export {
  clientDocument,
  documentMethods,
  hasKeys,
  isDocumentId,
  takesClientDocuments,
} from './kit/client-documents.ts'
export { proxyArtifact } from './kit/artifact.ts'
export type { ChallengeProblem } from './challenge/challenge.ts'
export { writtenChallenges } from './challenge/challenge.ts'

// Tokens, scopes, code verifiers.
export {
  answersAnybody,
  isLogicalName,
  isOwnAudience,
  respelled,
  standsForOwn,
  wasAskedFor,
} from './flow/audience.ts'
export type { Token } from './wire/jwt.ts'
export { audiences } from './wire/jwt.ts'
export type { Signature } from './wire/signature.ts'
export { signatureOf } from './flow/signature.ts'
export { bearerOf } from './step/bearer.ts'
export {
  blamesOther,
  callsWith,
  claimAt,
  firstRefusal,
  presentedExpiry,
  tokenAt,
  wasLetIn,
} from './kit/token.ts'
export { claimedExpiry, expiryOf } from './step/lifetime.ts'
export {
  attemptOf,
  isRefreshOver,
  loginBehind,
  refreshTokenSource,
  resourcesBehind,
  resourcesGranted,
} from './kit/refresh-token.ts'
export { areAtOnce, othersPresenting } from './kit/presented-twice.ts'
export {
  claimedScopes,
  grantedScopes,
  holdsScope,
  isOfLogin,
  isSameCall,
  lacksScope,
  presentedScopes,
  publishedScopes,
  scopesOf,
} from './kit/scopes.ts'
export { askedScopes, listedScopes, refusedScopes, scopeCarrier } from './kit/scope-refusals.ts'
export { scopeFlaw } from './kit/scope-syntax.ts'
export { fitsChallenge, pkceDefect, pkceDefects } from './kit/pkce.ts'

// Where clients look, and what they find there.
export type { NamedUrl } from './kit/named-urls.ts'
export { namedUrls } from './kit/named-urls.ts'
export {
  foundMetadata,
  hasDefaultEndpoints,
  isNotFound,
  issuersOf,
  legacyMetadata,
  listingsOf,
  resourceMetadataSearch,
  serverMetadataPlaces,
  strayMetadata,
} from './flow/search.ts'
export { metadataNaming, namesEndpoint } from './kit/endpoints.ts'
export { asksFor, leadsTo, resourceMetadataUrls, serverMetadataUrls } from './wire/wellknown.ts'
export { unusableMembers } from './kit/registered.ts'
export { insteadOfJson } from './kit/instead-of-json.ts'
export type { Danger } from './kit/dangerous-url.ts'
export { dangerOf, leadsInside } from './kit/dangerous-url.ts'
export { misspelt } from './kit/spelling.ts'
export {
  lacks,
  member,
  objectOf,
  pointerPart,
  readDocument,
  stringMember,
  stringsMember,
} from './wire/json.ts'

// Messages and their parts.
export type { Headers } from './wire/exchange.ts'
export { bodyText, header, headerValues } from './wire/exchange.ts'
export { param, queryParams } from './wire/params.ts'
export { followUpOf, isFollowUp, redirectOf } from './flow/redirect.ts'
export type { PageKind } from './wire/html.ts'
export { htmlPage, isLoginUrl } from './wire/html.ts'
export { difference } from './wire/url-difference.ts'
export { parseUrl } from './wire/parse-url.ts'
export {
  covers,
  hostAndPort,
  isLoopback,
  isPrivate,
  loopbackEqual,
  origin,
  sameUrl,
  withoutResponse,
} from './wire/url.ts'

// Who answers.
export { answering } from './kit/answering.ts'

// Pages of other origins.
export { answererOf, cameAllTheSame, foreignPage } from './kit/cors.ts'

// Grants of machines and enterprises.
export { answeredAt, idJag, jwtBearer, tokenExchange } from './kit/grants.ts'

// Proofs of possession.
export type { Proven } from './kit/proof.ts'
export { boundKey, callWithProof, keyOf, proofFinding, proofsOf, tokenHash } from './kit/proof.ts'

// What a redacted capture no longer holds.
export { isLabel } from './wire/label.ts'

// Products that are known.
export { foreignApiOf } from './providers/api-tokens.ts'
export { blockedBy } from './kit/blocked.ts'
export type { CacheMark } from './providers/caches.ts'
export { cacheMark } from './providers/caches.ts'
export type { EdgePage } from './providers/edges.ts'
export { edgeAnswer, edgePage } from './providers/edges.ts'
export type { TunnelPage } from './kit/tunnel-pages.ts'
export { tunnelPage } from './kit/tunnel-pages.ts'
export { otherServer } from './kit/fingerprint.ts'
export { answeringGateway, gatewayOf, isRenamed, throughGateway } from './providers/gateways.ts'
export { providerHint } from './providers/known.ts'

// How messages quote values.
export { clientSide, quoted } from './verdict/quote.ts'
export { shortened } from './wire/safe-text.ts'

// How an attempt stands, and who made a request.
export { endingOf } from './verdict/outcome.ts'
export { isAtEase, isThrough, stoppedAt } from './kit/aftermath.ts'
export { isExplained } from './kit/explained.ts'
export { asides, stepKinds } from './step/kinds.ts'
export { isByHand, isOfCheck } from './clients/by-hand.ts'
export { textOfPage } from './wire/html.ts'
