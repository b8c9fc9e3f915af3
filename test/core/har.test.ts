import { readFileSync } from 'node:fs'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Body, Exchange, Failure, Headers, Timings } from '../../src/core/exchange.ts'
import { bodyText, header, headerValues } from '../../src/core/exchange.ts'
import { fieldNames, fromEntry, sanitisedHeaders } from '../../src/core/har-read.ts'
import { toEntry } from '../../src/core/har.ts'
import { schemaFaults as validate } from './fixtures-of-har/schema.ts'

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
const exchange: fc.Arbitrary<Exchange> = fc.record(
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
    touched: fc.array(fc.record({ at: text, client: text, upstream: text, why: text })),
    missing: fc.array(text),
  },
  { requiredKeys: ['id', 'source', 'client', 'connection', 'startedAt', 'request', 'touched'] },
)

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

interface File {
  log: { creator: { name: string }; entries: unknown[] }
}
const fixture = (name: string): File =>
  JSON.parse(
    readFileSync(new URL(`fixtures-of-har/${name}.har`, import.meta.url), 'utf8').replace(
      /^\ufeff/,
      '',
    ),
  ) as File
const read = (name: string): Exchange[] =>
  fixture(name).log.entries.flatMap((entry, index) => fromEntry(entry, index) ?? [])

describe('fromEntry reads captures of', () => {
  test('Chrome', () => {
    const [call, metadata, callback] = read('chrome')
    expect(call!.request.headers.map(([name]) => name)).toEqual([
      'accept',
      'authorization',
      'content-length',
      'content-type',
      'cookie',
      'user-agent',
    ])
    expect(bodyText(call!.request)).toContain('"initialize"')
    expect(call!.response).toMatchObject({ status: 401, httpVersion: '2', complete: true })
    expect(headerValues(call!.response!.headers, 'www-authenticate')).toHaveLength(2)
    expect(headerValues(call!.response!.headers, 'set-cookie')).toHaveLength(2)
    expect(bodyText(call!.response!)).toBe('{"error":"unauthorized"}')
    expect(call).toMatchObject({
      id: '1',
      source: 'har',
      connection: '11',
      serverAddress: '2001:db8::7',
      startedAt: Date.UTC(2024, 10, 5, 10, 0, 0, 100),
      timings: { dns: 18.781, connect: 41.375, tls: 55.379, send: 0.319 },
    })
    expect(call!.endedAt! - call!.startedAt).toBeCloseTo(169.8, 1)
    expect(bodyText(metadata!.response!)).toContain('"resource"')
    expect(callback).toMatchObject({
      id: '4',
      connection: '',
      failure: { phase: 'tcp', code: 'ERR_CONNECTION_REFUSED' },
    })
    expect(callback!.response).toBeUndefined()
    expect(callback!.serverAddress).toBeUndefined()
  })

  test('Firefox', () => {
    const [token, metadata, blocked] = read('firefox')
    expect(token).toMatchObject({ connection: '', startedAt: Date.UTC(2024, 10, 5, 10, 0, 0, 100) })
    expect(token!.client).toContain('Firefox')
    expect(bodyText(token!.request)).toContain('redirect_uri=http%3A%2F%2Flocalhost')
    expect(bodyText(token!.response!)).toBe('{"error":"invalid_grant"}')
    expect(metadata!.response!.body).toMatchObject({ dropped: 85 })
    expect(blocked!.failure).toMatchObject({ phase: 'http', code: 'NO-RESPONSE' })
  })

  test('Safari, whose forms may come as parameters only', () => {
    const [token] = read('safari')
    expect(bodyText(token!.request)).toBe(
      'grant_type=authorization_code&code=a%20b%2B%26%C3%A9&redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fcb',
    )
    expect(token).toMatchObject({ connection: '3', response: { httpVersion: '2' } })
    expect(token!.request).not.toHaveProperty('httpVersion')
  })

  test('mitmproxy', () => {
    const [call, metadata] = read('mitmproxy')
    expect(call!.startedAt).toBe(Date.UTC(2024, 10, 5, 10, 0, 0, 50) + 0.195)
    expect(metadata!.startedAt).toBeGreaterThan(call!.startedAt)
    expect(call!.timings).toMatchObject({ connect: 55.06396293640137, tls: 80.66129684448242 })
    expect(bodyText(call!.response!)).toBe('{"error":"unauthorized"}')
    expect(call!.response!.body.dropped).toBe(0)
    expect(metadata!.failure).toMatchObject({ phase: 'tcp' })
    expect(metadata!.timings).toEqual({ send: 0.1, wait: 0, receive: 0 })
  })

  test('Charles, without its tunnels', () => {
    const exchanges = read('charles')
    expect(exchanges).toHaveLength(1)
    expect(exchanges[0]).toMatchObject({
      startedAt: Date.UTC(2024, 10, 5, 10, 0, 0, 482),
      timings: { connect: 20, tls: 41 },
    })
    expect(bodyText(exchanges[0]!.response!)).toBe('<html><p>Sign in</p></html>\n')
  })

  test('Fiddler, which answers in the place of a server it cannot reach', () => {
    const [metadata, failed] = read('fiddler')
    expect(metadata!.request.body.bytes).toHaveLength(0)
    expect(metadata!.startedAt).toBe(Date.UTC(2024, 10, 5, 10, 0, 0, 785) + 0.775)
    expect(failed!.response).toBeUndefined()
    expect(failed!.failure).toMatchObject({
      phase: 'dns',
      message: 'Fiddler - DNS Lookup Failed',
    })
  })

  test('HTTP Toolkit, which leaves large bodies out', () => {
    const [call] = read('http-toolkit')
    expect(call!.request.body).toMatchObject({ dropped: 50_000 })
    expect(call!.endedAt! - call!.startedAt).toBe(7)
  })

  test('Proxyman', () => {
    const [call] = read('proxyman')
    expect(header(call!.request.headers, 'authorization')).toBe('Bearer abc')
    expect(bodyText(call!.response!)).toMatch(/^data: .*\n\n$/)
  })

  test('Slack, with fields as pairs and a status as text', () => {
    const [metadata] = read('slack')
    expect(metadata!.request.headers).toEqual([
      ['Accept', '*/*'],
      ['X-Two', 'a'],
    ])
    expect(metadata!.response!.status).toBe(200)
  })
})

describe('fromEntry is lenient', () => {
  const entry = (parts: object, request: object = {}, response: object = {}): unknown => ({
    startedDateTime: '2024-01-01T00:00:00Z',
    time: 1,
    request: { method: 'GET', url: 'https://a/', headers: [], ...request },
    response: { status: 200, headers: [], content: {}, ...response },
    ...parts,
  })

  test.each([
    ['2024-01-01T00:00:00.5Z', 500],
    ['2024-01-01T00:00:00.1234567+00:00', 123.457],
    ['2024-01-01T02:00:00.000+02:00', 0],
    ['2024-01-01T02:00:00+0200', 0],
    ['2024-01-01 00:00:00', 0],
    ['2024-01-01T00:00:00', 0],
    ['Mon, 01 Jan 2024 00:00:00 GMT', 0],
    [Date.UTC(2024, 0, 1), 0],
    [Date.UTC(2024, 0, 1) / 1000, 0],
  ])('a start of %j', (startedDateTime, milliseconds) => {
    expect(fromEntry(entry({ startedDateTime }), 0)!.startedAt).toBe(
      Date.UTC(2024, 0, 1) + milliseconds,
    )
  })

  test.each(['yesterday', '', null, {}, NaN, -1, 'x'.repeat(1000)])(
    'a start of %j is that of the entry before',
    (startedDateTime) => {
      expect(fromEntry(entry({ startedDateTime }), 0, { startedAt: 42 })!.startedAt).toBe(42)
    },
  )

  test('a body that is still compressed keeps its coding', () => {
    const headers = [{ name: 'Content-Encoding', value: 'gzip' }]
    const text = gzipSync('hello').toString('base64')
    const { response } = fromEntry(
      entry({}, {}, { headers, content: { text, encoding: 'base64' } }),
      0,
    )!
    expect(bodyText(response!)).toBe('hello')
  })

  test.each([
    [{ text: 'AP8=', encoding: 'base64' }],
    [{ text: 'AP8=', _base64: true }],
    [{ _base64: 'AP8=' }],
  ])('a binary request body as %j', (postData) => {
    expect([...fromEntry(entry({}, { postData }), 0)!.request.body.bytes]).toEqual([0, 255])
  })

  test('parameters that are encoded already are not encoded again', () => {
    const params = [{ name: 'redirect_uri', value: 'http%3A%2F%2Flocalhost' }, { name: 'a' }, 7]
    expect(bodyText(fromEntry(entry({}, { postData: { params } }), 0)!.request)).toBe(
      'redirect_uri=http%3A%2F%2Flocalhost&a=',
    )
  })

  test('parts of a multipart body are not passed off as a form', () => {
    const postData = { mimeType: 'multipart/form-data; boundary=x', params: [{ name: 'a' }] }
    expect(fromEntry(entry({}, { postData, bodySize: 90 }), 0)!.request.body).toMatchObject({
      dropped: 90,
    })
  })

  test('header fields beyond Latin-1 become bytes, as on the wire', () => {
    const headers = [{ name: 'x', value: '€' }]
    expect(fromEntry(entry({}, { headers }), 0)!.request.headers).toEqual([['x', 'â\x82¬']])
  })

  test('header fields may be an object', () => {
    const headers = { Accept: 'a', 'X-B': ['1', 2] }
    expect(fromEntry(entry({}, { headers }), 0)!.request.headers).toEqual([
      ['Accept', 'a'],
      ['X-B', '1'],
      ['X-B', '2'],
    ])
  })

  test.each([
    ['net::ERR_NAME_NOT_RESOLVED', 'dns', 'ERR_NAME_NOT_RESOLVED'],
    ['net::ERR_CERT_AUTHORITY_INVALID', 'tls', 'ERR_CERT_AUTHORITY_INVALID'],
    ['net::ERR_ABORTED', 'client-gone', 'ERR_ABORTED'],
    ['net::ERR_EMPTY_RESPONSE', 'http', 'ERR_EMPTY_RESPONSE'],
    ['connect ECONNREFUSED 127.0.0.1:3000', 'tcp', 'ECONNREFUSED'],
    ['Client disconnected.', 'client-gone', 'FAILED'],
    ['Server TLS handshake failed. Certificate verify failed', 'tls', 'FAILED'],
    ['something else', 'http', 'FAILED'],
  ])('the error %j is one of phase %s', (_error, phase, code) => {
    expect(fromEntry(entry({}, {}, { status: 0, _error }), 0)!.failure).toEqual({
      phase,
      code,
      message: _error,
    })
  })

  test('a response that broke off is incomplete', () => {
    const exchange = fromEntry(
      entry({}, {}, { _error: 'net::ERR_INCOMPLETE_CHUNKED_ENCODING' }),
      0,
    )!
    expect(exchange).toMatchObject({ response: { complete: false }, failure: { phase: 'http' } })
  })

  test('a tunnel that failed is kept, one that stood is not', () => {
    const request = { method: 'CONNECT', url: 'as.example:443' }
    expect(fromEntry(entry({}, request), 0)).toBeUndefined()
    expect(fromEntry(entry({}, request, { status: 0 }), 0)!.request.url).toBe(
      'https://as.example:443',
    )
  })

  test.each([
    [null],
    [[]],
    ['x'],
    [{}],
    [{ request: { url: 'chrome-extension://x/' } }],
    [{ request: { url: '/x' } }],
    [{ request: { url: 'https://' } }],
    [{ request: [] }],
  ])('%j is no exchange', (value) => {
    expect(fromEntry(value, 0)).toBeUndefined()
  })

  test('names of Object.prototype are names like any other', () => {
    const hostile: unknown = JSON.parse(
      `{"__proto__":{"request":1},"request":{"url":"https://a/","headers":[{"name":"__proto__","value":"x"}],
      "postData":{"params":[{"name":"__proto__","value":"1"}]},"constructor":1},
      "_authtap":{"__proto__":{"id":"9"},"touched":[{"__proto__":[]}]}}`,
    )
    const exchange = fromEntry(hostile, 4)!
    expect(exchange.id).toBe('5')
    expect(exchange.request.headers).toEqual([['__proto__', 'x']])
    expect(bodyText(exchange.request)).toBe('__proto__=1')
    expect(({} as Record<string, unknown>)['request']).toBeUndefined()
  })

  test('any JSON is read or passed over, never anything else', () => {
    const key = fc.constantFrom(
      ...['request', 'response', 'url', 'headers', 'name', 'value', 'content', 'text', 'status'],
      ...['_authtap', 'id', 'timings', 'time', 'startedDateTime', 'postData', 'params', '_error'],
      ...['trailers', 'touched', 'coded', 'dropped', 'failure', 'phase', 'missing', 'cookies'],
    )
    const { any } = fc.letrec<{ any: unknown }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom<unknown>('https://a/', 0, 200, -1, 1e300, '', null, true, 'base64', 'dns'),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(key, tie('any'), { maxKeys: 8 }),
      ),
    }))
    const request = fc
      .tuple(any, any)
      .map(([one, two]) => ({ ...Object(one), url: 'https://a/', headers: two }) as unknown)
    fc.assert(
      fc.property(fc.dictionary(key, any), fc.option(request), any, (parts, req, own) => {
        const value = { ...parts, ...(req ? { request: req } : {}), _authtap: own }
        const exchange = fromEntry(value, 0)
        if (exchange === undefined) return
        fieldNames(value, exchange)
        expect(Number.isFinite(exchange.startedAt)).toBe(true)
        expect(JSON.stringify(toEntry(exchange, {}))).toBeTypeOf('string')
      }),
      { numRuns: 2000 },
    )
  })
})

describe('sanitisedHeaders', () => {
  const missing = (name: string): string[] => {
    const { creator, entries } = fixture(name).log
    const seen = entries.flatMap((entry, index) => {
      const exchange = fromEntry(entry, index)
      return exchange === undefined ? [] : fieldNames(entry, exchange)
    })
    return sanitisedHeaders(creator.name, new Set(seen))
  }

  test('a Chrome export without any sensitive field lacks them all', () => {
    expect(missing('chrome-sanitised')).toEqual(['authorization', 'cookie', 'set-cookie'])
  })

  test.each(['chrome', 'firefox', 'safari', 'mitmproxy', 'charles'])(
    'nothing is known to be missing in that of %s',
    (name) => {
      expect(missing(name)).toEqual([])
    },
  )

  test('cookies that are only listed count as seen', () => {
    const entry = { request: { url: 'https://a/', cookies: [{ name: 'a', value: '1' }] } }
    expect(fieldNames(entry, fromEntry(entry, 0)!)).toContain('cookie')
  })
})
