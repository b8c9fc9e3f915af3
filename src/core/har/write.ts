import { isUtf8 } from 'node:buffer'
import {
  type Body,
  type Exchange,
  type Headers,
  type Response,
  decodedBytes,
  header,
  headerValues,
  mediaType,
} from '../wire/exchange.ts'
import type {
  EntryFacts,
  HarCookie,
  HarEntry,
  HarPostData,
  HarRequest,
  HarResponse,
  HarTimings,
  Side,
} from './entry.ts'
import type { Header } from 'har-format'
import { formType } from '../wire/params.ts'
import { parseForm, queryParams } from '../wire/params.ts'
import type { StepKind } from '../step/step.ts'
import { parseUrl } from '../wire/parse-url.ts'

export { harSchema } from './entry.ts'

/** What the engine knows of an exchange beyond what is on the wire. */
interface Extras {
  readonly step?: StepKind
  readonly flow?: string
}

/** An exchange as HAR 1.2 has it. Bodies are written with their content codings undone, as HAR wants them. */
export function toEntry(exchange: Exchange, extras: Extras): HarEntry {
  const { request, response } = exchange
  const sent = shown(request)
  const received = response === undefined ? undefined : shown(response)
  const timings = harTimings(exchange)
  return {
    startedDateTime: isoTime(exchange.startedAt),
    time: total(timings),
    request: harRequest(exchange, sent),
    response: harResponse(exchange, received),
    cache: {},
    timings,
    ...(isAddress(exchange.serverAddress) ? { serverIPAddress: exchange.serverAddress } : {}),
    ...(exchange.connection === ''
      ? {}
      : { connection: exchange.connection, _connectionId: exchange.connection }),
    ...(exchange.like !== undefined && request.body.bytes.length === 0
      ? {
          comment: `Of the bodies the sizes were kept: this MCP call is like that of ${exchange.like}.`,
        }
      : {}),
    _resourceType: resourceType(exchange, extras),
    _authtap: facts(exchange, extras, [
      ...(sent.coded ? (['request'] as const) : []),
      ...(received?.coded ? (['response'] as const) : []),
    ]),
  }
}

function resourceType({ response }: Exchange, { step }: Extras): HarEntry['_resourceType'] {
  if (step === 'authorize' || step === 'callback') return 'document'
  return response !== undefined && mediaType(response.headers) === 'text/event-stream'
    ? 'eventsource'
    : 'fetch'
}

interface Shown {
  readonly size: number
  readonly text: string
  readonly encoding?: 'base64'
  /** The content codings are still applied. */
  readonly coded: boolean
}

function shown(message: { headers: Headers; body: Body }): Shown {
  const plain = isCoded(message.headers) ? decodedBytes(message) : message.body.bytes
  const coded = plain === undefined
  const bytes = Buffer.from(plain ?? message.body.bytes)
  const text = !coded && isUtf8(bytes)
  return {
    size: bytes.length,
    text: bytes.toString(text ? 'utf8' : 'base64'),
    ...(text ? {} : { encoding: 'base64' }),
    coded,
  }
}

function isCoded(headers: Headers): boolean {
  return headerValues(headers, 'content-encoding').some(
    (value) => value.trim() !== '' && value.trim().toLowerCase() !== 'identity',
  )
}

function harRequest({ request }: Exchange, body: Shown): HarRequest {
  const wire = request.body.bytes.length + request.body.dropped
  return {
    method: request.method,
    url: request.url,
    httpVersion: protocol(request.httpVersion),
    cookies: headerValues(request.headers, 'cookie').flatMap(cookies),
    headers: pairs(request.headers),
    queryString: pairs(queryParams(request.url)),
    ...(wire === 0 ? {} : { postData: postData(request.headers, body) }),
    headersSize: -1,
    bodySize: wire,
  }
}

function postData(headers: Headers, { text, encoding }: Shown): HarPostData {
  const form = mediaType(headers) === formType && encoding === undefined
  return {
    mimeType: header(headers, 'content-type') ?? '',
    text,
    ...(encoding === undefined ? {} : { encoding }),
    ...(form ? { params: pairs(parseForm(text)) } : {}),
  }
}

function harResponse(exchange: Exchange, body: Shown | undefined): HarResponse {
  const { response, failure, request } = exchange
  // The browser was answered after all: by the proxy, which sent it on.
  if (exchange.handedOver)
    return { ...noResponse, status: 302, statusText: 'Found', redirectURL: request.url }
  const error = failure === undefined ? {} : { _error: `${failure.code} ${failure.message}`.trim() }
  return response === undefined || body === undefined
    ? { ...noResponse, ...error }
    : { ...someResponse(response, body), ...error }
}

const noResponse: HarResponse = {
  status: 0,
  statusText: '',
  httpVersion: '',
  cookies: [],
  headers: [],
  content: { size: 0, mimeType: 'x-unknown' },
  redirectURL: '',
  headersSize: -1,
  bodySize: -1,
}

function someResponse(response: Response, body: Shown): HarResponse {
  const { headers } = response
  const wire = response.body.bytes.length + response.body.dropped
  return {
    status: response.status,
    statusText: response.statusText,
    httpVersion: protocol(response.httpVersion),
    cookies: headerValues(headers, 'set-cookie').flatMap(setCookie),
    headers: pairs(headers),
    content: {
      size: body.size,
      ...(isCoded(headers) && !body.coded ? { compression: body.size - wire } : {}),
      mimeType: header(headers, 'content-type') ?? 'x-unknown',
      text: body.text,
      ...(body.encoding === undefined ? {} : { encoding: body.encoding }),
    },
    redirectURL: header(headers, 'location') ?? '',
    headersSize: -1,
    bodySize: wire,
  }
}

function facts(exchange: Exchange, extras: Extras, coded: readonly Side[]): EntryFacts {
  const { request, response, startedAt, endedAt, timings, failure, missing } = exchange
  const dropped = {
    ...(request.body.dropped > 0 ? { request: request.body.dropped } : {}),
    ...((response?.body.dropped ?? 0) > 0 ? { response: response!.body.dropped } : {}),
  }
  return {
    id: exchange.id,
    ...extras,
    client: exchange.client,
    ...(request.via === undefined ? {} : { via: request.via }),
    ...(Date.parse(isoTime(startedAt)) === startedAt ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(timings === undefined ? {} : { timings }),
    ...(exchange.serverAddress === undefined || isAddress(exchange.serverAddress)
      ? {}
      : { address: exchange.serverAddress }),
    ...(exchange.handedOver ? { handedOver: true } : {}),
    ...(exchange.repeats === undefined ? {} : { repeats: exchange.repeats }),
    ...(exchange.like === undefined ? {} : { like: exchange.like }),
    ...(exchange.trial === undefined ? {} : { trial: exchange.trial }),
    ...(failure === undefined ? {} : { failure }),
    ...(exchange.touched.length === 0 ? {} : { touched: exchange.touched }),
    ...(exchange.heldFor === undefined ? {} : { heldFor: exchange.heldFor }),
    ...(missing === undefined ? {} : { missing }),
    ...(exchange.signatures === undefined ? {} : { signatures: exchange.signatures }),
    ...(response?.trailers === undefined ? {} : { trailers: response.trailers }),
    ...(response === undefined || response.complete ? {} : { incomplete: true }),
    ...(Object.keys(dropped).length === 0 ? {} : { dropped }),
    ...(coded.length === 0 ? {} : { coded }),
  }
}

/** HAR wants send, wait and receive in any case: what is not known of the duration counts as waiting. */
function harTimings({ timings, startedAt, endedAt }: Exchange): HarTimings {
  const unknown = timings === undefined && endedAt !== undefined ? endedAt - startedAt : 0
  const { dns, connect, tls, send, wait, receive } = timings ?? {}
  return {
    blocked: -1,
    dns: dns ?? -1,
    connect: connect === undefined && tls === undefined ? -1 : (connect ?? 0) + (tls ?? 0),
    ssl: tls ?? -1,
    send: Math.max(send ?? 0, 0),
    wait: Math.max(wait ?? unknown, 0),
    receive: Math.max(receive ?? 0, 0),
  }
}

function total({ dns, connect, send, wait, receive }: HarTimings): number {
  return [dns, connect, send, wait, receive].reduce((sum, part) => sum + Math.max(part, 0), 0)
}

function isoTime(milliseconds: number): string {
  const date = new Date(milliseconds)
  return Number.isNaN(date.getTime()) ? new Date(0).toISOString() : date.toISOString()
}

/** An IP address as serverIPAddress wants it: without port, and without brackets for version 6. */
function isAddress(address: string | undefined): address is string {
  if (address === undefined) return false
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(address)
    ? parseUrl(`http://${address}/`) !== undefined
    : /^[\da-f:.]{2,45}$/i.test(address) && parseUrl(`http://[${address}]/`) !== undefined
}

function protocol(version: string | undefined): string {
  return version === undefined ? '' : `HTTP/${version}`
}

function pairs(fields: Headers): Header[] {
  return fields.map(([name, value]) => ({ name, value }))
}

/** The pairs of a Cookie field (RFC 6265 §4.2.1). */
function cookies(value: string): HarCookie[] {
  return value
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(cookiePair)
}

function cookiePair(text: string): Header {
  const equals = text.indexOf('=')
  return equals === -1
    ? { name: '', value: text }
    : { name: text.slice(0, equals).trim(), value: text.slice(equals + 1).trim() }
}

/** The cookie of a Set-Cookie field, with the attributes that HAR knows (RFC 6265 §4.1.1). */
function setCookie(value: string): HarCookie[] {
  const [first = '', ...rest] = value.split(';')
  if (first.trim() === '') return []
  const attributes = new Map(
    rest.map((part) => {
      const { name, value } = cookiePair(part)
      return name === '' ? [value.trim().toLowerCase(), ''] : [name.toLowerCase(), value]
    }),
  )
  const path = attributes.get('path')
  const domain = attributes.get('domain')
  const expires = Date.parse(attributes.get('expires') ?? '')
  const sameSite = attributes.get('samesite')
  return [
    {
      ...cookiePair(first),
      ...(path === undefined ? {} : { path }),
      ...(domain === undefined ? {} : { domain }),
      ...(Number.isNaN(expires) ? {} : { expires: isoTime(expires) }),
      httpOnly: attributes.has('httponly'),
      secure: attributes.has('secure'),
      ...(sameSite === undefined ? {} : { sameSite }),
    },
  ]
}
