import type { Exchange, Headers } from '../../../src/core/wire/exchange.ts'
import { bodyText } from '../../../src/core/wire/exchange.ts'

export const key = new Uint8Array(32).fill(7)

interface Parts {
  readonly url?: string
  readonly method?: string
  readonly headers?: Headers
  readonly body?: string | Uint8Array
  readonly status?: number
  readonly answerHeaders?: Headers
  readonly answer?: string | Uint8Array
}

const form = 'application/x-www-form-urlencoded'

/** An exchange with what matters to a test, and nothing else. A body gets its media type from how it begins. */
export function exchangeOf(parts: Parts): Exchange {
  const { url = 'https://as.example/token', method = 'POST', body, answer } = parts
  return {
    id: '1',
    source: 'reverse',
    client: '',
    connection: '',
    startedAt: 0,
    endedAt: 1,
    touched: [],
    request: { method, url, headers: typed(parts.headers, body), body: bodyOf(body) },
    response: {
      status: parts.status ?? 200,
      statusText: 'OK',
      complete: true,
      headers: typed(parts.answerHeaders, answer),
      body: bodyOf(answer),
    },
  }
}

function typed(headers: Headers = [], body: string | Uint8Array | undefined): Headers {
  if (typeof body !== 'string' || headers.some(([name]) => name === 'content-type')) return headers
  const type = /^\s*[[{]/.test(body)
    ? 'application/json'
    : body.startsWith('<')
      ? 'text/html'
      : form
  return [...headers, ['content-type', type]]
}

function bodyOf(body: string | Uint8Array = '') {
  return { bytes: typeof body === 'string' ? Buffer.from(body) : body, dropped: 0 }
}

/** Everything a sink could write of an exchange, as one text; bodies as the text they are. */
export function written(exchange: Exchange): string {
  const { request, response } = exchange
  return JSON.stringify({
    ...exchange,
    request: { ...request, body: bodyText(request) },
    ...(response === undefined ? {} : { response: { ...response, body: bodyText(response) } }),
  })
}

export function jwt(claims: unknown, header: unknown = { alg: 'RS256', typ: 'at+jwt' }): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part(header)}.${part(claims)}.${Buffer.from('a signature of some length').toString('base64url')}`
}

/** Header text: what is not Latin-1 already goes as UTF-8, one character a byte. */
export function headerText(value: string): string {
  return /^[\0-\xff]*$/.test(value) ? value : Buffer.from(value).toString('latin1')
}

/** Ways in which a value is written into other text. */
export const encodings: readonly { name: string; encode: (value: string) => string }[] = [
  { name: 'raw', encode: (value) => value },
  { name: 'JSON', encode: json },
  { name: 'JSON in JSON', encode: (value) => json(json(value)) },
  { name: 'JSON in ASCII', encode: asciiJson },
  { name: 'percent', encode: encodeURIComponent },
  { name: 'percent, lower case', encode: (value) => lowerHex(encodeURIComponent(value)) },
  { name: 'percent, every byte', encode: everyByte },
  { name: 'percent twice', encode: (value) => encodeURIComponent(encodeURIComponent(value)) },
  { name: 'form', encode: formEncode },
  { name: 'form in percent', encode: (value) => encodeURIComponent(formEncode(value)) },
  { name: 'HTML', encode: html },
  { name: 'base64', encode: (value) => Buffer.from(value).toString('base64') },
  { name: 'base64url', encode: (value) => Buffer.from(value).toString('base64url') },
  {
    name: 'base64 behind one byte',
    encode: (value) => Buffer.from(`x${value}`).toString('base64'),
  },
  {
    name: 'base64 behind two',
    encode: (value) => Buffer.from(`id${value}z`).toString('base64url'),
  },
  { name: 'header text', encode: headerText },
]

function json(value: string): string {
  return JSON.stringify(value).slice(1, -1)
}

function asciiJson(value: string): string {
  return json(value).replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function lowerHex(text: string): string {
  return text.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase())
}

function everyByte(value: string): string {
  return [...Buffer.from(value)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('')
}

export function formEncode(value: string): string {
  return new URLSearchParams([['', value]]).toString().slice(1)
}

function html(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}

/** The encodings in which text still holds a value. */
export function remains(text: string, value: string): string[] {
  return encodings.filter(({ encode }) => holds(text, encode(value))).map(({ name }) => name)
}

/** Also in base64 with what stands around it: what depends on the value alone lies between the ends. */
function holds(text: string, encoded: string): boolean {
  return text.includes(encoded.slice(2, -3)) || text.includes(json(encoded.slice(2, -3)))
}
