import { challengeParam } from '../challenge/challenge.ts'
import type { Step } from '../step/step.ts'
import { bodyText, header, mediaType } from '../wire/exchange.ts'
import { type JsonObject, isObject, objectOf, parseJson } from '../wire/json.ts'
import type { Token } from '../wire/jwt.ts'
import { type Params, formType, parseForm, queryParams } from '../wire/params.ts'
import { type Own, about, comparable, plain } from './values.ts'

/** One thing that can be compared: where it stands, and what stands there with chance taken out. */
export interface Fact {
  /** In the notation of evidence. */
  readonly at: string
  readonly value: string
  /** It decides nothing by itself: who the program is, and the like. */
  readonly aside?: true
}

/** Fields that rules look at; others are the business of a program or a hop. */
const requestFields = ['content-type', 'accept', 'origin', 'mcp-protocol-version', 'dpop']
const responseFields = [
  'content-type',
  'cache-control',
  'access-control-allow-origin',
  'access-control-allow-headers',
  'access-control-expose-headers',
]

/** All that matters of a step, in the order in which it happened. */
export function factsOf(step: Step, own: Own): Fact[] {
  return [...requestFacts(step, own), ...responseFacts(step, own)]
}

function requestFacts(step: Step, own: Own): Fact[] {
  const { request } = step.exchange
  return [
    { at: 'request.method', value: request.method },
    { at: 'request.url', value: plain(step.url.split(/[?#]/, 1)[0]!, own) },
    ...paramFacts('request.query', queryParams(step.url), own),
    ...fieldFacts('request', requestFields, step, own),
    ...credential(step),
    ...bodyFacts(step, own),
    ...agent(step),
  ]
}

function bodyFacts(step: Step, own: Own): Fact[] {
  if (step.kind === 'mcp' || step.kind === 'challenge') return []
  const { request } = step.exchange
  if (mediaType(request.headers) === formType)
    return paramFacts('request.form', parseForm(bodyText(request)), own)
  const body = parseJson(bodyText(request))
  return isObject(body) ? memberFacts('request.json', body, own) : []
}

/** The scheme, and whether there is one at all; never the credential. */
function credential(step: Step): Fact[] {
  const { request } = step.exchange
  const sent = header(request.headers, 'authorization')
  if (sent === undefined) return []
  const [scheme = ''] = sent.split(' ', 1)
  return [
    { at: 'request.header.authorization', value: scheme.startsWith('‹') ? 'present' : scheme },
  ]
}

function agent({ exchange: { request } }: Step): Fact[] {
  const name = header(request.headers, 'user-agent')
  return name === undefined
    ? []
    : [{ at: 'request.header.user-agent', value: name, aside: true as const }]
}

function responseFacts(step: Step, own: Own): Fact[] {
  const { response, failure, handedOver } = step.exchange
  if (failure !== undefined && response === undefined)
    return [{ at: 'response.status', value: `no answer (${failure.phase} ${failure.code})` }]
  if (response === undefined)
    return handedOver === true ? [] : [{ at: 'response.status', value: 'no answer' }]
  const location = header(response.headers, 'location')
  return [
    { at: 'response.status', value: String(response.status) },
    ...fieldFacts('response', responseFields, step, own),
    ...challengeFacts(step, own),
    ...(location === undefined ? [] : locationFacts(location, own)),
    ...documentFacts(step, own),
  ]
}

function locationFacts(location: string, own: Own): Fact[] {
  const bare = location.split(/[?#]/, 1)[0]!
  return [
    { at: 'response.header.location', value: plain(bare, own) },
    ...paramFacts('response.header.location', queryParams(location), own),
  ]
}

function challengeFacts(step: Step, own: Own): Fact[] {
  if (step.kind !== 'challenge') return []
  return step.challenges.lenient.flatMap((challenge) => [
    { at: 'response.header.www-authenticate', value: challenge.scheme || 'no scheme' },
    ...['error', 'resource_metadata', 'scope', 'realm'].flatMap((name) => {
      const value = challengeParam(challenge, name)
      return value === undefined
        ? []
        : [{ at: `response.header.www-authenticate ${name}`, value: plain(value, own) }]
    }),
  ])
}

/** Members of documents; of a token answer also the claims; of an MCP answer whether it is one, and its error. */
function documentFacts(step: Step, own: Own): Fact[] {
  const { response } = step.exchange
  if (response === undefined) return []
  switch (step.kind) {
    case 'mcp':
    case 'challenge': {
      const { answer } = step
      const error = answer?.error
      if (error !== undefined) return [{ at: 'response.json/error', value: `${error.code}` }]
      return step.kind === 'mcp'
        ? [{ at: 'response.json/result', value: step.isMcp ? 'an MCP answer' : 'no MCP answer' }]
        : []
    }
    case 'token': {
      const answer = objectOf(step.answer)
      return [
        ...(answer === undefined ? [] : memberFacts('response.json', answer, own)),
        ...(step.accessToken === undefined ? [] : tokenFacts(step.accessToken, own)),
      ]
    }
    case 'callback':
    case 'authorize':
    case 'jwks':
    case 'other':
      return []
    default: {
      const body = parseJson(bodyText(response))
      return isObject(body) ? memberFacts('response.json', body, own) : []
    }
  }
}

function tokenFacts({ value, format, header: head, claims }: Token, own: Own): Fact[] {
  if (value.startsWith('‹') && claims === undefined) return []
  const lifetime = (name: string) => (typeof claims?.[name] === 'number' ? claims[name] : undefined)
  const [exp, iat] = [lifetime('exp'), lifetime('iat')]
  return [
    { at: 'response.jwt', value: format },
    ...(head === undefined ? [] : [{ at: 'response.jwt.alg', value: String(head['alg']) }]),
    ...(claims === undefined ? [] : memberFacts('response.jwt.', claims, own)),
    ...(exp === undefined || iat === undefined
      ? []
      : [{ at: 'response.jwt.exp - iat', value: about(exp - iat) }]),
  ]
}

function memberFacts(place: string, object: JsonObject, own: Own): Fact[] {
  return Object.entries(object).map(([name, value]) => ({
    at: place.endsWith('.') ? place + name : `${place}/${name}`,
    value: comparable(name, value, own),
  }))
}

function paramFacts(place: string, params: Params, own: Own): Fact[] {
  return params.map(([name, value]) => ({
    at: `${place}.${name}`,
    value: name === 'scope' ? value : comparable(name, value, own),
  }))
}

function fieldFacts(
  side: 'request' | 'response',
  names: readonly string[],
  { exchange }: Step,
  own: Own,
): Fact[] {
  const headers = exchange[side]?.headers ?? []
  return names.flatMap((name) => {
    const value = header(headers, name)
    const isLacking = exchange.missing?.includes(name) === true
    return value === undefined || isLacking
      ? []
      : [{ at: `${side}.header.${name}`, value: comparable(name, plainField(name, value), own) }]
  })
}

/** JSON and forms are UTF-8 whether that is said or not (RFC 8259 §8.1). */
function plainField(name: string, value: string): string {
  const lower = value.toLowerCase()
  return name === 'content-type' ? lower.replace(/\s*;\s*charset="?utf-8"?\s*$/, '') : lower
}
