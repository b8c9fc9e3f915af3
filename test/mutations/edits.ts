import type { Exchange, Headers } from '../../src/core/wire/exchange.ts'
import { bodyText, header } from '../../src/core/wire/exchange.ts'

export type Traffic = readonly Exchange[]
export type Json = Record<string, unknown>

const body = (text: string) => ({ bytes: Buffer.from(text), dropped: 0 })

/** The fields with this one set, or taken away. */
function withField(headers: Headers, name: string, value: string | undefined): Headers {
  const others = headers.filter(([field]) => field.toLowerCase() !== name)
  return value === undefined ? others : [...others, [name, value]]
}

export function at(
  traffic: Traffic,
  index: number,
  change: (exchange: Exchange) => Exchange,
): Exchange[] {
  return traffic.map((exchange, i) => (i === index ? change(exchange) : exchange))
}

/** The traffic up to and with this exchange, which is changed: the client does not go on after it. */
export function endingAt(
  traffic: Traffic,
  index: number,
  change: (exchange: Exchange) => Exchange,
): Exchange[] {
  return at(traffic, index, change).slice(0, index + 1)
}

export function requestField(name: string, value: string | undefined) {
  return (exchange: Exchange): Exchange => ({
    ...exchange,
    request: { ...exchange.request, headers: withField(exchange.request.headers, name, value) },
  })
}

export function responseField(name: string, value: string | undefined) {
  return (exchange: Exchange): Exchange =>
    exchange.response === undefined
      ? exchange
      : {
          ...exchange,
          response: {
            ...exchange.response,
            headers: withField(exchange.response.headers, name, value),
          },
        }
}

/** Another answer in place of the one that came. */
export function answer(status: number, fields: Headers, text = '') {
  return ({ handedOver: _, failure: __, ...exchange }: Exchange): Exchange => ({
    ...exchange,
    endedAt: exchange.endedAt ?? exchange.startedAt + 100,
    response: { status, statusText: '', headers: fields, body: body(text), complete: true },
  })
}

export function answerJson(status: number, value: unknown, fields: Headers = []) {
  return answer(status, [['content-type', 'application/json'], ...fields], JSON.stringify(value))
}

export function failing(phase: 'dns' | 'tcp' | 'tls', code: string) {
  return ({ response: _, ...exchange }: Exchange): Exchange => ({
    ...exchange,
    failure: { phase, code, message: code },
  })
}

/** The JSON document of an answer with its members changed. */
export function document(change: (members: Json) => unknown) {
  return (exchange: Exchange): Exchange => {
    const { response } = exchange
    if (response === undefined) return exchange
    const members = JSON.parse(bodyText(response)) as Json
    const text = JSON.stringify(change(members))
    return { ...exchange, response: { ...response, body: body(text) } }
  }
}

export function members(changes: Json) {
  return document((old) => ({ ...old, ...changes }))
}

/** Changes the pairs of a query and of a form body. */
export function pairs(change: (pairs: string[]) => string[]) {
  return (exchange: Exchange): Exchange => {
    const { request } = exchange
    const mark = request.url.indexOf('?')
    const url =
      mark < 0
        ? request.url
        : `${request.url.slice(0, mark)}?${change(request.url.slice(mark + 1).split('&')).join('&')}`
    const form =
      header(request.headers, 'content-type') === 'application/x-www-form-urlencoded'
        ? body(change(bodyText(request).split('&')).join('&'))
        : request.body
    return { ...exchange, request: { ...request, url, body: form } }
  }
}

/** A parameter of query and form set, or taken away where the value is undefined. */
export function parameter(name: string, value: string | undefined) {
  return pairs((list) => [
    ...list.filter((pair) => !pair.startsWith(`${name}=`)),
    ...(value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]),
  ])
}

export function withoutParameter(name: string) {
  return pairs((list) => list.filter((pair) => !pair.startsWith(`${name}=`)))
}

/** A JWT with other claims and another header, under the signature that it had. */
export function rewritten(jwt: string, claims: Json, head: Json = {}): string {
  const [header = '', payload = '', signature = ''] = jwt.split('.')
  const part = (encoded: string, changes: Json) => {
    const old = JSON.parse(Buffer.from(encoded, 'base64url').toString()) as Json
    return Buffer.from(JSON.stringify({ ...old, ...changes })).toString('base64url')
  }
  return [part(header, head), part(payload, claims), signature].join('.')
}

/** A text put in the place of another everywhere: URLs, fields, bodies. */
export function replaced(traffic: Traffic, from: string, to: string): Exchange[] {
  const swap = (text: string) => text.replaceAll(from, to)
  const fields = (headers: Headers): Headers => headers.map(([name, value]) => [name, swap(value)])
  return traffic.map((exchange) => ({
    ...exchange,
    request: {
      ...exchange.request,
      url: swap(exchange.request.url),
      headers: fields(exchange.request.headers),
      body: body(swap(bodyText(exchange.request))),
    },
    ...(exchange.response === undefined
      ? {}
      : {
          response: {
            ...exchange.response,
            headers: fields(exchange.response.headers),
            body: body(swap(bodyText(exchange.response))),
          },
        }),
  }))
}

/** Exchanges that come after the last one, a second apart, with ids of their own. */
export function followedBy(traffic: Traffic, ...more: readonly Exchange[]): Exchange[] {
  const end = Math.max(...traffic.map(({ startedAt, endedAt }) => endedAt ?? startedAt))
  return [
    ...traffic,
    ...more.map((exchange, i) => ({
      ...exchange,
      id: `more-${traffic.length + i}`,
      startedAt: end + 1000 * (i + 1),
      endedAt: end + 1000 * (i + 1) + 100,
    })),
  ]
}

export function chain(...changes: readonly ((exchange: Exchange) => Exchange)[]) {
  return (exchange: Exchange): Exchange => changes.reduce((one, change) => change(one), exchange)
}
