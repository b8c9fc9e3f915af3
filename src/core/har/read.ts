import type { JsonObject } from '../wire/json.ts'
import {
  type Body,
  type Exchange,
  type Response,
  type Touch,
  header,
  trialOf,
  wantedBy,
} from '../wire/exchange.ts'
import { codedMessage, contentMessage, postMessage } from './bodies.ts'
import type { Side } from './entry.ts'
import { readSignatures } from './signatures.ts'
import { foreignFailure, madeUp, ownFailure } from './failure.ts'
import {
  amountOf,
  durationOf,
  foreignTimings,
  numberOf,
  ownTimings,
  readHeaders,
  textOf,
  timeOf,
  versionOf,
} from './fields.ts'
import { isObject, member, objectMember, stringMember, stringsMember } from '../wire/json.ts'
import { parseUrl } from '../wire/parse-url.ts'

/**
 * Reads an entry of ours or of another tool. Bodies may be missing or in base64, times in any precision or missing, members
 * unknown; a status of 0 is a failure outside HTTP. `index` counts the file's entries from 0 and names those that have no
 * id of ours; `startedAt` is when an entry without a time is taken to begin. Undefined for what is no HTTP exchange
 * (pages of an extension, a tunnel through a proxy) or no entry at all.
 */
export function fromEntry(
  entry: unknown,
  index: number,
  { prefix = '', startedAt: fallback = 0 }: { prefix?: string; startedAt?: number } = {},
): Exchange | undefined {
  if (!isObject(entry)) return undefined
  const request = objectMember(entry, 'request')
  const response = objectMember(entry, 'response')
  if (request === undefined || !isHttp(request, response)) return undefined
  const own = objectMember(entry, '_authtap')
  const startedAt =
    numberOf(member(own, 'startedAt')) ?? timeOf(member(entry, 'startedDateTime')) ?? fallback
  const base = { id: prefix + (stringMember(own, 'id') || String(index + 1)), startedAt }
  return own === undefined
    ? foreignExchange(base, entry, request, response)
    : { ...ownExchange(base, entry, request, response, own), ...related(own, prefix) }
}

/** Other exchanges of the same file that it names. */
function related(own: JsonObject, prefix: string): Pick<Exchange, 'repeats' | 'like' | 'trial'> {
  const repeats = stringMember(own, 'repeats')
  const like = stringMember(own, 'like')
  const tried = objectMember(own, 'trial')
  const of = stringMember(tried, 'of')
  const trial = trialOf(stringMember(tried, 'sort'), of && prefix + of)
  return {
    ...(repeats === undefined ? {} : { repeats: prefix + repeats }),
    ...(like === undefined ? {} : { like: prefix + like }),
    ...(trial === undefined ? {} : { trial }),
  }
}

interface Base {
  readonly id: string
  readonly startedAt: number
}

function isHttp(request: JsonObject, response: JsonObject | undefined): boolean {
  const status = numberOf(member(response, 'status')) ?? 0
  if (stringMember(request, 'method') === 'CONNECT' && status >= 200 && status < 300) return false
  return isAbsolute(requestLine(request).url)
}

/** Most entries are calls to the same few places: the last is remembered. */
let lastAbsolute = ''

function isAbsolute(url: string): boolean {
  if (url === lastAbsolute) return true
  if (!/^(?:https?|wss?):\/\//i.test(url) || parseUrl(url) === undefined) return false
  lastAbsolute = url
  return true
}

function foreignExchange(
  base: Base,
  entry: JsonObject,
  request: JsonObject,
  response: JsonObject | undefined,
): Exchange {
  const headers = readHeaders(member(request, 'headers'))
  const failure = foreignFailure(entry, response)
  const timings = foreignTimings(objectMember(entry, 'timings'))
  const address = textOf(member(entry, 'serverIPAddress')).replace(/^\[(.*)\]$/, '$1')
  const answer =
    response === undefined || madeUp(response) !== undefined
      ? undefined
      : readResponse(response, undefined, failure === undefined)
  // Filled in rather than spread: there may be very many.
  const exchange: { -readonly [Name in keyof Exchange]: Exchange[Name] } = {
    id: base.id,
    source: 'har',
    client: header(headers, 'user-agent') ?? '',
    connection: foreignConnection(entry, request),
    startedAt: base.startedAt,
    endedAt: base.startedAt + durationOf(entry),
    request: Object.assign(requestLine(request), postMessage(headers, request)),
    touched: [],
  }
  if (timings !== undefined) exchange.timings = timings
  if (address !== '') exchange.serverAddress = address
  if (answer !== undefined) exchange.response = answer
  if (failure !== undefined) exchange.failure = failure
  return exchange
}

/** Firefox puts the server's port where HAR wants an id of the connection. */
function foreignConnection(entry: JsonObject, request: JsonObject): string {
  const connection = textOf(member(entry, 'connection'))
  if (connection === '') return ''
  const url = new URL(requestLine(request).url)
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  return connection === port ? '' : connection
}

function ownExchange(
  base: Base,
  entry: JsonObject,
  request: JsonObject,
  response: JsonObject | undefined,
  own: JsonObject,
): Exchange {
  const headers = readHeaders(member(request, 'headers'))
  const endedAt = numberOf(member(own, 'endedAt'))
  const timings = ownTimings(objectMember(own, 'timings'))
  const address = stringMember(own, 'address') ?? stringMember(entry, 'serverIPAddress')
  const via = stringMember(own, 'via')
  const answer =
    response === undefined || member(own, 'handedOver') === true
      ? undefined
      : readResponse(response, own, member(own, 'incomplete') !== true)
  const failure = ownFailure(own)
  const missing = stringsMember(own, 'missing')
  const heldFor = numberOf(member(own, 'heldFor'))
  const signatures = readSignatures(member(own, 'signatures'))
  const message = isCoded(own, 'request')
    ? codedMessage(headers, objectMember(request, 'postData'))
    : postMessage(headers, request)
  return {
    ...base,
    source: 'har',
    client: stringMember(own, 'client') ?? '',
    connection: textOf(member(entry, 'connection')),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(timings === undefined ? {} : { timings }),
    ...(address === undefined ? {} : { serverAddress: address }),
    request: {
      ...requestLine(request),
      ...(via === undefined ? {} : { via }),
      headers: message.headers,
      body: withDropped(message.body, own, 'request'),
    },
    ...(answer === undefined ? {} : { response: answer }),
    ...(failure === undefined ? {} : { failure }),
    ...(member(own, 'handedOver') === true ? { handedOver: true } : {}),
    touched: touches(member(own, 'touched')),
    ...(heldFor === undefined ? {} : { heldFor }),
    ...(missing === undefined ? {} : { missing }),
    ...(signatures.length === 0 ? {} : { signatures }),
  }
}

function requestLine(request: JsonObject): { method: string; url: string; httpVersion?: string } {
  const method = stringMember(request, 'method') || 'GET'
  const url = stringMember(request, 'url') ?? ''
  return {
    method,
    // Some tools give the request target of CONNECT as it is: host and port.
    url: method === 'CONNECT' && !url.includes('://') ? `https://${url}` : url,
    ...versionOf(request),
  }
}

/** `own`: what we recorded of the entry, when it is one of ours. */
function readResponse(
  response: JsonObject,
  own: JsonObject | undefined,
  complete: boolean,
): Response | undefined {
  const status = numberOf(member(response, 'status'))
  if (status === undefined || !Number.isInteger(status) || status < 100 || status > 999)
    return undefined
  const headers = readHeaders(member(response, 'headers'))
  const content = objectMember(response, 'content')
  const trailers = readHeaders(member(own, 'trailers'))
  const message = isCoded(own, 'response')
    ? codedMessage(headers, content)
    : contentMessage(headers, response, content)
  return {
    status,
    statusText: stringMember(response, 'statusText') ?? '',
    ...versionOf(response),
    headers: message.headers,
    body: own === undefined ? message.body : withDropped(message.body, own, 'response'),
    ...(trailers.length === 0 ? {} : { trailers }),
    complete,
  }
}

function isCoded(own: JsonObject | undefined, side: Side): boolean {
  return stringsMember(own, 'coded')?.includes(side) ?? false
}

function withDropped(body: Body, own: JsonObject, side: Side): Body {
  const dropped = amountOf(member(objectMember(own, 'dropped'), side)) ?? 0
  return { bytes: body.bytes, dropped }
}

function touches(list: unknown): Touch[] {
  if (!Array.isArray(list)) return []
  return list.filter(isObject).map((touch) => ({
    at: textOf(member(touch, 'at')),
    client: textOf(member(touch, 'client')),
    upstream: textOf(member(touch, 'upstream')),
    why: textOf(member(touch, 'why')),
    ...wantedBy(stringMember(touch, 'by'), stringMember(touch, 'fault')),
  }))
}

/** Programs that leave sensitive fields out of an export unless told otherwise, and say nothing about it. */
const sanitisers = ['webinspector', 'chrome', 'google chrome', 'chromium', 'microsoft edge']
const sensitive = ['authorization', 'cookie', 'set-cookie']

/**
 * The lower-case names of fields that a sanitised export lacks. Chrome leaves out Authorization and cookies: a whole file
 * of its making with none of them is taken to be such an export.
 */
export function sanitisedHeaders(creator: string, seen: ReadonlySet<string>): string[] {
  const sanitises = sanitisers.includes(creator.trim().toLowerCase())
  return sanitises && !sensitive.some((name) => seen.has(name)) ? [...sensitive] : []
}

/** The lower-case names of the fields an entry has, for `sanitisedHeaders`; those whose cookies it lists count as well. */
export function fieldNames(entry: unknown, { request, response }: Exchange): string[] {
  const names = [...request.headers, ...(response?.headers ?? [])].map(([name]) =>
    name.toLowerCase(),
  )
  if (!isObject(entry)) return names
  if (hasCookies(objectMember(entry, 'request'))) names.push('cookie')
  if (hasCookies(objectMember(entry, 'response'))) names.push('set-cookie')
  return names
}

function hasCookies(message: JsonObject | undefined): boolean {
  const cookies = member(message, 'cookies')
  return Array.isArray(cookies) && cookies.length > 0
}
