import { brotliDecompressSync, inflateRawSync, inflateSync, unzipSync } from 'node:zlib'
import type { Signature } from './signature.ts'

/** Header fields as they stood on the wire: order, case and repeats kept. Values are Latin-1 text, one character a byte. */
export type Headers = readonly (readonly [name: string, value: string])[]

/** The bytes of a message body as they crossed the wire (content codings still applied). */
export interface Body {
  readonly bytes: Uint8Array
  /** Bytes that were passed on but not kept, because the capture limit was reached. */
  readonly dropped: number
}

export interface Request {
  readonly method: string
  /** Absolute URL in upstream space: what the real server was asked, character for character. */
  readonly url: string
  /** Absolute URL the client used, when the proxy stood in between. */
  readonly via?: string
  readonly httpVersion?: string
  readonly headers: Headers
  readonly body: Body
}

export interface Response {
  readonly status: number
  readonly statusText: string
  readonly httpVersion?: string
  readonly headers: Headers
  readonly body: Body
  readonly trailers?: Headers
  /** False while the body is still arriving, and for ever when it broke off. */
  readonly complete: boolean
}

/** How an exchange ended outside HTTP. Never disguised as a status code. */
export interface Failure {
  readonly phase: 'dns' | 'tcp' | 'tls' | 'http' | 'client-gone'
  /** A stable code such as ECONNREFUSED, or ours where the system gives none. */
  readonly code: string
  readonly message: string
}

/**
 * Code of an exchange that authtap itself cut off, because an earlier request on the same client connection had failed
 * upstream. Neither the client nor a server did anything to it.
 */
export const cutCode = 'ECUT'

/** Code of an exchange that authtap could not pass on, because it may open no more files and connections. */
export const filesCode = 'EFILES'

/** Code of an exchange that authtap ended because it came back to it, again and again. */
export const loopCode = 'ELOOP'

const ownCodes: readonly (string | undefined)[] = [cutCode, filesCode, loopCode]

/** Whether authtap itself is why there was no answer. */
export function isOwnDoing(failure: Failure | undefined): boolean {
  return ownCodes.includes(failure?.code)
}

/**
 * One value the proxy changed on its way: undone for analysis where it translated, and left as it was sent where it was told
 * to change it.
 */
export interface Touch {
  /** Where, in the notation of evidence: `response.json/issuer`, `request.header.host[0]`. */
  readonly at: string
  /** The value as the client sent or saw it. */
  readonly client: string
  /** The value as the upstream saw or sent it. */
  readonly upstream: string
  readonly why: string
  /** Who wanted it so; absent where it is a translation of authtap's own. */
  readonly by?: 'person' | 'authtap'
  /** The fault that authtap was told to make. */
  readonly fault?: string
}

/** A change that somebody wanted, and no translation. */
export type Change = Touch & { readonly by: 'person' | 'authtap' }

/** Who wanted a change, as a capture tells of it. */
export function wantedBy(by: string | undefined, fault: string | undefined): Partial<Change> {
  if (by !== 'person' && by !== 'authtap') return {}
  return { by, ...(fault === undefined ? {} : { fault }) }
}

/** What was changed on the way because somebody wanted it so. */
export function changesIn({ touched }: Pick<Exchange, 'touched'>): Change[] {
  return touched.filter((touch): touch is Change => touch.by !== undefined)
}

/** Milliseconds spent in each phase; undefined where the phase did not happen or was not seen. */
export interface Timings {
  readonly dns?: number
  readonly connect?: number
  readonly tls?: number
  readonly send?: number
  readonly wait?: number
  readonly receive?: number
}

export type Source = 'reverse' | 'probe' | 'har' | 'transcript' | 'example'

/** A message that waits until a person decides what becomes of it, or until it goes on by itself. */
export interface Held {
  readonly side: 'request' | 'response'
  /** Milliseconds since the epoch. */
  readonly since: number
  /** Absent while somebody is at work on it. */
  readonly until?: number
}

/** What a request of `authtap check` tries, wrong on purpose or beside the way of a client. */
export const trials = [
  'bad-token',
  'expired-token',
  'token-in-query',
  'wrong-method',
  'no-content-type',
  'unknown-client',
  'preflight',
  'event-stream',
  'head',
  'stateless',
  'other-revision',
  'other-place',
  'old-refresh-token',
] as const

export interface Trial {
  readonly sort: (typeof trials)[number]
  /** Id of the exchange whose login it goes with. */
  readonly of: string
}

/**
 * One HTTP request and what became of it. Everything is in upstream space: values as the real servers sent and
 * received them. A later version with the same id replaces the earlier one (headers arrived, body grew, stream ended).
 */
export interface Exchange {
  readonly id: string
  readonly source: Source
  /** Which client: told apart by what it says of itself (user agent) and where it comes from. Empty when unknown. */
  readonly client: string
  /** Which of the client's connections. Empty when unknown. */
  readonly connection: string
  /** Milliseconds since the epoch, with fractions of one: what is shown of a difference has to be rounded. */
  readonly startedAt: number
  readonly endedAt?: number
  readonly timings?: Timings
  readonly serverAddress?: string
  readonly request: Request
  readonly response?: Response
  readonly failure?: Failure
  /** The browser was sent on to the next party; the answer is not visible here. */
  readonly handedOver?: true
  /**
   * Id of the exchange whose request a person sent once more, from authtap, with this one. No party did this: it is shown, and
   * no rule looks at it.
   */
  readonly repeats?: string
  /**
   * Id of an earlier MCP call that this one is like in all that rules look at. Where it is given, fields may be those of that
   * call, and bodies may not have been kept.
   */
  readonly like?: string
  /** What `authtap check` asked beside the way that a client goes. No client did this: only rules about such answers judge it. */
  readonly trial?: Trial
  readonly touched: readonly Touch[]
  readonly held?: Held
  /** How long a person kept it waiting, in milliseconds: neither party took this time. */
  readonly heldFor?: number
  /** Lower-case header names that a sanitised capture lacks. Nothing may be concluded from their absence. */
  readonly missing?: readonly string[]
  /** What was found of the signatures in it, by keys that were seen here or elsewhere. */
  readonly signatures?: readonly Signature[]
}

/**
 * Whether nothing can be said of it yet: its answer is not there, or not whole. A stream of events is answered once it has
 * begun; it lasts as long as it is of use.
 */
export function isUnderWay({ endedAt, response }: Exchange): boolean {
  return endedAt === undefined && !(response !== undefined && isStream(response.headers))
}

export function isStream(headers: Headers): boolean {
  return mediaType(headers) === 'text/event-stream'
}

/** A trial as a capture tells of it; undefined for a sort that there is not. */
export function trialOf(sort: string | undefined, of: string | undefined): Trial | undefined {
  const known = trials.find((one) => one === sort)
  return known === undefined || of === undefined ? undefined : { sort: known, of }
}

export const emptyBody: Body = { bytes: new Uint8Array(0), dropped: 0 }

/** All values of a field, in order, names compared without case (RFC 9110 §5.1). */
export function headerValues(headers: Headers, name: string): string[] {
  const wanted = name.toLowerCase()
  return headers.filter(([field]) => isNamed(field, wanted)).map(([, value]) => value)
}

/** The field's only or first value. */
export function header(headers: Headers, name: string): string | undefined {
  const wanted = name.toLowerCase()
  for (const [field, value] of headers) if (isNamed(field, wanted)) return value
  return undefined
}

function isNamed(field: string, lower: string): boolean {
  return field.length === lower.length && field.toLowerCase() === lower
}

/** The media type without parameters, lower case; undefined when there is no Content-Type (RFC 9110 §8.3.1). */
export function mediaType(headers: Headers): string | undefined {
  return header(headers, 'content-type')?.split(';', 1)[0]?.trim().toLowerCase()
}

/** A body larger than this after decoding is not looked into: no document of OAuth comes near it. */
const decodedLimit = 4 * 1024 * 1024

const decodedBodies = new WeakMap<Body, Uint8Array | undefined>()
const texts = new WeakMap<Body, string>()

/** The body without its content codings; undefined when it is cut, damaged, too large or coded in a way we do not read. */
export function decodedBytes(message: { headers: Headers; body: Body }): Uint8Array | undefined {
  const coding = header(message.headers, 'content-encoding')
  if (coding === undefined) return plain(message.body)
  if (decodedBodies.has(message.body)) return decodedBodies.get(message.body)
  const decoded = decode(message.body, coding)
  decodedBodies.set(message.body, decoded)
  return decoded
}

function plain({ bytes }: Body): Uint8Array | undefined {
  return bytes.length > decodedLimit ? undefined : bytes
}

function decode(body: Body, encoding: string): Uint8Array | undefined {
  const codings = encoding
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity')
  if (codings.length === 0) return plain(body)
  if (codings.length > 4 || body.bytes.length === 0)
    return body.bytes.length === 0 ? body.bytes : undefined
  try {
    return codings.reduceRight(decodeOne, body.bytes)
  } catch {
    return undefined
  }
}

function decodeOne(bytes: Uint8Array, coding: string): Uint8Array {
  const options = { maxOutputLength: decodedLimit }
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return unzipSync(bytes, options)
    case 'deflate':
      // Some servers send raw deflate where RFC 9110 §8.4.1.2 wants the zlib format.
      return (bytes[0]! & 0x0f) === 8 ? inflateSync(bytes, options) : inflateRawSync(bytes, options)
    case 'br':
      return brotliDecompressSync(bytes, options)
    default:
      throw new Error(`unknown content coding ${coding}`)
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** A body made of text, which need not be decoded again. */
export function textBody(text: string, dropped: number): Body {
  const body = { bytes: Buffer.from(text), dropped }
  if (text.isWellFormed()) texts.set(body, text)
  return body
}

/** The body as UTF-8 text; the empty string when it cannot be decoded. */
export function bodyText(message: { headers: Headers; body: Body }): string {
  const known = texts.get(message.body)
  if (known !== undefined) return known
  const bytes = decodedBytes(message)
  const text = bytes === undefined ? '' : decoder.decode(bytes)
  texts.set(message.body, text)
  return text
}
