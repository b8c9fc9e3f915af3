import type { JsonObject } from '../wire/json.ts'
import { type Body, type Headers, emptyBody, header } from '../wire/exchange.ts'
import { amountOf, textOf } from './fields.ts'
import { isObject, member, stringMember } from '../wire/json.ts'
import { formType } from '../wire/params.ts'

interface Message {
  readonly headers: Headers
  readonly body: Body
}

/** A response's body out of `content`. */
export function contentMessage(
  headers: Headers,
  response: JsonObject,
  content: JsonObject | undefined,
): Message {
  const bytes = bytesOf(content)
  const size = amountOf(member(content, 'size')) || amountOf(member(response, 'bodySize')) || 0
  return bytes === undefined ? { headers, body: unseen(size) } : decoded(headers, bytes)
}

/** A request's body out of `postData`: its text, or the parameters where a tool gives only these. */
export function postMessage(headers: Headers, request: JsonObject): Message {
  const data = member(request, 'postData')
  const post = isObject(data) ? data : undefined
  const bytes = bytesOf(post) ?? formBytes(post)
  if (bytes !== undefined) return decoded(headers, bytes)
  const announced = amountOf(Number(header(headers, 'content-length') ?? ''))
  return { headers, body: unseen(amountOf(member(request, 'bodySize')) ?? announced ?? 0) }
}

/** A body of ours that stands as it crossed the wire, its content coding still on. */
export function codedMessage(headers: Headers, data: JsonObject | undefined): Message {
  const bytes = bytesOf(data)
  return { headers, body: bytes === undefined ? emptyBody : { bytes, dropped: 0 } }
}

/** The capture holds nothing of a body that was there. */
function unseen(size: number): Body {
  return size > 0 ? { bytes: emptyBody.bytes, dropped: Math.ceil(size) } : emptyBody
}

/** Text of a HAR file is decoded, whatever Content-Encoding still says: the field goes, so that the body can be read. */
function decoded(headers: Headers, bytes: Uint8Array): Message {
  const body = { bytes, dropped: 0 }
  return {
    headers:
      header(headers, 'content-encoding') === undefined || isGzip(headers, bytes)
        ? headers
        : headers.filter(([name]) => name.toLowerCase() !== 'content-encoding'),
    body,
  }
}

/** A tool kept the bytes as they came: they begin as RFC 1952 §2.3.1 says. */
function isGzip(headers: Headers, bytes: Uint8Array): boolean {
  const coding = header(headers, 'content-encoding')?.trim().toLowerCase()
  return (coding === 'gzip' || coding === 'x-gzip') && bytes[0] === 0x1f && bytes[1] === 0x8b
}

function bytesOf(data: JsonObject | undefined): Uint8Array | undefined {
  const inBase64 = stringMember(data, '_base64')
  if (inBase64 !== undefined && inBase64 !== '') return Buffer.from(inBase64, 'base64')
  const text = stringMember(data, 'text')
  if (text === undefined || text === '') return undefined
  const encoding = stringMember(data, 'encoding') ?? stringMember(data, '_encoding')
  const coded = encoding?.toLowerCase() === 'base64' || member(data, '_base64') === true
  return Buffer.from(text, coded ? 'base64' : 'utf8')
}

function formBytes(post: JsonObject | undefined): Uint8Array | undefined {
  const params = member(post, 'params')
  const type = (stringMember(post, 'mimeType') ?? '').split(';', 1)[0]!.trim().toLowerCase()
  if (!Array.isArray(params) || params.length === 0) return undefined
  // The parts of multipart/form-data cannot be put together again.
  if (type !== '' && type !== formType) return undefined
  const pairs = params
    .filter(isObject)
    .map((pair) => [textOf(member(pair, 'name')), textOf(member(pair, 'value'))] as const)
  const encode = areEncoded(pairs) ? (text: string) => text : encoded
  return Buffer.from(pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&'))
}

function encoded(text: string): string {
  // By way of bytes, so that half of a surrogate pair does no harm.
  return encodeURIComponent(Buffer.from(text).toString())
}

/** Chrome lists parameters as they were sent, others decode them. */
function areEncoded(pairs: readonly (readonly [string, string])[]): boolean {
  const all = pairs.flat()
  return (
    all.some((text) => text.includes('%')) &&
    all.every((text) => /^[\w.~*+!'()-]*(?:%[\da-f]{2}[\w.~*+!'()-]*)*$/i.test(text))
  )
}
