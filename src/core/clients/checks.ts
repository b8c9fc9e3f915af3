import { lacks, member, objectOf, stringMember, stringsMember } from '../wire/json.ts'
import type { Place } from '../wire/place.ts'
import type { Step } from '../step/step.ts'
import { isLoopback, origin } from '../wire/url.ts'
import { resourceMetadataUrls } from '../wire/wellknown.ts'
import {
  type IssuerRule,
  type ResourceRule,
  issuerRules,
  openid,
  resourceRules,
  schemas,
} from './comparisons.ts'
import type { ServerFacts } from './server-facts.ts'
import { parseUrl } from '../wire/parse-url.ts'

/** How a client would take what it sees: goes on, stops, or nobody can tell, because it was not seen. */
export type Answer =
  | { readonly outcome: 'pass' }
  | { readonly outcome: 'blind'; readonly because: string }
  | {
      readonly outcome: 'refuse'
      readonly because: string
      readonly step?: Step
      readonly at?: Place
    }

interface Check<How> {
  /** What the client wants to see. */
  readonly wants: string
  readonly judge: (facts: ServerFacts, how: How) => Answer
}

const pass: Answer = { outcome: 'pass' }
const blind = (because: string): Answer => ({ outcome: 'blind', because })
const refuse = (because: string, step?: Step, at?: Place): Answer => ({
  outcome: 'refuse',
  because,
  ...(step === undefined ? {} : { step }),
  ...(at === undefined ? {} : { at }),
})

function check<How>(wants: string, judge: Check<How>['judge']): Check<How> {
  return { wants, judge }
}

const unseenServer = blind('the metadata of the authorization server was not seen')

/** Every check that a client may make, by name. The data of a client says which it makes, and how. */
export const checks = {
  'secure-url': check('a URL with https, or of this machine', ({ target }, _: 'https') =>
    isSecure(target) ? pass : refuse(`the server URL ${target} has no TLS`),
  ),

  challenge: check(
    'a challenge whose first scheme it knows, or metadata where it looks of itself',
    (facts, how: readonly string[]) => {
      const { challenge } = facts
      if (challenge === undefined) return blind('no challenge was seen')
      const first = challenge.challenges.lenient[0]?.scheme.toLowerCase()
      if (how.includes(first ?? '') || isAtWellKnown(facts)) return pass
      if (facts.asked.every(({ probe }) => probe === 'challenge'))
        return blind('nobody asked for the metadata without being told where it is')
      return refuse(
        `the challenge begins with ${first ?? 'no scheme'}, so it reads nothing of it, and the metadata is not where it looks then`,
        challenge,
        'response.header.www-authenticate',
      )
    },
  ),

  'metadata-origin': check(
    'resource metadata on the origin of the server',
    ({ target, challenge }, _: 'same') => {
      const named = challenge?.resourceMetadata
      if (challenge === undefined || named === undefined) return pass
      return origin(named) === origin(target)
        ? pass
        : refuse(
            `resource_metadata is ${named}, on another origin than ${target}`,
            challenge,
            'response.header.www-authenticate',
          )
    },
  ),

  resource: check('`resource` that is, or covers, the server URL', (facts, how: ResourceRule) => {
    const { resourceMetadata: step, target } = facts
    if (step === undefined)
      return facts.asked.length === 0 ? blind('the resource metadata was not seen') : pass
    const { resource } = step
    if (resource === undefined)
      return refuse('the resource metadata has no `resource`', step, 'response.json/resource')
    return resourceRules[how](resource, target, step.url)
      ? pass
      : refuse(
          `resource is ${resource}, and the server URL ${target}`,
          step,
          'response.json/resource',
        )
  }),

  discovery: check(
    'resource metadata that lists an authorization server',
    (facts, _: 'or-origin') => {
      const { resourceMetadata: step, asked } = facts
      if (step !== undefined && facts.listed !== undefined) return pass
      if (step === undefined && asked.length === 0)
        return blind('the resource metadata was not seen')
      if (facts.serverMetadata !== undefined) return pass
      return refuse(
        step === undefined
          ? 'there is no resource metadata, and no server metadata on its origin'
          : 'the resource metadata lists no authorization server',
        step ?? asked.at(-1),
        step === undefined ? 'response.status' : 'response.json/authorization_servers',
      )
    },
  ),

  issuer: check('the issuer that was looked for', (facts, how: IssuerRule) => {
    const { serverMetadata: step, listed } = facts
    if (step === undefined) return unseenServer
    if (listed === undefined) return pass
    const { issuer } = step
    if (issuer === undefined)
      return refuse('the server metadata has no issuer', step, 'response.json/issuer')
    return issuerRules[how](listed, issuer)
      ? pass
      : refuse(`issuer is ${issuer}, and it looked for ${listed}`, step, 'response.json/issuer')
  }),

  schema: check(
    'server metadata with all members of its schema',
    (facts, how: keyof typeof schemas) => {
      const { serverMetadata: step, server } = facts
      if (step === undefined || server === undefined) return unseenServer
      const wanted = step.form === 'openid' ? [...schemas[how], ...openid[how]] : schemas[how]
      const missing = wanted.filter((name) => lacks(server, name))
      return missing.length === 0
        ? pass
        : refuse(
            `the server metadata has no ${missing.join(', ')}`,
            step,
            `response.json/${missing[0]}`,
          )
    },
  ),

  pkce: check('S256 among the code challenge methods', (facts, how: 'listed' | 'not-excluded') => {
    const { serverMetadata: step, server } = facts
    if (step === undefined) return unseenServer
    const methods = stringsMember(server, 'code_challenge_methods_supported')
    const place = 'response.json/code_challenge_methods_supported'
    if (methods === undefined)
      return how === 'listed'
        ? refuse('the server lists no code challenge methods', step, place)
        : pass
    return methods.includes('S256')
      ? pass
      : refuse(`the server lists ${methods.join(', ') || 'nothing'}, and not S256`, step, place)
  }),

  'secure-endpoints': check(
    'endpoints with https, or of this machine',
    (facts, how: 'token' | 'all') => {
      const { serverMetadata: step, server } = facts
      if (step === undefined) return unseenServer
      const names =
        how === 'token'
          ? ['token_endpoint']
          : ['authorization_endpoint', 'token_endpoint', 'registration_endpoint']
      const wrong = names.find((name) => {
        const url = stringMember(server, name)
        return url !== undefined && !isSecure(url)
      })
      return wrong === undefined
        ? pass
        : refuse(`${wrong} has no TLS`, step, `response.json/${wrong}`)
    },
  ),

  registration: check(
    'a way to a client id without a person',
    (facts, how: { readonly document: readonly string[] | 'any' | 'never' }) => {
      const { serverMetadata: step, server } = facts
      if (step === undefined) return unseenServer
      if (stringMember(server, 'registration_endpoint') !== undefined) return pass
      const flag = member(server, 'client_id_metadata_document_supported') === true
      const place = 'response.json/registration_endpoint'
      if (!flag || how.document === 'never')
        return refuse(
          `the server has no registration endpoint${flag ? ', and this client no metadata document' : ' and takes no client metadata documents'}: somebody has to set a client id by hand`,
          step,
          place,
        )
      const listed = methodsOf(server)
      if (how.document === 'any' || how.document.some((one) => listed.includes(one))) return pass
      return refuse(
        `the server takes client metadata documents and lists ${listed.join(', ')}; this client uses its document only where ${how.document.join(' or ')} is listed`,
        step,
        'response.json/token_endpoint_auth_methods_supported',
      )
    },
  ),

  'auth-method': check(
    'a way to authenticate that both know',
    (facts, how: { readonly registered: readonly string[] }) => {
      const { serverMetadata: step, server, registration } = facts
      if (step === undefined) return unseenServer
      const given = stringMember(
        registration && objectOf(registration.received),
        'token_endpoint_auth_method',
      )
      if (registration !== undefined && given !== undefined && !how.registered.includes(given))
        return refuse(
          `the registration answer says ${given}`,
          registration,
          'response.json/token_endpoint_auth_method',
        )
      const listed = methodsOf(server)
      return listed.some((one) => how.registered.includes(one))
        ? pass
        : refuse(
            `the server lists ${listed.join(', ')}, and this client knows ${how.registered.join(', ')}`,
            step,
            'response.json/token_endpoint_auth_methods_supported',
          )
    },
  ),

  'registration-answer': check(
    'a registration answer with its redirect URIs',
    ({ registration: step }, _: 'redirect-uris') => {
      if (step === undefined) return blind('no registration was seen')
      const uris = stringsMember(objectOf(step.received), 'redirect_uris')
      if (uris === undefined)
        return refuse(
          'the registration answer has no redirect_uris',
          step,
          'response.json/redirect_uris',
        )
      const sent = stringsMember(objectOf(step.sent), 'redirect_uris') ?? []
      const lost = sent.find((uri) => !uris.includes(uri))
      return lost === undefined
        ? pass
        : refuse(`the registration answer lacks ${lost}`, step, 'response.json/redirect_uris')
    },
  ),

  iss: check(
    '`iss` in the authorization response as RFC 9207 has it',
    (facts, how: 'strict' | 'only-advertised' | 'only-present') => {
      const { serverMetadata, server, response } = facts
      if (serverMetadata === undefined) return unseenServer
      const promised = member(server, 'authorization_response_iss_parameter_supported') === true
      if (response === undefined) return blind('no authorization response was seen')
      const { step, iss } = response
      const at: Place = step.kind === 'callback' ? 'request.query.iss' : 'response.header.location'
      if (iss === undefined)
        return promised && how !== 'only-present'
          ? refuse('the metadata promises iss, and the response has none', step, at)
          : pass
      if (iss !== serverMetadata.issuer)
        return refuse(`iss is ${iss}, and the issuer ${serverMetadata.issuer ?? 'none'}`, step, at)
      return how === 'only-advertised' && !promised
        ? refuse('the response has iss, which the metadata does not promise', step, at)
        : pass
    },
  ),

  'token-answer': check(
    'a token answer of the right type',
    ({ token }, how: 'bearer' | 'any-type') => {
      if (token === undefined) return blind('no token answer was seen')
      const type = stringMember(objectOf(token.answer), 'token_type')
      const place = 'response.json/token_type'
      // Who takes nothing but Bearer takes an answer without a type for it.
      const isBearer = (type ?? 'bearer').toLowerCase() === 'bearer'
      const isTaken = how === 'bearer' ? isBearer : type !== undefined
      return isTaken ? pass : refuse(`token_type is ${type ?? 'not there'}`, token, place)
    },
  ),
}

function isSecure(url: string): boolean {
  return parseUrl(url)?.protocol === 'https:' || isLoopback(url)
}

/** Whoever reads no challenge looks in the places that follow from the server URL (RFC 9728 §3.1). */
function isAtWellKnown({ asked, target }: ServerFacts): boolean {
  const places = resourceMetadataUrls(target).map(({ url }) => url)
  return asked.some(({ ok, url }) => ok && places.includes(url))
}

/** Absent means client_secret_basic (RFC 8414 §2). */
function methodsOf(server: ServerFacts['server']): string[] {
  return stringsMember(server, 'token_endpoint_auth_methods_supported') ?? ['client_secret_basic']
}
