import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Exchange } from '../../../src/core/wire/exchange.ts'
import { createRedactor } from '../../../src/core/redact/redactor.ts'
import { exchangeOf, jwt, key, written } from './redaction.ts'

const otherKey = new Uint8Array(32).fill(3)
const names = [
  ...[
    'access_token',
    'code',
    'state',
    'scope',
    'client_id',
    'redirect_uri',
    'nonce',
    'password',
    'x',
  ],
  ...[
    'token_type',
    'code_challenge',
    'email',
    'name',
    'sub',
    'error',
    'token_endpoint',
    'grant_type',
  ],
]
const name = fc.constantFrom(...names)
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...'ab1=&%/"\\‹›:…<>? \n'), maxLength: 40 }),
  fc.base64String({ maxLength: 60 }),
  fc.constantFrom('true', 'Bearer', 'undefined', '‹code:0123456789abcdef›', 'https://h/?code=a1b2'),
  fc.string({ maxLength: 30 }).map((sub) => jwt({ sub, email: `${sub}@h.example` })),
)

const query = fc
  .array(fc.tuple(name, text), { maxLength: 5 })
  .map((pairs) => pairs.map(([key, value]) => `${key}=${encodeURIComponent(value.toWellFormed())}`))
  .map((pairs) => pairs.join('&'))

const document = fc.oneof(
  fc.dictionary(fc.oneof(name, text), fc.oneof(text, fc.integer(), fc.array(text)), { maxKeys: 6 }),
  fc.record({
    jsonrpc: fc.constant('2.0'),
    id: fc.oneof(fc.integer(), text),
    method: fc.constantFrom('tools/call', 'initialize'),
    params: fc.dictionary(
      fc.constantFrom('name', 'arguments', 'clientInfo', '_meta'),
      fc.jsonValue(),
    ),
    result: fc.record({ isError: fc.boolean(), content: fc.array(fc.record({ text })) }),
    error: fc.record({ code: fc.integer(), message: text, data: fc.jsonValue() }),
  }),
  fc.jsonValue(),
)

const body = fc.oneof(
  query,
  document.map((value) => JSON.stringify(value)),
  document.map((value) => `data: ${JSON.stringify(value)}\n\n`),
  text.map((value) => `<p>${value}</p><input name="code" value="${value}">`),
  text,
)

const headerName = fc.constantFrom(
  ...['authorization', 'cookie', 'set-cookie', 'x-api-key', 'www-authenticate', 'location', 'x-y'],
  ...['mcp-session-id', 'referer', 'content-encoding', 'content-length', 'dpop'],
)
const headers = fc.array(fc.tuple(headerName, text), { maxLength: 4 })
const type = fc.constantFrom(
  ...['application/json', 'application/x-www-form-urlencoded', 'text/event-stream', 'text/html'],
  ...['multipart/form-data; boundary=b', 'image/png', ''],
)

const anyExchange: fc.Arbitrary<Exchange> = fc
  .record({
    url: query.map((pairs) => `https://h.example/a/b?${pairs}#${pairs}`),
    body,
    answer: body,
    headers,
    answerHeaders: fc
      .tuple(type, headers)
      .map(([type, rest]) => [['content-type', type], ...rest] as [string, string][]),
  })
  .map((parts) => exchangeOf(parts))

test('what was redacted is not changed by redacting it again, with whichever key', () => {
  fc.assert(
    fc.property(anyExchange, (exchange) => {
      const redactor = createRedactor({ key })
      const once = redactor.exchange(exchange)
      expect(redactor.exchange(once)).toEqual(once)
      expect(createRedactor({ key: otherKey }).exchange(once)).toEqual(once)
    }),
    { numRuns: 2500 },
  )
})

test('nothing that is redacted is reported as leaking', () => {
  fc.assert(
    fc.property(anyExchange, (exchange) => {
      const redactor = createRedactor({ key })
      redactor.learn(exchange)
      const out = written(redactor.exchange(exchange))
      expect(redactor.leaks(out)).toBe(undefined)
      expect(redactor.leaks(JSON.stringify(redactor.value({ out })))).toBe(undefined)
    }),
    { numRuns: 1500 },
  )
})

const word = fc.string({
  unit: fc.constantFrom(...'abcdefghijklmnop'),
  minLength: 1,
  maxLength: 12,
})
const webUrl = fc
  .tuple(word, fc.array(word, { maxLength: 3 }))
  .map(([host, path]) => ['https:/', `${host}.example`, ...path].join('/'))

const metadata = fc.record({
  issuer: webUrl,
  resource: webUrl,
  authorization_servers: fc.array(webUrl, { maxLength: 3 }),
  authorization_endpoint: webUrl,
  token_endpoint: webUrl,
  registration_endpoint: webUrl,
  introspection_endpoint: webUrl,
  jwks_uri: webUrl,
  scopes_supported: fc.array(
    fc.oneof(word, fc.constantFrom('openid', 'profile', 'email', 'api.token')),
  ),
  response_types_supported: fc.constant(['code', 'id_token', 'code token']),
  response_modes_supported: fc.constant(['query', 'fragment', 'form_post']),
  grant_types_supported: fc.constant(['authorization_code', 'refresh_token', 'password']),
  token_endpoint_auth_methods_supported: fc.constant(['client_secret_basic', 'private_key_jwt']),
  token_endpoint_auth_signing_alg_values_supported: fc.constant(['RS256', 'ES256']),
  code_challenge_methods_supported: fc.constant(['S256', 'plain']),
  bearer_methods_supported: fc.constant(['header']),
  claims_supported: fc.constant(['sub', 'email', 'name', 'nonce', 'address']),
  // What reads as an e-mail address is personal, wherever it stands, and is hidden on purpose.
  resource_name: fc.string().filter((name) => !name.includes('@')),
  token_type: fc.constant('Bearer'),
  token_endpoint_auth_method: fc.constant('client_secret_post'),
  client_secret_expires_at: fc.nat(),
  authorization_response_iss_parameter_supported: fc.boolean(),
  client_id_metadata_document_supported: fc.boolean(),
  dpop_bound_access_tokens_required: fc.boolean(),
  signed_metadata: word.map((iss) => jwt({ iss })),
})

test('metadata that only looks like a secret stays byte for byte, whatever else is secret', () => {
  fc.assert(
    fc.property(
      metadata,
      fc.constantFrom(undefined, 1, 2),
      fc.array(fc.base64String({ minLength: 16 }), { maxLength: 5 }),
      (document, indent, secrets) => {
        const redactor = createRedactor({ key })
        redactor.value(secrets.map((one) => ({ access_token: `${one}9x` })))
        const exchange = exchangeOf({ answer: JSON.stringify(document, null, indent) })
        expect(redactor.exchange(exchange).response!.body).toBe(exchange.response!.body)
      },
    ),
    { numRuns: 1000 },
  )
})

test('equal secrets have equal labels, and different ones different labels', () => {
  const place = fc.constantFrom('query', 'form', 'member', 'cookie', 'bearer', 'fragment')
  const secret = fc.string({ unit: fc.constantFrom(...'abXY019_-.'), minLength: 4, maxLength: 40 })
  fc.assert(
    fc.property(secret, secret, place, place, (one, two, here, there) => {
      fc.pre(/\w\d/.test(one) && /\w\d/.test(two))
      const redactor = createRedactor({ key })
      const labelOf = (value: string, place: string) => {
        const out = written(redactor.exchange(at(place, value)))
        return /(?:‹|%E2%80%B9)\w+?(?::|%3A)([0-9a-f]{16})/.exec(out)?.[1]
      }
      expect(labelOf(one, here)).toEqual(expect.any(String))
      expect(labelOf(one, here) === labelOf(two, there)).toBe(one === two)
    }),
    { numRuns: 1500 },
  )
})

function at(place: string, value: string): Exchange {
  switch (place) {
    case 'query':
      return exchangeOf({ url: `https://h/?response_type=x&state=${encodeURIComponent(value)}` })
    case 'fragment':
      return exchangeOf({ url: `https://h/#id_token=${encodeURIComponent(value)}` })
    case 'form':
      return exchangeOf({ body: `grant_type=x&code=${encodeURIComponent(value)}` })
    case 'member':
      return exchangeOf({ answer: JSON.stringify({ refresh_token: value }) })
    case 'cookie':
      return exchangeOf({ headers: [['cookie', `a=${value}`]] })
    default:
      return exchangeOf({ headers: [['authorization', `Bearer ${value}`]] })
  }
}
