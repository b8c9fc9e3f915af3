import type { Body, Exchange, Headers, Response, Touch } from '../../wire/exchange.ts'
import { pointerName } from '../../wire/json.ts'
import type { Signature } from '../../wire/signature.ts'
import { mapBody } from './body.ts'
import { mapHeader, mapHeaders } from './headers.ts'
import { mapMember } from './json.ts'
import { kindOf } from '../find/appearance.ts'
import { isPublicText, parameterMeaning } from '../find/names.ts'
import type { Replace } from './replace.ts'
import { mapNested, mapUrl } from './url.ts'

/** Walks every place of an exchange where a secret can be, and builds the exchange anew out of what the places became. */
export function mapExchange(exchange: Exchange, replace: Replace): Exchange {
  const { request, response, failure } = exchange
  const body = mapBody(request, replace)
  return {
    ...exchange,
    ...mapNames(exchange, replace),
    request: {
      ...request,
      method: replace.text(request.method),
      ...(request.httpVersion === undefined
        ? {}
        : { httpVersion: replace.text(request.httpVersion) }),
      url: mapAddress(request.url, replace),
      ...(request.via === undefined ? {} : { via: mapAddress(request.via, replace) }),
      headers: framed(mapHeaders(request.headers, replace), request.body, body),
      body,
    },
    ...(response === undefined ? {} : { response: mapResponse(response, replace) }),
    ...(failure === undefined
      ? {}
      : {
          failure: {
            ...failure,
            code: replace.text(failure.code),
            message: replace.text(failure.message),
          },
        }),
    touched: exchange.touched.map((touch) => mapTouch(touch, replace)),
    ...(exchange.signatures === undefined
      ? {}
      : { signatures: exchange.signatures.map((one) => mapSignature(one, replace)) }),
  }
}

/** What it is called: names of ours where we recorded it, and of anybody's in a capture. */
function mapNames(exchange: Exchange, replace: Replace): Partial<Exchange> {
  const { id, client, connection, serverAddress, repeats, like } = exchange
  const optional = Object.entries({ serverAddress, repeats, like }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  const { missing, trial } = exchange
  return {
    id: replace.text(id),
    client: replace.text(client),
    connection: replace.text(connection),
    ...Object.fromEntries(optional.map(([name, value]) => [name, replace.text(value)])),
    ...(trial === undefined ? {} : { trial: { ...trial, of: replace.text(trial.of) } }),
    ...(missing === undefined ? {} : { missing: missing.map((name) => replace.text(name)) }),
  }
}

function mapResponse(response: Response, replace: Replace): Response {
  const body = mapBody(response, replace)
  return {
    ...response,
    statusText: replace.text(response.statusText),
    headers: framed(mapHeaders(response.headers, replace), response.body, body),
    ...(response.trailers === undefined
      ? {}
      : { trailers: mapHeaders(response.trailers, replace) }),
    body,
  }
}

function mapAddress(url: string, replace: Replace): string {
  const map = () => mapUrl(url, replace)
  return replace.again?.('url', '', url, map) ?? map()
}

function mapSignature(signature: Signature, replace: Replace): Signature {
  const { keys, ids } = signature
  return {
    ...signature,
    ...(keys === undefined ? {} : { keys: mapAddress(keys, replace) }),
    ...(ids === undefined ? {} : { ids: ids.map((id) => replace.text(id)) }),
  }
}

function mapTouch(touch: Touch, replace: Replace): Touch {
  const mapped = (value: string) => {
    const map = () => mapPlaced(touch.at, value, replace)
    return replace.again?.('touch', touch.at, value, map) ?? map()
  }
  return {
    ...touch,
    at: replace.text(touch.at),
    client: mapped(touch.client),
    upstream: mapped(touch.upstream),
    why: replace.text(touch.why),
    ...(touch.fault === undefined ? {} : { fault: replace.text(touch.fault) }),
  }
}

const place =
  /^(?:request|response)\.(?:(url)$|(header|query|form|jwt|proof|(?:client-)?assertion)\.([^[]+)|json(?:\/.*)?\/([^/]+)$)/s

/** What stands at a place, in the notation of evidence: what it may be is told by the name of the place. */
export function mapPlaced(at: string, value: string, replace: Replace): string {
  const [, url, sort, name = '', member] = place.exec(at) ?? []
  if (value === '') return value
  if (url !== undefined) return mapUrl(value, replace)
  if (sort === 'header') return mapHeader(name, value, replace)
  if (sort === 'query' || sort === 'form') {
    const kind = kindOf(parameterMeaning(name), value, 'message')
    if (kind !== undefined) return replace.secret(kind, value)
    return isPublicText(name) ? replace.known(value) : mapNested(value, replace)
  }
  const claims = sort !== undefined
  const claim = claims ? name : member
  if (claim === undefined) return mapNested(value, replace)
  // A pointer names the member and not the company it keeps; a token's claims are a message and about a person.
  const company = { message: claims, person: claims, key: false }
  return mapMember(pointerName(claim), value, company, replace)
}

/** Fields that describe the bytes of a body hold for the old bytes only: they go when the body changed. */
const describing = new Set([
  'content-encoding',
  'content-length',
  'content-md5',
  'digest',
  'content-digest',
  'repr-digest',
])

function framed(headers: Headers, before: Body, after: Body): Headers {
  if (before === after) return headers
  return headers.filter(([name]) => !describing.has(name.toLowerCase()))
}
