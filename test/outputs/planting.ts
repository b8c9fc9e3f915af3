import fc from 'fast-check'
import type { Exchange, Headers, Response } from '../../src/core/wire/exchange.ts'
import { bodyText, decodedBytes } from '../../src/core/wire/exchange.ts'
import { isObject } from '../../src/core/wire/json.ts'
import { encodings, formEncode, headerText, jwt } from '../core/redact/redaction.ts'

/** A secret that was put somewhere by its name, and somewhere else without. */
export interface Planted {
  readonly secret: string
  /** Where, for whoever has to find out what went wrong. */
  readonly where: string
}

type Plant = (exchange: Exchange, secret: string) => Exchange

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const special = [...'+/=-_.~!*()&?#%:@$|^`\'"\\{}[]<> ,;', ...'äßéñ漢字😀€']

/** With everything in it that some encoding treats in its own way. */
const awkward = fc
  .tuple(
    fc.constantFrom(...letters),
    fc.string({
      unit: fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom(...letters) },
        fc.constantFrom(...special),
      ),
      minLength: 14,
      maxLength: 50,
    }),
    fc.constantFrom(...letters),
  )
  .map((parts) => parts.join(''))
  .filter((value) => !/^[a-z]+:\/\//i.test(value))

/** What a header field or a cookie can carry. */
const opaque = fc
  .string({ unit: fc.constantFrom(...letters, ...'+/-_.~'), minLength: 16, maxLength: 60 })
  .filter((value) => /[a-z]/.test(value) && /\d/.test(value))

const json = 'application/json'
const form = 'application/x-www-form-urlencoded'

function bytesOf(text: string) {
  return { bytes: Buffer.from(text), dropped: 0 }
}

function withType(headers: Headers, type: string): Headers {
  return [
    ...headers.filter(([name]) => !/^content-(type|encoding)$/i.test(name)),
    ['content-type', type],
  ]
}

function answered(exchange: Exchange, change: (response: Response) => Partial<Response>): Exchange {
  const response: Response = exchange.response ?? {
    status: 200,
    statusText: 'OK',
    headers: [],
    body: bytesOf(''),
    complete: true,
  }
  const { handedOver: _, ...rest } = exchange
  return { ...rest, response: { ...response, ...change(response) } }
}

function answer(exchange: Exchange, text: string, type: string): Exchange {
  return answered(exchange, ({ headers }) => ({
    headers: withType(headers, type),
    body: bytesOf(text),
  }))
}

function sent(exchange: Exchange, text: string, type: string): Exchange {
  const { request } = exchange
  return {
    ...exchange,
    request: {
      ...request,
      method: 'POST',
      headers: withType(request.headers, type),
      body: bytesOf(text),
    },
  }
}

function withHeader(exchange: Exchange, name: string, value: string): Exchange {
  const { request } = exchange
  return { ...exchange, request: { ...request, headers: [...request.headers, [name, value]] } }
}

function withAnswerHeader(exchange: Exchange, name: string, value: string): Exchange {
  return answered(exchange, ({ headers }) => ({ headers: [...headers, [name, value]] }))
}

function withQuery(exchange: Exchange, text: string): Exchange {
  const { request } = exchange
  const url = `${request.url}${request.url.includes('?') ? '&' : '?'}${text}`
  return { ...exchange, request: { ...request, url } }
}

/** The members of an answer's JSON object with one more; any other answer becomes such an object. */
function withMember(exchange: Exchange, name: string, value: unknown): Exchange {
  const { response } = exchange
  let members: object = {}
  try {
    const read: unknown = JSON.parse(
      response === undefined || decodedBytes(response) === undefined ? '{}' : bodyText(response),
    )
    // Of an MCP message most is left out, and nothing is learnt from what is.
    if (isObject(read) && !Object.hasOwn(read, 'jsonrpc')) members = read
  } catch {
    // An answer of another kind.
  }
  return answer(exchange, JSON.stringify({ ...members, [name]: value }), json)
}

const parameters = [
  ...[
    'access_token',
    'refresh_token',
    'id_token',
    'id_token_hint',
    'token',
    'code',
    'code_verifier',
  ],
  ...[
    'state',
    'nonce',
    'client_secret',
    'client_assertion',
    'assertion',
    'subject_token',
    'actor_token',
  ],
  ...[
    'device_code',
    'user_code',
    'request',
    'request_uri',
    'password',
    'api_key',
    'registration_access_token',
  ],
]
const members = [
  ...['access_token', 'refresh_token', 'id_token', 'registration_access_token', 'client_secret'],
  ...['device_code', 'user_code', 'accessToken', 'password', 'nonce', 'api_key'],
]

const anyText: Readonly<Record<string, (name: string) => Plant>> = {
  query: (name) => (exchange, secret) =>
    withQuery(exchange, `${name}=${encodeURIComponent(secret)}`),
  form: (name) => (exchange, secret) =>
    sent(exchange, `grant_type=x&${name}=${formEncode(secret)}`, form),
  location: (name) => (exchange, secret) =>
    withAnswerHeader(
      exchange,
      'Location',
      `http://127.0.0.1:1/cb?x=y&${name}=${encodeURIComponent(secret)}`,
    ),
  fragment: (name) => (exchange, secret) =>
    withAnswerHeader(
      exchange,
      'Location',
      `http://127.0.0.1:1/cb#${name}=${encodeURIComponent(secret)}`,
    ),
  referer: (name) => (exchange, secret) =>
    withHeader(
      exchange,
      'Referer',
      `https://h/?n=${encodeURIComponent(`https://i/?${name}=${encodeURIComponent(secret)}`)}`,
    ),
}
const inJson: Readonly<Record<string, (name: string) => Plant>> = {
  member: (name) => (exchange, secret) => withMember(exchange, name, secret),
  'member of the request': (name) => (exchange, secret) =>
    sent(exchange, JSON.stringify({ [name]: secret }), json),
  'deep member': (name) => (exchange, secret) =>
    withMember(exchange, 'data', [{ user: { [name]: secret } }]),
  'JSON in JSON': (name) => (exchange, secret) =>
    withMember(exchange, 'data', JSON.stringify({ [name]: secret })),
  'event stream': (name) => (exchange, secret) =>
    answer(
      exchange,
      `event: x\ndata: ${JSON.stringify({ [name]: secret })}\n\n`,
      'text/event-stream',
    ),
  'JWT in JWT': (name) => (exchange, secret) =>
    withMember(exchange, 'id_token', jwt({ sub: 'u', inner: jwt({ sub: 'v', [name]: secret }) })),
}
const basic: Plant = (exchange, secret) => {
  const pair = `${formEncode('my app')}:${formEncode(secret)}`
  return withHeader(exchange, 'Authorization', `Basic ${Buffer.from(pair).toString('base64')}`)
}
const inHeader: Readonly<Record<string, Plant>> = {
  bearer: (exchange, secret) => withHeader(exchange, 'Authorization', `Bearer ${secret}`),
  dpop: (exchange, secret) => withHeader(exchange, 'authorization', `DPoP ${secret}`),
  'no scheme': (exchange, secret) => withHeader(exchange, 'authorization', secret),
  proof: (exchange, secret) =>
    withHeader(
      exchange,
      'DPoP',
      jwt({ jti: 'j', nonce: secret }, { typ: 'dpop+jwt', alg: 'ES256' }),
    ),
  cookie: (exchange, secret) => withHeader(exchange, 'Cookie', `a=1; sid=${secret}`),
  'set-cookie': (exchange, secret) =>
    withAnswerHeader(exchange, 'Set-Cookie', `sid=${secret}; Path=/; HttpOnly`),
  'API key': (exchange, secret) => withHeader(exchange, 'X-API-Key', secret),
  session: (exchange, secret) => withAnswerHeader(exchange, 'Mcp-Session-Id', secret),
  'DPoP nonce': (exchange, secret) => withAnswerHeader(exchange, 'DPoP-Nonce', secret),
}

/** Where a text may be quoted that nobody would look into for its name. */
const quotes: Readonly<Record<string, (exchange: Exchange, text: string) => Exchange>> = {
  'error page': (exchange, text) =>
    answered(exchange, ({ headers }) => ({
      status: 400,
      headers: withType(headers, 'text/html'),
      body: bytesOf(`<html><p>cannot use ${text} here</p><!-- ${text} --></html>`),
    })),
  'error description': (exchange, text) =>
    withMember(exchange, 'error_description', `bad ${text}, sorry`),
  challenge: (exchange, text) =>
    withAnswerHeader(
      answered(exchange, () => ({ status: 401 })),
      'www-authenticate',
      headerText(
        `Bearer error="invalid_token", error_description="bad ${text.replaceAll(/["\\]/g, '\\$&')}"`,
      ),
    ),
  'a header': (exchange, text) => withHeader(exchange, 'x-debug', headerText(`saw ${text}, sorry`)),
  'the path': (exchange, text) => {
    const { request } = exchange
    const url = new URL(request.url)
    return {
      ...exchange,
      request: {
        ...request,
        url: `${url.origin}${url.pathname}/${encodeURIComponent(text)}${url.search}`,
      },
    }
  },
  'the end of a cut body': (exchange, text) =>
    answered(exchange, ({ headers }) => ({
      headers: withType(headers, 'text/plain'),
      complete: false,
      body: { bytes: Buffer.from(`the token is ${text}`), dropped: 100 },
    })),
  failure: (exchange, text) => {
    const { response: _, handedOver: __, ...rest } = exchange
    return { ...rest, failure: { phase: 'http', code: 'EX', message: `while sending ${text}` } }
  },
  touched: (exchange, text) => ({
    ...exchange,
    touched: [
      { at: 'response.header.location[0]', client: `a ${text}`, upstream: text, why: 'the relay' },
    ],
  }),
  'the reason phrase': (exchange, text) =>
    answered(exchange, () => ({ statusText: headerText(`No ${text}`) })),
  'a JSON-RPC error': (exchange, text) =>
    answer(
      exchange,
      JSON.stringify({ jsonrpc: '2.0', id: 1, error: { code: -32001, message: `no ${text}` } }),
      json,
    ),
}

const placed = fc.oneof(
  fc
    .tuple(awkward, fc.constantFrom(...parameters), fc.constantFrom(...Object.entries(anyText)))
    .map(([secret, name, [place, plant]]) => ({
      secret,
      where: `${place} ${name}`,
      plant: plant(name),
    })),
  fc
    .tuple(awkward, fc.constantFrom(...members), fc.constantFrom(...Object.entries(inJson)))
    .map(([secret, name, [place, plant]]) => ({
      secret,
      where: `${place} ${name}`,
      plant: plant(name),
    })),
  awkward.map((secret) => ({ secret, where: 'Basic', plant: basic })),
  fc
    .tuple(opaque, fc.constantFrom(...Object.entries(inHeader)))
    .map(([secret, [where, plant]]) => ({
      secret,
      where,
      plant,
    })),
)

const planting = fc.record({
  placed,
  /** Of the capture, in thousandths. */
  at: fc.nat(999),
  quotedAt: fc.nat(999),
  quote: fc.constantFrom(...Object.entries(quotes)),
  encoding: fc.constantFrom(...encodings),
})

/** A capture with secrets in it: each by its name in one exchange, and quoted in another in some encoding. */
export function plantedIn(
  exchanges: readonly Exchange[],
): fc.Arbitrary<{ exchanges: Exchange[]; planted: Planted[] }> {
  // Each exchange is a place of its own, so that one plant does not take away another.
  return fc.array(planting, { minLength: 16, maxLength: 24 }).map((plantings) => {
    const changed = [...exchanges]
    const planted: Planted[] = []
    const extra: Exchange[] = []
    for (const [
      index,
      {
        placed: { secret, where, plant },
        at,
        quotedAt,
        quote,
        encoding,
      },
    ] of plantings.entries()) {
      const [quoteName, quoteIn] = quote
      const host = changed[at % changed.length]!
      const guest = changed[quotedAt % changed.length]!
      // Half of them in the flow itself, where rules read and quote them; the others in exchanges beside it.
      if (index % 2 === 0) {
        changed[at % changed.length] = plant(host, secret)
        changed[quotedAt % changed.length] = quoteIn(
          changed[quotedAt % changed.length]!,
          encoding.encode(secret),
        )
        // What was planted may have been written over by now, so it stands once more.
      }
      extra.push({ ...plant(host, secret), id: `p${index}`, startedAt: host.startedAt })
      extra.push({
        ...quoteIn(guest, encoding.encode(secret)),
        id: `q${index}`,
        startedAt: guest.startedAt,
      })
      planted.push({ secret, where: `${where}, quoted in ${quoteName} as ${encoding.name}` })
    }
    return { exchanges: [...changed, ...extra], planted }
  })
}
