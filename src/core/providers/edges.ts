import { type Headers, header, mediaType } from '../wire/exchange.ts'
import { gatewayOf } from './gateways.ts'
import { htmlPage, textOfPage } from '../wire/html.ts'
import { shortened } from '../wire/safe-text.ts'

/** An edge network or firewall that can refuse a request by itself, and what gives it away. */
export interface Edge {
  readonly name: string
  readonly trace: string
  /** What shows that the refusal is its own: a field, or words of the body. */
  readonly mark: string | undefined
}

const edges = new Set([
  'Akamai',
  'Amazon CloudFront',
  'AWS load balancer',
  'Azure Application Gateway',
  'Azure Front Door',
  'Cloudflare',
  'Fastly',
  'Google front end',
  'Vercel',
])

/**
 * Fields of what a firewall made itself: https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response,
 * https://docs.aws.amazon.com/waf/latest/developerguide/waf-captcha-and-challenge-actions.html; Vercel's is as seen.
 */
const marks = ['cf-mitigated', 'x-amzn-waf-action', 'x-vercel-mitigated']

const phrases = [
  'access denied',
  'been blocked',
  'error code: 10',
  'request blocked',
  'request could not be satisfied',
  'request is blocked',
  'request was blocked',
  'request was rejected',
]

/**
 * Whether an answer with an error status is one that an edge may have given of its own accord: it came through one, and its
 * body is neither the JSON of an application nor a page, and says nothing, or what edges say.
 */
export function edgeAnswer(headers: Headers, text: string): Edge | undefined {
  const gateway = gatewayOf(headers)
  const field = marks.find((name) => header(headers, name) !== undefined)
  if (field === undefined && (gateway === undefined || !edges.has(gateway.name))) return undefined
  const body = text.trim().toLowerCase()
  const type = mediaType(headers) ?? ''
  if (body.startsWith('{') || body.startsWith('[') || body.startsWith('<')) return undefined
  if (type === 'text/event-stream' || type.endsWith('json')) return undefined
  const words = phrases.find((phrase) => body.slice(0, 2000).includes(phrase))
  if (body !== '' && field === undefined && words === undefined) return undefined
  return {
    name: gateway?.name ?? 'a firewall',
    trace: gateway?.trace ?? `${field}: ${shortened(header(headers, field!)!, 60)}`,
    mark: field ?? words,
  }
}

/** A page that an edge network or a tunnel gives to people in the place of an answer. */
export interface EdgePage {
  readonly name: string
  readonly trace: string
  readonly kind: 'bot-check' | 'blocked' | 'tunnel'
}

/** What the titles and headings of such pages say, in lower case. */
const pageWords: readonly (readonly [EdgePage['kind'], readonly string[]])[] = [
  [
    'blocked',
    ['access denied', 'been blocked', 'could not be satisfied', 'is blocked', 'was blocked'],
  ],
  [
    'bot-check',
    ['just a moment', 'attention required', 'checking your browser', 'verify you are human'],
  ],
]

/** The page of an edge or a tunnel in the place of an answer; undefined where the application may have made it. */
export function edgePage(headers: Headers, text: string): EdgePage | undefined {
  if (htmlPage(headers, text) === undefined) return undefined
  const shown = (field: string) => `${field}: ${shortened(header(headers, field)!, 60)}`
  const tunnel = 'ngrok-error-code'
  if (header(headers, tunnel) !== undefined)
    return { name: 'ngrok', trace: shown(tunnel), kind: 'tunnel' }
  const words = textOfPage(text).toLowerCase()
  const kind = pageWords.find(([, phrases]) => phrases.some((one) => words.includes(one)))?.[0]
  const field = marks.find((name) => header(headers, name) !== undefined)
  const gateway = gatewayOf(headers)
  const isEdge = gateway !== undefined && edges.has(gateway.name)
  if (field === undefined && (kind === undefined || !isEdge)) return undefined
  return {
    name: gateway?.name ?? 'a firewall',
    trace: field === undefined ? gateway!.trace : shown(field),
    kind: kind ?? 'bot-check',
  }
}

/** Fields that any answer may have, or that edges add to it. */
const ordinary = new Set([
  'age',
  'alt-svc',
  'cache-control',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'expires',
  'keep-alive',
  'nel',
  'report-to',
  'server',
  'server-timing',
  'set-cookie',
  'strict-transport-security',
  'transfer-encoding',
  'vary',
  'via',
  'www-authenticate',
  'x-cache',
  'x-content-type-options',
  'x-frame-options',
])

/** Names of the fields that an answer has from its application, in lower case: its own, as far as a list can tell. */
export function applicationFields(headers: Headers): string[] {
  return headers
    .map(([name]) => name.toLowerCase())
    .filter((name) => !ordinary.has(name) && !name.startsWith('cf-') && !name.startsWith('x-amz'))
}
