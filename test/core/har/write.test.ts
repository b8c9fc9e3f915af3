import { brotliCompressSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Body, Exchange, Failure, Headers, Timings } from '../../../src/core/wire/exchange.ts'
import { bodyText, trials } from '../../../src/core/wire/exchange.ts'
import { fromEntry } from '../../../src/core/har/read.ts'
import { toEntry } from '../../../src/core/har/write.ts'
import { createRedactor } from '../../../src/core/redact/redactor.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { schemaFaults as validate } from './fixtures/schema.ts'

/** As a file would carry it. */
const carried = (exchange: Exchange): Exchange =>
  fromEntry(JSON.parse(JSON.stringify(toEntry(exchange, { step: 'mcp', flow: 'w1' }))), 0)!

const plain = (exchange: Exchange): unknown =>
  JSON.parse(
    JSON.stringify(exchange, (_, part: unknown) => {
      const bytes = (part as Body | undefined)?.bytes
      return bytes instanceof Uint8Array
        ? { hex: Buffer.from(bytes).toString('hex'), dropped: (part as Body).dropped }
        : part
    }),
  )

const sample: Exchange = {
  id: '7',
  source: 'har',
  client: 'node',
  connection: 'k1',
  startedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  request: {
    method: 'POST',
    url: 'https://as.example/token?a=1&a=%32',
    httpVersion: '1.1',
    headers: [
      ['Content-Type', 'application/x-www-form-urlencoded'],
      ['Cookie', 'a=1; b=2=3'],
    ],
    body: { bytes: Buffer.from('code=a%20b&x=1'), dropped: 0 },
  },
  touched: [],
}
const answered = (headers: Headers, body: Uint8Array): Exchange => ({
  ...sample,
  endedAt: sample.startedAt + 10,
  response: {
    status: 302,
    statusText: 'Found',
    httpVersion: '1.1',
    headers,
    body: { bytes: body, dropped: 0 },
    complete: true,
  },
})

describe('toEntry', () => {
  test('fills in what HAR readers look at', () => {
    const entry = toEntry(
      {
        ...answered(
          [
            ['Location', 'http://localhost/cb?code=1'],
            [
              'Set-Cookie',
              's=1; Path=/; HttpOnly; Secure; SameSite=Lax; Expires=Fri, 02 Jan 2026 00:00:00 GMT',
            ],
          ],
          Buffer.from('x'),
        ),
        timings: { dns: 1, connect: 2, tls: 3, send: 4, wait: 5, receive: 6 },
        serverAddress: '::1',
      },
      { step: 'token', flow: 'w1' },
    )
    expect(entry).toMatchObject({
      startedDateTime: '2026-01-02T03:04:05.678Z',
      time: 21,
      timings: { blocked: -1, dns: 1, connect: 5, ssl: 3, send: 4, wait: 5, receive: 6 },
      serverIPAddress: '::1',
      connection: 'k1',
      request: {
        queryString: [
          { name: 'a', value: '1' },
          { name: 'a', value: '2' },
        ],
        cookies: [
          { name: 'a', value: '1' },
          { name: 'b', value: '2=3' },
        ],
        postData: {
          text: 'code=a%20b&x=1',
          params: [
            { name: 'code', value: 'a b' },
            { name: 'x', value: '1' },
          ],
        },
        bodySize: 14,
      },
      response: {
        redirectURL: 'http://localhost/cb?code=1',
        cookies: [
          {
            name: 's',
            value: '1',
            path: '/',
            expires: '2026-01-02T00:00:00.000Z',
            httpOnly: true,
            secure: true,
            sameSite: 'Lax',
          },
        ],
      },
      _authtap: { id: '7', step: 'token', flow: 'w1' },
    })
    expect(validate('entry', entry)).toBe('')
  })

  test('counts a duration without phases as waiting', () => {
    const entry = toEntry(answered([], Buffer.alloc(0)), {})
    expect(entry).toMatchObject({ time: 10, timings: { send: 0, wait: 10, receive: 0, dns: -1 } })
  })

  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ])('undoes %s, and what it wrote can be read', (coding, encode) => {
    const bytes = encode(Buffer.from('{"a":"é"}'))
    const exchange = answered([['Content-Encoding', coding]], bytes)
    const { content, bodySize } = toEntry(exchange, {}).response
    expect(content).toMatchObject({ text: '{"a":"é"}', size: 10, compression: 10 - bytes.length })
    expect(bodySize).toBe(bytes.length)
    expect(bodyText(carried(exchange).response!)).toBe('{"a":"é"}')
  })

  test('keeps the bytes of a coding it cannot undo, and the field that names it', () => {
    const exchange = answered([['content-encoding', 'zstd']], Buffer.from([1, 2, 0xff]))
    expect(toEntry(exchange, {}).response.content).toMatchObject({ encoding: 'base64' })
    expect(plain(carried(exchange))).toEqual(plain(exchange))
  })

  test('writes an exchange without answer as status 0, with the reason', () => {
    const failure: Failure = { phase: 'tcp', code: 'ECONNREFUSED', message: 'refused' }
    const entry = toEntry({ ...sample, failure }, {})
    expect(entry.response).toMatchObject({ status: 0, _error: 'ECONNREFUSED refused' })
    expect(validate('entry', entry)).toBe('')
    expect(toEntry(sample, {}).response).not.toHaveProperty('_error')
  })

  test('marks event streams, and those that were cut short', () => {
    const stream = answered([['content-type', 'text/event-stream']], Buffer.from('data: 1\n\n'))
    const cut = { ...stream, response: { ...stream.response!, complete: false } }
    expect(toEntry(cut, {})).toMatchObject({
      _resourceType: 'eventsource',
      response: { content: { text: 'data: 1\n\n' } },
    })
    expect(carried(cut).response!.complete).toBe(false)
  })

  test('says of a call whose bodies were not kept which one it is like', () => {
    const body = { bytes: new Uint8Array(0), dropped: 150 }
    const unkept = { ...sample, like: '3', request: { ...sample.request, body } }
    expect(toEntry(unkept, {}).comment).toMatch(/sizes were kept.* like that of 3\.$/)
    expect(toEntry({ ...sample, like: '3' }, {})).not.toHaveProperty('comment')
    expect(carried(unkept)).toMatchObject({ like: '3', request: { body: { dropped: 150 } } })
  })

  test('an address that is none of IP stands apart, as the schema wants it', () => {
    for (const serverAddress of ['127.0.0.1:80', 'localhost', '1.2.3.999', '::1%eth0', '[::1]']) {
      const entry = toEntry({ ...sample, serverAddress }, {})
      expect(entry).not.toHaveProperty('serverIPAddress')
      expect(carried({ ...sample, serverAddress }).serverAddress).toBe(serverAddress)
    }
  })
})

const latin1 = fc
  .array(fc.integer({ min: 32, max: 255 }), { maxLength: 10 })
  .map((codes) => String.fromCharCode(...codes))
const headers: fc.Arbitrary<Headers> = fc.array(
  fc.tuple(fc.constantFrom('Host', 'x-A', 'cookie', 'set-cookie', 'content-type'), latin1),
  { maxLength: 4 },
)
const body: fc.Arbitrary<Body> = fc.record({
  bytes: fc.oneof(
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
    fc.string({ unit: 'grapheme' }).map((text) => Buffer.from(text)),
    fc.constantFrom('a=1&b', '{"a":1}', '\ufeffx', '\u0000').map((text) => Buffer.from(text)),
  ),
  dropped: fc.nat(5),
})
const timings: fc.Arbitrary<Timings> = fc.record(
  {
    dns: fc.double({ min: 0, max: 1e6, noNaN: true }),
    connect: fc.double({ min: 0, max: 1e6, noNaN: true }),
    tls: fc.nat(),
    send: fc.nat(),
    wait: fc.nat(),
    receive: fc.nat(),
  },
  { requiredKeys: [] },
)
const version = fc.constantFrom('1.0', '1.1', '2', '3')
const text = fc.string({ unit: 'grapheme' })
const message = {
  httpVersion: version,
  headers,
  body,
}
const exchange: fc.Arbitrary<Exchange> = fc
  .record(
    {
      id: fc.string({ minLength: 1 }),
      source: fc.constant('har' as const),
      client: text,
      connection: text,
      startedAt: fc.oneof(fc.nat(), fc.double({ min: 0, max: 1e13, noNaN: true })),
      endedAt: fc.double({ min: 0, max: 1e13, noNaN: true }),
      timings,
      serverAddress: fc.constantFrom('127.0.0.1', '::1', 'x:1'),
      request: fc.record(
        {
          method: fc.constantFrom('GET', 'POST', 'get'),
          url: fc.constantFrom('https://a/', 'http://b:1/x?y=%zz&=#f', 'HTTPS://É/ ü'),
          via: fc.webUrl(),
          ...message,
        },
        { requiredKeys: ['method', 'url', 'headers', 'body'] },
      ),
      response: fc.record(
        {
          status: fc.integer({ min: 100, max: 999 }),
          statusText: latin1,
          ...message,
          trailers: headers.filter((list) => list.length > 0),
          complete: fc.boolean(),
        },
        { requiredKeys: ['status', 'statusText', 'headers', 'body', 'complete'] },
      ),
      failure: fc.record({
        phase: fc.constantFrom('dns', 'tcp', 'tls', 'http', 'client-gone'),
        code: text,
        message: text,
      }),
      handedOver: fc.constant(true as const),
      repeats: text,
      like: text,
      trial: fc.record({ sort: fc.constantFrom(...trials), of: text }),
      touched: fc.array(fc.record({ at: text, client: text, upstream: text, why: text })),
      missing: fc.array(text),
    },
    { requiredKeys: ['id', 'source', 'client', 'connection', 'startedAt', 'request', 'touched'] },
  )
  .map((one) => {
    // Where the browser was sent on, the answer is not seen.
    const { response, ...rest } = one
    return one.handedOver || response === undefined ? rest : one
  })

test('an exchange that was written is read back the same', () => {
  fc.assert(
    fc.property(exchange, (one) => {
      expect(plain(carried(one))).toEqual(plain(one))
    }),
    { numRuns: 500 },
  )
})

test('an exchange that was written is valid HAR', () => {
  fc.assert(
    fc.property(exchange, (one) => {
      const entry: unknown = JSON.parse(
        JSON.stringify(toEntry({ ...one, request: { ...one.request, url: 'https://a/' } }, {})),
      )
      expect(validate('entry', entry)).toBe('')
    }),
  )
})

test('a redacted exchange keeps its labels', () => {
  const redactor = createRedactor({ key: new Uint8Array(32) })
  const [raw] = parseTranscript(
    '> POST https://a/?state=${secret s_}\n> Authorization: Bearer ${secret a_}\n> X: é\n\ncode=${secret c_}\n\n< HTTP/1.1 200\n< Set-Cookie: a=${secret k_}; Path=/',
    { source: 'har' },
  )
  redactor.learn(raw!)
  const exchange = redactor.exchange(raw!)
  expect(JSON.stringify(toEntry(exchange, {}))).not.toMatch(/(?:s_|a_|c_|k_)\w{36}/)
  expect(plain(carried(exchange))).toEqual(plain(exchange))
})
