/** Everything a rule may import. */
export { isOwnAudience } from './kit/audience.ts'
export {
  type Refusal,
  isUpstreamHop,
  parameterPlace,
  refusalOf,
  refusesResource,
} from './kit/refusals.ts'
export { proxyArtifact } from './kit/artifact.ts'
export type { ChallengeProblem, ParsedChallenge } from './challenge/challenge.ts'
export { objectOf, pointerPart } from './wire/json.ts'
export { member, stringMember, stringsMember } from './wire/json.ts'
export { type Token, audiences } from './wire/jwt.ts'
export { claimedExpiry, expiryOf } from './kit/lifetime.ts'
export { param, paramValues, queryParams } from './wire/params.ts'
export {
  saysCredentialMissing,
  saysCredentialRefused,
  saysPkce,
  saysUnauthenticated,
} from './step/phrases.ts'
export { pkceDefect, pkceDefects } from './kit/pkce.ts'
export { foreignApiOf } from './providers/api-tokens.ts'
export { applicationFields, edgeAnswer } from './providers/edges.ts'
export { gatewayOf } from './providers/gateways.ts'
export { providerHint, providerOf } from './providers/known.ts'
export { clientSide, quoted } from './verdict/quote.ts'
export { shortened } from './wire/safe-text.ts'
export { withoutResponse } from './wire/url.ts'
export { redirectOf } from './flow/redirect.ts'
export { atLeast, before } from './flow/revision.ts'
export {
  type Check,
  type Draft,
  type Leg,
  type Place,
  type Pointer,
  defineRule,
} from './verdict/rule.ts'
export type { Flow } from './flow/flow.ts'
export type { Finding } from './verdict/report.ts'
export type * from './step/step.ts'
export { scopesOf } from './kit/scopes.ts'
export { resourceMetadataPlaces, resourceMetadataSearch } from './kit/search.ts'
export {
  covers,
  difference,
  isLoopback,
  isPrivate,
  loopbackEqual,
  normUrl,
  origin,
  sameUrl,
} from './wire/url.ts'
export { resourceMetadataUrls, serverMetadataUrls } from './wire/wellknown.ts'
export { type Headers, bodyText, header, headerValues } from './wire/exchange.ts'
export { type PageKind, htmlPage, isLoginUrl } from './wire/html.ts'
export { blind } from './verdict/rule.ts'
