import { gzipSync } from 'node:zlib'
import { type Exchange, type Headers, bodyText, header } from '../../src/core/wire/exchange.ts'
import { type Json, answer, pairs, replaced, requestField, responseField } from './edits.ts'
import { places } from './places.ts'
import type { Harmless } from './mutation.ts'

function each(what: string, change: (exchange: Exchange, index: number) => Exchange): Harmless {
  return { what, apply: (traffic) => traffic.map(change) }
}

/** Every field of both messages. */
function fields(change: (headers: Headers) => Headers) {
  return (exchange: Exchange): Exchange => ({
    ...exchange,
    request: { ...exchange.request, headers: change(exchange.request.headers) },
    ...(exchange.response === undefined
      ? {}
      : { response: { ...exchange.response, headers: change(exchange.response.headers) } }),
  })
}

/** Every JSON object among the bodies of answers, written anew. */
function documents(write: (members: Json) => string) {
  return (exchange: Exchange): Exchange => {
    const { response } = exchange
    if (response === undefined || !bodyText(response).startsWith('{')) return exchange
    const bytes = Buffer.from(write(JSON.parse(bodyText(response)) as Json))
    return { ...exchange, response: { ...response, body: { bytes, dropped: 0 } } }
  }
}

const words = (name: string) => name.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase())

const stream = (exchange: Exchange): Exchange =>
  bodyText(exchange.request).includes('"jsonrpc"') && exchange.response?.status === 200
    ? answer(
        200,
        [
          ...exchange.response.headers.filter(([name]) => name !== 'content-type'),
          ['content-type', 'text/event-stream'],
        ],
        `event: message\ndata: ${bodyText(exchange.response)}\n\n`,
      )(exchange)
    : exchange

const challenged = (change: (field: string) => string) => (exchange: Exchange) => {
  const field = header(exchange.response?.headers ?? [], 'www-authenticate')
  return field === undefined ? exchange : responseField('www-authenticate', change(field))(exchange)
}

export const wording: readonly Harmless[] = [
  each(
    'field names in capitals',
    fields((all) => all.map(([name, value]) => [name.toUpperCase(), value])),
  ),
  each(
    'field names with capitals as HTTP/1.1 likes them',
    fields((all) => all.map(([name, value]) => [words(name), value])),
  ),
  each(
    'fields in another order',
    fields((all) => [...all].reverse()),
  ),
  each('fields that nobody asked for', (exchange) =>
    [
      requestField('x-request-id', '1'),
      requestField('traceparent', '00-1-1-01'),
      requestField('user-agent', 'client/1.0 (+https://client.example)'),
      responseField('server', 'nginx'),
      responseField('date', 'Thu, 01 Jan 2026 12:00:00 GMT'),
      responseField('strict-transport-security', 'max-age=31536000'),
      responseField('x-powered-by', 'Express'),
    ].reduce((one, change) => change(one), exchange),
  ),
  each(
    'members that nobody knows',
    documents((all) => JSON.stringify({ 'x-first': [1, { a: null }], ...all, x_last: 'é' })),
  ),
  each(
    'white space in JSON',
    documents((all) => `\n${JSON.stringify(all, undefined, 4)}\n\n`),
  ),
  each(
    'members in another order',
    documents((all) => JSON.stringify(Object.fromEntries(Object.entries(all).reverse()))),
  ),
  each(
    'parameters in another order',
    pairs((list) => [...list].reverse()),
  ),
  each('parameters that nobody knows', (exchange) =>
    places.authorize(exchange) || places.token(exchange)
      ? pairs((list) => [...list, 'prompt=consent', 'x_hint=1'])(exchange)
      : exchange,
  ),
  each(
    'escapes in lower case',
    pairs((list) =>
      list.map((pair) => pair.replaceAll(/%[0-9A-F]{2}/g, (one) => one.toLowerCase())),
    ),
  ),
  each('charsets and capitals in media types', (exchange) => {
    const type = header(exchange.response?.headers ?? [], 'content-type')
    return type === 'application/json'
      ? responseField('content-type', 'Application/JSON; charset=UTF-8')(exchange)
      : exchange
  }),
  each('compressed answers', (exchange) => {
    const { response } = exchange
    if (response === undefined || response.body.bytes.length === 0) return exchange
    const body = { bytes: gzipSync(response.body.bytes), dropped: 0 }
    return responseField(
      'content-encoding',
      'gzip',
    )({ ...exchange, response: { ...response, body } })
  }),
  each('HTTP/2', (exchange) => ({
    ...exchange,
    request: { ...exchange.request, httpVersion: '2' },
  })),
  each('streams of events in place of JSON', stream),
  each(
    'another challenge beside Bearer, in the same field',
    challenged((field) => `${field}, Basic realm="people"`),
  ),
  each(
    'a realm before everything else, and no spaces',
    challenged((field) =>
      field.replace('Bearer ', 'Bearer realm="mcp, all of it",').replaceAll(', ', ','),
    ),
  ),
  each(
    'scheme and token type in lower case',
    (exchange) =>
      replaced(
        [challenged((field) => field.replace('Bearer', 'bearer'))(exchange)],
        '"token_type":"Bearer"',
        '"token_type":"bearer"',
      )[0]!,
  ),
]
