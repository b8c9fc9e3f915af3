import {
  type Body,
  type Exchange,
  type Headers,
  type Response,
  bodyText,
  decodedBytes,
  mediaType,
} from './exchange.ts'
import { parseJson } from './json.ts'
import { formType } from './oauth-facts.ts'
import { mapJsonStrings } from './redact-json.ts'
import { isMcpMessage, mcpSkeleton } from './redact-mcp.ts'
import { headerKind, isUrlHeader, memberKind, parameterKind } from './secret-names.ts'
import { percentEncoded } from './secrets.ts'

/** What becomes of a value: by the kind its name gives it, or as text whose kind is unknown. */
export interface Replace {
  secret(kind: string, value: string): string
  text(text: string): string
}

/** Bodies above this size that are neither form nor JSON-RPC are left out rather than searched. */
const textLimit = 1024 * 1024

/** Walks every place of an exchange where a secret can be, and builds the exchange anew out of what the places became. */
export function mapExchange(exchange: Exchange, replace: Replace): Exchange {
  const { request, response, failure } = exchange
  const body = mapBody(request, replace)
  return {
    ...exchange,
    request: {
      ...request,
      url: mapUrl(request.url, replace),
      ...(request.via === undefined ? {} : { via: mapUrl(request.via, replace) }),
      headers: framed(mapHeaders(request.headers, replace), request.body, body),
      body,
    },
    ...(response === undefined ? {} : { response: mapResponse(response, replace) }),
    ...(failure === undefined
      ? {}
      : { failure: { ...failure, message: replace.text(failure.message) } }),
    touched: exchange.touched.map((touch) => ({
      ...touch,
      client: mapValue(touch.client, replace),
      upstream: mapValue(touch.upstream, replace),
    })),
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

function mapValue(value: string, replace: Replace): string {
  return value.includes('://') ? mapUrl(value, replace) : replace.text(value)
}

/** Query, fragment and path of a raw URL; what is not secret keeps its spelling. */
export function mapUrl(url: string, replace: Replace): string {
  const cut = url.search(/[?#]/)
  if (cut < 0) return replace.text(url)
  const query = url.slice(cut)
  return (
    replace.text(url.slice(0, cut)) +
    query.replace(
      /([?#&])([^&#]*)/g,
      (_, mark: string, pair: string) => mark + mapPair(pair, replace),
    )
  )
}

/** One `name=value` of a query or form. */
function mapPair(pair: string, replace: Replace): string {
  const equals = pair.indexOf('=')
  if (equals < 0) return replace.text(pair)
  const name = decoded(pair.slice(0, equals))
  const value = decoded(pair.slice(equals + 1))
  const kind = parameterKind(name)
  const replaced =
    kind === undefined
      ? mapNested(value, replace)
      : value === ''
        ? value
        : replace.secret(kind, value)
  // What reads the URL or form decodes once, so the label is encoded like any other value.
  const shown = replaced === value ? pair.slice(equals + 1) : percentEncoded(replaced)
  return `${replace.text(pair.slice(0, equals))}=${shown}`
}

function mapNested(value: string, replace: Replace): string {
  return /^[a-z][a-z0-9+.-]{0,30}:\/\//i.test(value) ? mapUrl(value, replace) : replace.text(value)
}

function decoded(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}

function mapHeaders(headers: Headers, replace: Replace): Headers {
  return headers.map(([name, value]) => [name, mapHeader(name, value, replace)] as const)
}

function mapHeader(name: string, value: string, replace: Replace): string {
  const lower = name.toLowerCase()
  if (lower === 'authorization' || lower === 'proxy-authorization')
    return mapAuthorization(value, replace)
  if (lower === 'cookie')
    return value
      .split(';')
      .map((pair) => mapCookie(pair, replace))
      .join(';')
  if (lower === 'set-cookie') {
    const [pair, ...attributes] = value.split(';')
    return [mapCookie(pair!, replace), ...attributes].join(';')
  }
  const kind = headerKind(name)
  if (kind !== undefined) return replace.secret(kind, value)
  if (isUrlHeader(name)) return mapUrl(value, replace)
  return replace.text(value)
}

/** The scheme stays, and spaces as they were; the credential goes. */
function mapAuthorization(value: string, replace: Replace): string {
  const match = /^(\s*)(\S+)(\s+)(.*?)(\s*)$/s.exec(value)
  if (match === null) return replace.secret('authorization', value)
  const [, lead, scheme, gap, credential, tail] = match
  const lower = scheme!.toLowerCase()
  const kind =
    lower === 'basic'
      ? 'client_secret'
      : lower === 'bearer' || lower === 'dpop'
        ? 'access_token'
        : 'authorization'
  return `${lead}${scheme}${gap}${credential === '' ? '' : replace.secret(kind, credential!)}${tail}`
}

function mapCookie(pair: string, replace: Replace): string {
  const equals = pair.indexOf('=')
  if (equals < 0) return replace.text(pair)
  const value = pair.slice(equals + 1)
  return (
    pair.slice(0, equals + 1) +
    (value.trim() === '' ? value : replace.secret('cookie', value.trim()))
  )
}

function mapBody(message: { headers: Headers; body: Body }, replace: Replace): Body {
  const { body } = message
  if (body.bytes.length === 0) return body
  if (decodedBytes(message) === undefined) return withoutBytes(body)
  const text = bodyText(message)
  const mapped = mapText(text, mediaType(message.headers), replace)
  if (mapped === undefined) return withoutBytes(body)
  return mapped === text ? body : { bytes: Buffer.from(mapped), dropped: body.dropped }
}

/** A body that cannot be searched cannot be shown. */
function withoutBytes(body: Body): Body {
  return { bytes: new Uint8Array(0), dropped: body.dropped + body.bytes.length }
}

function mapText(text: string, type: string | undefined, replace: Replace): string | undefined {
  if (type === 'text/event-stream') return mapEvents(text, replace)
  const trimmed = text.trimStart()
  if (trimmed.startsWith('{') || trimmed.startsWith('[')) return mapJson(text, replace)
  if (type === formType || /^[\w.~%-]{1,100}=[^\s<>]*$/.test(text))
    return text
      .split('&')
      .map((pair) => mapPair(pair, replace))
      .join('&')
  if (text.length > textLimit || text.includes('\0')) return undefined
  return replace.text(text)
}

function mapJson(text: string, replace: Replace): string | undefined {
  if (text.includes('"jsonrpc"')) {
    const message = parseJson(text)
    if (isMcpMessage(message)) return mapMembers(JSON.stringify(mcpSkeleton(message)), replace)
    // A message that was cut, or is no JSON: what it carries cannot be told from what it may say.
    return JSON.stringify({ '…': `${text.length} characters left out` })
  }
  return text.length > 4 * textLimit ? undefined : mapMembers(text, replace)
}

function mapMembers(text: string, replace: Replace): string {
  return mapJsonStrings(text, (name, value) => {
    const kind = memberKind(name)
    if (kind !== undefined && value !== '') return replace.secret(kind, value)
    return mapNested(value, replace)
  })
}

/** Each data line on its own; other lines as text. */
function mapEvents(text: string, replace: Replace): string {
  return text
    .split('\n')
    .map((line) => {
      if (!line.startsWith('data:')) return replace.text(line)
      const data = line.slice(5).trim()
      return `data: ${(data.startsWith('{') || data.startsWith('[') ? mapJson(data, replace) : undefined) ?? mapNested(data, replace)}`
    })
    .join('\n')
}

/** Fields that describe the bytes of a body hold for the old bytes only: they go when the body changed. */
function framed(headers: Headers, before: Body, after: Body): Headers {
  if (before === after) return headers
  const describing = new Set([
    'content-encoding',
    'content-length',
    'content-md5',
    'digest',
    'content-digest',
    'repr-digest',
  ])
  return headers.filter(([name]) => !describing.has(name.toLowerCase()))
}
