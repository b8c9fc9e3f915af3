import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bodyText } from '../../../src/core/wire/exchange.ts'
import { fieldNames, fromEntry } from '../../../src/core/har/read.ts'
import { toEntry } from '../../../src/core/har/write.ts'

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
    ['ECLIENTGONE the client closed the connection', 'client-gone', 'ECLIENTGONE'],
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
