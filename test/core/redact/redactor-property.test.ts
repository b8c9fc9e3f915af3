import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../../src/core/wire/exchange.ts'
import { createRedactor } from '../../../src/core/redact/redactor.ts'
import {
  encodings,
  exchangeOf,
  formEncode,
  headerText,
  jwt,
  key,
  remains,
  written,
} from './redaction.ts'

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const special = [...'+/=-_.~!*()&?#%:@$|^`\'"\\{}[]<> ,;', ...'äßéñ漢字😀€']

/** Secrets as people and servers make them, with everything in them that some encoding treats in its own way. */
const secret = fc
  .tuple(
    fc.constantFrom(...letters),
    fc.string({
      unit: fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom(...letters) },
        fc.constantFrom(...special),
      ),
      minLength: 12,
      maxLength: 50,
    }),
    fc.constantFrom(...letters),
  )
  .map((parts) => parts.join(''))
  .filter((value) => !/^[a-z]+:\/\//i.test(value))

/** What a header field or a cookie can carry as one value. */
const token = fc
  .string({ unit: fc.constantFrom(...letters, ...'+/-_.~'), minLength: 14, maxLength: 60 })
  .filter((value) => /[a-z]/.test(value) && /\d/.test(value))

const parameterNames = [
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
  ...['device_code', 'user_code', 'request', 'request_uri', 'username', 'password', 'api_key'],
]
const memberNames = [
  ...['access_token', 'refresh_token', 'id_token', 'registration_access_token', 'client_secret'],
  ...['device_code', 'user_code', 'request_uri', 'accessToken', 'password', 'nonce', 'email'],
]
const headerNames = ['X-API-Key', 'Mcp-Session-Id', 'x-auth-token', 'DPoP-Nonce', 'x-goog-api-key']

const authorize = 'https://as.example/authorize?response_type=code&client_id=c1'
const percent = (value: string) =>
  fc.constantFrom(encodeURIComponent(value), formEncode(value), everyByte(value))

function everyByte(value: string): string {
  return [...Buffer.from(value)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
}

/** An exchange that holds the secret at one of the places where a secret can be. */
function planted(value: string): fc.Arbitrary<Exchange> {
  const parameter = fc
    .tuple(fc.constantFrom(...parameterNames), percent(value))
    .map(([name, text]) => `${name}=${text}`)
  const member = fc.constantFrom(...memberNames).map((name) => JSON.stringify({ [name]: value }))
  return fc.oneof(
    parameter.map((pair) => exchangeOf({ method: 'GET', url: `${authorize}&${pair}&scope=mcp` })),
    parameter.map((pair) => exchangeOf({ body: `grant_type=x&${pair}&client_id=c1` })),
    parameter.map((pair) =>
      exchangeOf({ status: 302, answerHeaders: [['Location', `http://127.0.0.1/cb?${pair}`]] }),
    ),
    parameter.map((pair) =>
      exchangeOf({ answerHeaders: [['location', `myapp://cb#a=b&${pair}`]] }),
    ),
    parameter.map((pair) =>
      exchangeOf({
        headers: [['Referer', `https://h/x?next=${encodeURIComponent(`https://i/y?${pair}`)}`]],
      }),
    ),
    member.map((body) => exchangeOf({ answer: body })),
    member.map((body) => exchangeOf({ body })),
    member.map((body) => exchangeOf({ answer: `{"data":[{"user":${body}}]}` })),
    member.map((body) =>
      exchangeOf({
        answerHeaders: [['content-type', 'text/event-stream']],
        answer: `event: x\ndata: ${body}\n\n`,
      }),
    ),
    fc.constantFrom('id', 'my app', 'https://c.example/client').map((id) =>
      exchangeOf({
        headers: [
          [
            'Authorization',
            `Basic ${Buffer.from(`${formEncode(id)}:${formEncode(value)}`).toString('base64')}`,
          ],
        ],
      }),
    ),
    fc
      .constantFrom('email', 'name', 'preferred_username', 'nonce')
      .map((claim) =>
        exchangeOf({ answer: JSON.stringify({ access_token: jwt({ sub: 'u', [claim]: value }) }) }),
      ),
    fc.constant(
      exchangeOf({
        answer: JSON.stringify({
          id_token: jwt({ sub: 'u', inner: jwt({ sub: 'v', email: value }) }),
        }),
      }),
    ),
  )
}

/** The same for values that can stand in a header field as they are. */
function plantedInHeader(value: string): fc.Arbitrary<Exchange> {
  return fc.oneof(
    fc
      .constantFrom('Bearer', 'bearer', 'DPoP', 'Token', 'Bearer Bearer', 'Negotiate')
      .map((scheme) => exchangeOf({ headers: [['Authorization', `${scheme} ${value}`]] })),
    fc.constant(exchangeOf({ headers: [['authorization', value]] })),
    fc.constantFrom(...headerNames).map((name) => exchangeOf({ headers: [[name, value]] })),
    fc.constant(exchangeOf({ headers: [['Cookie', `a=1; sid=${value}; theme=dark`]] })),
    fc.constant(
      exchangeOf({ answerHeaders: [['Set-Cookie', `sid="${value}"; Path=/; HttpOnly`]] }),
    ),
  )
}

/** An exchange whose every free place quotes the text. */
function quoting(text: string): Exchange {
  const page = `<html><p>cannot use ${text} here</p><!-- ${text} --></html>`
  const plain = exchangeOf({
    url: `https://h.example/x/${encodeURIComponent(text)}/y?q=${encodeURIComponent(text)}`,
    headers: [['x-debug', headerText(`saw ${text}, sorry`)]],
    body: JSON.stringify({ note: text, list: [`(${text})`] }),
    status: 400,
    answer: page,
    answerHeaders: [['www-authenticate', headerText(`Bearer error_description="bad ${text}"`)]],
  })
  return {
    ...plain,
    failure: { phase: 'http', code: 'EX', message: `while sending ${text}` },
    touched: [{ at: 'response.header.x[0]', client: `a ${text}`, upstream: text, why: 'w' }],
  }
}

const encoding = fc.constantFrom(...encodings)

describe('a secret', () => {
  test('leaves from no place in which it stands by name', () => {
    fc.assert(
      fc.property(
        secret.chain((value) => fc.tuple(fc.constant(value), planted(value))),
        ([value, exchange]) => {
          const out = written(createRedactor({ key }).exchange(exchange))
          expect(remains(out, value)).toEqual([])
        },
      ),
      { numRuns: 3000 },
    )
  })

  test('leaves from no header field', () => {
    fc.assert(
      fc.property(
        token.chain((value) => fc.tuple(fc.constant(value), plantedInHeader(value))),
        ([value, exchange]) => {
          const out = written(createRedactor({ key }).exchange(exchange))
          expect(remains(out, value)).toEqual([])
        },
      ),
      { numRuns: 1500 },
    )
  })

  test('leaves in no encoding, wherever else it is quoted', () => {
    fc.assert(
      fc.property(
        secret.chain((value) => fc.tuple(fc.constant(value), planted(value), encoding)),
        ([value, exchange, { encode }]) => {
          const redactor = createRedactor({ key })
          redactor.learn(exchange)
          const out = written(redactor.exchange(quoting(encode(value))))
          expect(remains(out, value)).toEqual([])
          expect(redactor.leaks(out)).toBe(undefined)
        },
      ),
      { numRuns: 3000 },
    )
  })

  test('leaves in no message and no finding', () => {
    fc.assert(
      fc.property(
        secret.chain((value) => fc.tuple(fc.constant(value), planted(value), encoding)),
        ([value, exchange, { encode }]) => {
          const redactor = createRedactor({ key })
          redactor.learn(exchange)
          const text = encode(value)
          const out = JSON.stringify([
            redactor.text(`the value ${text} is wrong`),
            redactor.text(text),
            redactor.value({
              message: `sent ${JSON.stringify(text)} twice`,
              evidence: [{ exchange: '1', at: 'request.form.code', text: value }],
              [text]: { deep: [text] },
            }),
          ])
          expect(remains(out, value)).toEqual([])
          expect(redactor.leaks(out)).toBe(undefined)
        },
      ),
      { numRuns: 3000 },
    )
  })

  test('that is left in a chunk is reported in every encoding', () => {
    fc.assert(
      fc.property(
        secret.chain((value) => fc.tuple(fc.constant(value), planted(value), encoding)),
        ([value, exchange, { encode }]) => {
          const redactor = createRedactor({ key })
          const clean = redactor.exchange(exchange)
          const broken = { ...clean, connection: `x ${encode(value)} y` }
          expect(redactor.leaks(written(clean))).toBe(undefined)
          expect(redactor.leaks(written(broken))).toEqual(expect.any(String))
        },
      ),
      { numRuns: 1500 },
    )
  })
})
