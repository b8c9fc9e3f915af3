import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import type { JsonObject } from '../../core/wire/json.ts'
import type { ExchangeEvent } from '../../core/verdict/event.ts'
import {
  type Body,
  type Exchange,
  type Failure,
  type Headers,
  type Held,
  type Response,
  type Source,
  type Timings,
  type Touch,
  headerValues,
  trialOf,
  wantedBy,
} from '../../core/wire/exchange.ts'
import {
  isObject,
  member,
  objectMember,
  stringMember,
  stringsMember,
} from '../../core/wire/json.ts'
import { stepKindNames } from '../../core/step/kinds.ts'
import { parseUrl } from '../../core/wire/parse-url.ts'

/**
 * An exchange out of what `eventJson` made of it. A content coding that was taken off is put on again, so that the body
 * reads the same; its bytes may differ. Undefined for what has not the shape of an exchange.
 */
export function exchangeEventOf(json: unknown): ExchangeEvent | undefined {
  const exchange = exchangeOf(json)
  const step = isObject(json) ? objectMember(json, 'step') : undefined
  const kind = stringMember(step, 'kind')
  if (exchange === undefined || kind === undefined || !isObject(json)) return undefined
  const known = stepKindNames.find((name) => name === kind)
  return {
    exchange,
    step: {
      // Another version may know more of them.
      kind: known ?? 'other',
      summary: stringMember(step, 'summary') ?? '',
      ok: member(step, 'ok') === true,
    },
    flow: stringMember(json, 'flow') ?? '',
  }
}

function exchangeOf(json: unknown): Exchange | undefined {
  if (!isObject(json)) return undefined
  const id = stringMember(json, 'id')
  const startedAt = numberMember(json, 'startedAt')
  const request = objectMember(json, 'request')
  const url = stringMember(request, 'url')
  if (id === undefined || startedAt === undefined || request === undefined) return undefined
  if (url === undefined || parseUrl(url) === undefined) return undefined
  const headers = headersOf(member(request, 'headers'))
  const response = responseOf(objectMember(json, 'response'))
  const failure = failureOf(objectMember(json, 'failure'))
  const timings = objectMember(json, 'timings')
  const missing = stringsMember(json, 'missing')
  const trial = objectMember(json, 'trial')
  return {
    id,
    source: (stringMember(json, 'source') ?? 'reverse') as Source,
    client: stringMember(json, 'client') ?? '',
    connection: stringMember(json, 'connection') ?? '',
    startedAt,
    ...optional('endedAt', numberMember(json, 'endedAt')),
    ...(timings === undefined ? {} : { timings: timingsOf(timings) }),
    ...optional('serverAddress', stringMember(json, 'serverAddress')),
    ...(failure === undefined ? {} : { failure }),
    ...(member(json, 'handedOver') === true ? { handedOver: true } : {}),
    ...optional('repeats', stringMember(json, 'repeats')),
    ...optional('like', stringMember(json, 'like')),
    ...optional('trial', trialOf(stringMember(trial, 'sort'), stringMember(trial, 'of'))),
    touched: touchesOf(member(json, 'touched')),
    ...optional('held', heldOf(objectMember(json, 'held'))),
    ...optional('heldFor', numberMember(json, 'heldFor')),
    ...(missing === undefined ? {} : { missing }),
    request: {
      method: stringMember(request, 'method') ?? 'GET',
      url,
      ...optional('via', stringMember(request, 'via')),
      ...optional('httpVersion', stringMember(request, 'httpVersion')),
      headers,
      body: bodyOf(objectMember(request, 'body'), headers),
    },
    ...(response === undefined ? {} : { response }),
  }
}

function heldOf(json: JsonObject | undefined): Held | undefined {
  const side = stringMember(json, 'side')
  const since = numberMember(json, 'since')
  if ((side !== 'request' && side !== 'response') || since === undefined) return undefined
  return { side, since, ...optional('until', numberMember(json, 'until')) }
}

function responseOf(json: JsonObject | undefined): Response | undefined {
  const status = numberMember(json, 'status')
  if (json === undefined || status === undefined) return undefined
  const headers = headersOf(member(json, 'headers'))
  const trailers = member(json, 'trailers')
  return {
    status,
    statusText: stringMember(json, 'statusText') ?? '',
    ...optional('httpVersion', stringMember(json, 'httpVersion')),
    headers,
    body: bodyOf(objectMember(json, 'body'), headers),
    ...(trailers === undefined ? {} : { trailers: headersOf(trailers) }),
    complete: member(json, 'complete') === true,
  }
}

function failureOf(json: JsonObject | undefined): Failure | undefined {
  const phase = stringMember(json, 'phase')
  if (phase === undefined) return undefined
  return {
    phase: phase as Failure['phase'],
    code: stringMember(json, 'code') ?? '',
    message: stringMember(json, 'message') ?? '',
  }
}

function timingsOf(json: JsonObject): Timings {
  const phases = ['dns', 'connect', 'tls', 'send', 'wait', 'receive'] as const
  return Object.fromEntries(
    phases.flatMap((phase) => {
      const took = numberMember(json, phase)
      return took === undefined ? [] : [[phase, took]]
    }),
  )
}

function touchesOf(list: unknown): Touch[] {
  if (!Array.isArray(list)) return []
  return list.filter(isObject).map((touch) => ({
    at: stringMember(touch, 'at') ?? '',
    client: stringMember(touch, 'client') ?? '',
    upstream: stringMember(touch, 'upstream') ?? '',
    why: stringMember(touch, 'why') ?? '',
    ...wantedBy(stringMember(touch, 'by'), stringMember(touch, 'fault')),
  }))
}

function headersOf(list: unknown): Headers {
  if (!Array.isArray(list)) return []
  return list.flatMap((pair: unknown) =>
    Array.isArray(pair) && typeof pair[0] === 'string' && typeof pair[1] === 'string'
      ? [[pair[0], pair[1]] as const]
      : [],
  )
}

function bodyOf(json: JsonObject | undefined, headers: Headers): Body {
  const dropped = numberMember(json, 'dropped') ?? 0
  const text = stringMember(json, 'text')
  if (text !== undefined) return { bytes: coded(Buffer.from(text), headers), dropped }
  return { bytes: Buffer.from(stringMember(json, 'base64') ?? '', 'base64'), dropped }
}

function coded(bytes: Uint8Array, headers: Headers): Uint8Array {
  if (bytes.length === 0) return bytes
  return headerValues(headers, 'content-encoding')
    .slice(0, 1)
    .flatMap((value) => value.split(',', 5))
    .reduce((inner, coding) => codedOnce(inner, coding.trim().toLowerCase()), bytes)
}

function codedOnce(bytes: Uint8Array, coding: string): Uint8Array {
  if (coding === 'gzip' || coding === 'x-gzip') return gzipSync(bytes)
  if (coding === 'deflate') return deflateSync(bytes)
  return coding === 'br' ? brotliCompressSync(bytes) : bytes
}

function numberMember(json: JsonObject | undefined, name: string): number | undefined {
  const value = member(json, name)
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): Partial<Record<Name, Value>> {
  return value === undefined ? {} : ({ [name]: value } as Record<Name, Value>)
}
