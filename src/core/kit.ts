/** Everything a rule may import. */
export { isOwnAudience } from './audience.ts'
export {
  type Refusal,
  isUpstreamHop,
  parameterPlace,
  refusalOf,
  refusesResource,
} from './authorization-request.ts'
export { proxyArtifact } from './artifact.ts'
export type { ChallengeProblem, ParsedChallenge } from './challenge.ts'
export { objectOf, pointerPart } from './json.ts'
export { member, stringMember, stringsMember } from './json.ts'
export { type Token, audiences } from './jwt.ts'
export { claimedExpiry, expiryOf } from './lifetime.ts'
export { param, paramValues, queryParams } from './params.ts'
export {
  saysCredentialMissing,
  saysCredentialRefused,
  saysPkce,
  saysUnauthenticated,
} from './phrases.ts'
export { type PkceDefect, pkceDefect } from './pkce.ts'
export { foreignApiOf } from './providers/api-tokens.ts'
export { edgeAnswer } from './providers/edges.ts'
export { gatewayOf } from './providers/gateways.ts'
export { providerHint, providerOf } from './providers/known.ts'
export { clientSide, quoted } from './quote.ts'
export { shortened } from './shortened.ts'
export { withoutResponse } from './oauth-facts.ts'
export { redirectOf } from './redirect.ts'
export { atLeast, before } from './revision.ts'
export { type Check, type Draft, type Leg, type Place, type Pointer, defineRule } from './rule.ts'
export type { Flow } from './flow.ts'
export type { Finding } from './report.ts'
export type * from './step.ts'
export { resourceMetadataPlaces, resourceMetadataSearch } from './search.ts'
export {
  covers,
  difference,
  isLoopback,
  isPrivate,
  loopbackEqual,
  normUrl,
  origin,
  sameUrl,
} from './url.ts'
export { resourceMetadataUrls, serverMetadataUrls } from './wellknown.ts'
export { bodyText, header, headerValues } from './exchange.ts'
export { type PageKind, htmlPage, isLoginUrl } from './html.ts'
export { blind } from './rule.ts'
