import type { Body, Exchange, Failure, Headers, Response, Timings, Touch } from './exchange.ts'
import { isObject, member, objectMember, stringMember, stringsMember } from './json.ts'
import type { JsonObject } from './document.ts'

/** How long a header list may be; more is not HTTP but an attack. */
const headerLimit = 2000

/**
 * Reads a HAR entry of ours or of another tool: bodies may be missing or in base64, HTTP/2 pseudo-headers and unknown
 * members are passed over, a status of 0 is a failure outside HTTP, times may be in any precision or missing.
 * Returns undefined for what is no entry at all.
 */
export function fromEntry(entry: unknown, index: number, prefix = ''): Exchange | undefined {
  if (!isObject(entry)) return undefined
  const request = objectMember(entry, 'request')
  const url = stringMember(request, 'url')
  if (request === undefined || url === undefined) return undefined
  const own = objectMember(entry, '_authtap')
  const startedAt = timeOf(member(entry, 'startedDateTime')) ?? index
  const response = readResponse(objectMember(entry, 'response'), own)
  const failure = readFailure(entry, own, response)
  const via = stringMember(own, 'via')
  const missing = stringsMember(own, 'missing')
  const address = stringMember(entry, 'serverIPAddress')
  const requestHeaders = readHeaders(member(request, 'headers'))
  return {
    id: prefix + (stringMember(own, 'id') ?? String(index + 1)),
    source: 'har',
    client: stringMember(own, 'client') ?? '',
    connection: textOf(member(entry, 'connection')),
    startedAt,
    ...(member(own, 'open') === true
      ? {}
      : { endedAt: startedAt + durationOf(member(entry, 'time')) }),
    ...timingsOf(objectMember(entry, 'timings')),
    ...(address === undefined ? {} : { serverAddress: address }),
    request: {
      method: stringMember(request, 'method') ?? 'GET',
      url,
      ...(via === undefined ? {} : { via }),
      ...versionOf(request),
      headers: requestHeaders,
      body: withDropped(
        postBody(objectMember(request, 'postData'), sizeOf(request, requestHeaders)),
        member(own, 'requestDropped'),
      ),
    },
    ...(response === undefined ? {} : { response }),
    ...(failure === undefined ? {} : { failure }),
    ...(member(own, 'handedOver') === true ? { handedOver: true as const } : {}),
    touched: touches(member(own, 'touched')),
    ...(missing === undefined ? {} : { missing }),
  }
}

function readResponse(
  response: JsonObject | undefined,
  own: JsonObject | undefined,
): Response | undefined {
  const status = Number(member(response, 'status'))
  if (response === undefined || !Number.isInteger(status) || status < 100 || status > 999)
    return undefined
  const headers = readHeaders(member(response, 'headers'))
  const content = objectMember(response, 'content')
  const coded = member(content, '_coded') === true
  const trailers = member(own, 'trailers')
  return {
    status,
    statusText: stringMember(response, 'statusText') ?? '',
    ...versionOf(response),
    // HAR text is decoded already, whatever the header still says.
    headers: coded ? headers : withoutCoding(headers),
    body: withDropped(contentBody(content, headers), member(own, 'responseDropped')),
    ...(trailers === undefined ? {} : { trailers: readHeaders(trailers) }),
    complete: member(own, 'complete') !== false,
  }
}

function withoutCoding(headers: Headers): Headers {
  return headers.filter(([name]) => name.toLowerCase() !== 'content-encoding')
}

function contentBody(content: JsonObject | undefined, headers: Headers): Body {
  const text = stringMember(content, 'text')
  const size = Number(member(content, 'size'))
  if (text === undefined || text === '')
    return absent(Number.isFinite(size) && size > 0 ? size : lengthField(headers))
  return { bytes: bytesOf(text, stringMember(content, 'encoding')), dropped: 0 }
}

function postBody(data: JsonObject | undefined, size: number): Body {
  const text = stringMember(data, 'text')
  if (text !== undefined && text !== '')
    return {
      bytes: bytesOf(text, stringMember(data, '_encoding') ?? stringMember(data, 'encoding')),
      dropped: 0,
    }
  const params = member(data, 'params')
  if (Array.isArray(params) && params.length > 0)
    return { bytes: Buffer.from(formOf(params)), dropped: 0 }
  return absent(size)
}

function formOf(params: readonly unknown[]): string {
  const pairs = params
    .filter(isObject)
    .map((pair) => [textOf(member(pair, 'name')), textOf(member(pair, 'value'))])
  return new URLSearchParams(pairs as [string, string][]).toString()
}

function bytesOf(text: string, encoding: string | undefined): Uint8Array {
  return Buffer.from(text, encoding?.toLowerCase() === 'base64' ? 'base64' : 'utf8')
}

/** A body that was there and is not in the capture. */
function absent(size: number): Body {
  return { bytes: new Uint8Array(0), dropped: Number.isFinite(size) && size > 0 ? size : 0 }
}

function withDropped(body: Body, dropped: unknown): Body {
  return typeof dropped === 'number' && dropped > 0 ? { ...body, dropped } : body
}

function sizeOf(request: JsonObject, headers: Headers): number {
  const size = Number(member(request, 'bodySize'))
  return Number.isFinite(size) && size > 0 ? size : lengthField(headers)
}

function lengthField(headers: Headers): number {
  return Number(headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1] ?? 0)
}

/** Header lists of every tool: pseudo-headers out, values that hold several lines apart again. */
function readHeaders(list: unknown): Headers {
  if (!Array.isArray(list)) return []
  return list.slice(0, headerLimit).flatMap((item) => {
    const name = isObject(item) ? textOf(member(item, 'name')) : ''
    if (name === '' || name.startsWith(':')) return []
    return textOf(member(item as JsonObject, 'value'))
      .split('\n')
      .map((value) => [name, value] as const)
  })
}

function versionOf(message: JsonObject): { httpVersion?: string } {
  const version = stringMember(message, 'httpVersion')
  return version === undefined || version === '' ? {} : { httpVersion: version }
}

function readFailure(
  entry: JsonObject,
  own: JsonObject | undefined,
  response: Response | undefined,
): Failure | undefined {
  const recorded = objectMember(own, 'failure')
  if (recorded !== undefined)
    return {
      phase: (stringMember(recorded, 'phase') ?? 'http') as Failure['phase'],
      code: stringMember(recorded, 'code') ?? 'EUNKNOWN',
      message: stringMember(recorded, 'message') ?? '',
    }
  if (response !== undefined || own !== undefined) return undefined
  const text =
    stringMember(objectMember(entry, 'response'), '_error') ?? stringMember(entry, '_error') ?? ''
  return text === '' ? undefined : { phase: phaseOf(text), code: text.slice(0, 100), message: text }
}

/** Browsers name failures as `net::ERR_NAME_NOT_RESOLVED` and the like. */
function phaseOf(text: string): Failure['phase'] {
  if (/NAME_NOT_RESOLVED|ENOTFOUND|DNS/i.test(text)) return 'dns'
  if (/CERT|SSL|TLS/i.test(text)) return 'tls'
  if (/ABORTED|CANCEL/i.test(text)) return 'client-gone'
  return /REFUSED|RESET|TIMED_OUT|UNREACHABLE|CONNECT/i.test(text) ? 'tcp' : 'http'
}

/** Milliseconds since the epoch; any fraction of a second, a number of milliseconds, or nothing. */
function timeOf(value: unknown): number | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value !== 'string') return undefined
  const time = Date.parse(value.replace(/(\.\d{3})\d+/, '$1').replace(/^(\d{4}-\d\d-\d\d) /, '$1T'))
  return Number.isNaN(time) ? undefined : time
}

function durationOf(value: unknown): number {
  const time = Number(value)
  return Number.isFinite(time) && time > 0 ? time : 0
}

function timingsOf(timings: JsonObject | undefined): { timings?: Timings } {
  if (timings === undefined) return {}
  const known = (name: string) => {
    const value = Number(member(timings, name))
    return Number.isFinite(value) && value >= 0 ? value : undefined
  }
  const tls = known('ssl')
  const connect = known('connect')
  const entries = {
    dns: known('dns'),
    connect: connect === undefined ? undefined : Math.max(0, connect - (tls ?? 0)),
    tls,
    send: known('send'),
    wait: known('wait'),
    receive: known('receive'),
  }
  return {
    timings: Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)),
  }
}

function touches(value: unknown): Touch[] {
  if (!Array.isArray(value)) return []
  return value.filter(isObject).map((touch) => ({
    at: textOf(member(touch, 'at')),
    client: textOf(member(touch, 'client')),
    upstream: textOf(member(touch, 'upstream')),
    why: textOf(member(touch, 'why')),
  }))
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

/**
 * Header names that a sanitised export lacks. Chrome leaves Authorization and cookies out unless asked to include
 * sensitive data, and says nothing about it: a whole capture with none of them, written by Chrome, is taken to be one.
 */
export function sanitisedHeaders(creator: string, seen: ReadonlySet<string>): string[] {
  const sensitive = ['authorization', 'cookie', 'set-cookie']
  if (!/webinspector|chrom|edge/i.test(creator) || sensitive.some((name) => seen.has(name)))
    return []
  return sensitive
}
