/** Everything a rule may import. */
export { objectOf } from './json.ts'
export { member, stringMember } from './json.ts'
export { type Token, audiences } from './jwt.ts'
export { param, paramValues } from './params.ts'
export { quoted } from './quote.ts'
export { atLeast, before } from './revision.ts'
export { type Check, type Draft, type Leg, defineRule } from './rule.ts'
export type { Flow } from './flow.ts'
export type * from './step.ts'
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
export { header, headerValues } from './exchange.ts'
export { blind } from './rule.ts'
