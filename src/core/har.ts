import {
  type Exchange,
  type Headers,
  bodyText,
  decodedBytes,
  header,
  headerValues,
  mediaType,
} from './exchange.ts'
import { formType } from './oauth-facts.ts'
import { parseForm, queryParams } from './params.ts'
import type { StepKind } from './step.ts'

export const harSchema = 'authtap.har/1'

interface NameValue {
  readonly name: string
  readonly value: string
}

/** One entry of HAR 1.2, with what only we know under `_authtap`. */
export interface HarEntry {
  readonly startedDateTime: string
  readonly time: number
  readonly request: Record<string, unknown>
  readonly response: Record<string, unknown>
  readonly cache: Record<string, never>
  readonly timings: Record<string, number>
  readonly serverIPAddress?: string
  readonly connection?: string
  readonly _error?: string
  readonly _authtap: Record<string, unknown>
}

/** Writes an exchange as a HAR entry. Bodies are decoded, as HAR wants them; a failure outside HTTP has status 0. */
export function toEntry(exchange: Exchange, extras: { step?: StepKind; flow?: string }): HarEntry {
  const { request, response, failure, touched, timings } = exchange
  return {
    startedDateTime: new Date(exchange.startedAt).toISOString(),
    time: exchange.endedAt === undefined ? 0 : Math.max(0, exchange.endedAt - exchange.startedAt),
    request: {
      method: request.method,
      url: request.url,
      httpVersion: request.httpVersion ?? 'HTTP/1.1',
      cookies: requestCookies(request.headers),
      headers: nameValues(request.headers),
      queryString: nameValues(queryParams(request.url)),
      ...postData(exchange),
      headersSize: -1,
      bodySize: request.body.bytes.length + request.body.dropped,
    },
    response: {
      status: response?.status ?? 0,
      statusText: response?.statusText ?? '',
      httpVersion: response?.httpVersion ?? 'HTTP/1.1',
      cookies: responseCookies(response?.headers ?? []),
      headers: nameValues(response?.headers ?? []),
      content: content(exchange),
      redirectURL: header(response?.headers ?? [], 'location') ?? '',
      headersSize: -1,
      bodySize: response === undefined ? -1 : response.body.bytes.length + response.body.dropped,
    },
    cache: {},
    timings: {
      blocked: -1,
      dns: timings?.dns ?? -1,
      connect: timings?.connect === undefined ? -1 : timings.connect + (timings.tls ?? 0),
      ssl: timings?.tls ?? -1,
      send: timings?.send ?? 0,
      wait: timings?.wait ?? 0,
      receive: timings?.receive ?? 0,
    },
    ...(exchange.serverAddress === undefined ? {} : { serverIPAddress: exchange.serverAddress }),
    ...(exchange.connection === '' ? {} : { connection: exchange.connection }),
    ...(failure === undefined
      ? {}
      : { _error: `${failure.phase} ${failure.code}: ${failure.message}` }),
    _authtap: {
      id: exchange.id,
      ...extras,
      client: exchange.client,
      ...(exchange.endedAt === undefined ? { open: true } : {}),
      ...(request.via === undefined ? {} : { via: request.via }),
      ...(exchange.handedOver === undefined ? {} : { handedOver: true }),
      ...(failure === undefined ? {} : { failure }),
      ...(exchange.missing === undefined ? {} : { missing: exchange.missing }),
      ...(response?.trailers === undefined ? {} : { trailers: nameValues(response.trailers) }),
      ...(response === undefined ? { answered: false } : {}),
      ...(response?.complete === false ? { complete: false } : {}),
      ...(request.body.dropped === 0 ? {} : { requestDropped: request.body.dropped }),
      ...((response?.body.dropped ?? 0) === 0 ? {} : { responseDropped: response!.body.dropped }),
      touched,
    },
  }
}

function nameValues(pairs: readonly (readonly [string, string])[]): NameValue[] {
  return pairs.map(([name, value]) => ({ name, value }))
}

function requestCookies(headers: Headers): NameValue[] {
  return headerValues(headers, 'cookie').flatMap((value) =>
    value.split(';').map((pair) => cookie(pair.trim())),
  )
}

function responseCookies(headers: Headers): NameValue[] {
  return headerValues(headers, 'set-cookie').map((value) => cookie(value.split(';', 1)[0]!.trim()))
}

function cookie(pair: string): NameValue {
  const equals = pair.indexOf('=')
  return equals < 0
    ? { name: '', value: pair }
    : { name: pair.slice(0, equals), value: pair.slice(equals + 1) }
}

function postData({ request }: Exchange): { postData?: Record<string, unknown> } {
  if (request.body.bytes.length === 0) return {}
  const mimeType = header(request.headers, 'content-type') ?? ''
  const decoded = decodedBytes(request)
  if (decoded === undefined || !isText(decoded))
    return {
      postData: {
        mimeType,
        text: Buffer.from(request.body.bytes).toString('base64'),
        _encoding: 'base64',
        _coded: decoded === undefined,
      },
    }
  const text = bodyText(request)
  return {
    postData: {
      mimeType,
      text,
      ...(mediaType(request.headers) === formType ? { params: nameValues(parseForm(text)) } : {}),
    },
  }
}

function content({ response }: Exchange): Record<string, unknown> {
  if (response === undefined) return { size: 0, mimeType: 'x-unknown' }
  const mimeType = header(response.headers, 'content-type') ?? 'x-unknown'
  const decoded = decodedBytes(response)
  if (decoded === undefined)
    return {
      size: response.body.bytes.length,
      mimeType,
      text: Buffer.from(response.body.bytes).toString('base64'),
      encoding: 'base64',
      _coded: true,
    }
  const compression = decoded.length - response.body.bytes.length
  const shared = { size: decoded.length, ...(compression === 0 ? {} : { compression }), mimeType }
  if (decoded.length === 0) return shared
  return isText(decoded)
    ? { ...shared, text: bodyText(response) }
    : { ...shared, text: Buffer.from(decoded).toString('base64'), encoding: 'base64' }
}

function isText(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}
