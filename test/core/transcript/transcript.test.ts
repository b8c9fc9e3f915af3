import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../../src/core/wire/exchange.ts'
import { bodyText, header } from '../../../src/core/wire/exchange.ts'
import {
  parseTranscript,
  TranscriptError,
  transcriptEpoch,
} from '../../../src/core/transcript/transcript.ts'

const one = (text: string): Exchange => {
  const exchanges = parseTranscript(text)
  expect(exchanges).toHaveLength(1)
  return exchanges[0]!
}
const claimsOf = (jwt: string): unknown =>
  JSON.parse(Buffer.from(jwt.split('.')[1]!, 'base64url').toString())

describe('parseTranscript', () => {
  test('reads a request, its answer and both bodies', () => {
    const exchange = one(`
      > POST https://mcp.example/mcp
      > Content-Type: application/json
      > X-Twice: 1
      > x-twice: 2

      {"jsonrpc":"2.0",
        "id":1}

      < HTTP/1.1 401 Not Authorized Here
      < WWW-Authenticate: Bearer realm="a: b"

      no
    `)
    expect(exchange.request).toEqual({
      method: 'POST',
      url: 'https://mcp.example/mcp',
      headers: [
        ['Content-Type', 'application/json'],
        ['X-Twice', '1'],
        ['x-twice', '2'],
      ],
      body: { bytes: Buffer.from('{"jsonrpc":"2.0",\n  "id":1}'), dropped: 0 },
    })
    expect(exchange.response).toEqual({
      status: 401,
      statusText: 'Not Authorized Here',
      httpVersion: '1.1',
      headers: [['WWW-Authenticate', 'Bearer realm="a: b"']],
      body: { bytes: Buffer.from('no'), dropped: 0 },
      complete: true,
    })
  })

  test('gives each exchange its own number, second and 100 ms', () => {
    const exchanges = parseTranscript('> GET https://a/\n< HTTP/1.1 200\n\n> GET https://b/\n')
    expect(exchanges.map(({ id, startedAt, endedAt }) => [id, startedAt, endedAt])).toEqual([
      ['1', transcriptEpoch + 1000, transcriptEpoch + 1100],
      ['2', transcriptEpoch + 2000, undefined],
    ])
    expect(exchanges[0]).toMatchObject({ client: 'c1', connection: 'c1', source: 'transcript' })
  })

  test('reads what a # line says about the exchange below', () => {
    const exchange = one(`
      # at 12:00:01.250 client=c2 missing=Authorization,cookie handed-over
      # connection=k2
      > GET https://as.example/authorize
    `)
    expect(exchange).toMatchObject({
      startedAt: transcriptEpoch + 1250,
      client: 'c2',
      connection: 'k2',
      missing: ['authorization', 'cookie'],
      handedOver: true,
    })
    expect(exchange.response).toBeUndefined()
  })

  test('goes on from a time that was given', () => {
    const exchanges = parseTranscript('# at 12:05:00\n> GET https://a/\n\n> GET https://b/\n')
    expect(exchanges[1]!.startedAt).toBe(transcriptEpoch + 301_000)
  })

  test('reads a failure outside HTTP before and during the answer', () => {
    expect(one('> GET https://a/\n\n! tcp ECONNREFUSED no one there')).toMatchObject({
      failure: { phase: 'tcp', code: 'ECONNREFUSED', message: 'no one there' },
    })
    const broken = one('> GET https://a/\n< HTTP/1.1 200\n\npart\n! client-gone ECONNRESET')
    expect(broken.response).toMatchObject({ status: 200, complete: false })
    expect(broken.failure).toEqual({ phase: 'client-gone', code: 'ECONNRESET', message: '' })
  })

  test.each([
    ['> GET /mcp\n> host: mcp.example', 'https://mcp.example/mcp'],
    ['> GET /mcp\n> Host: localhost:8080', 'http://localhost:8080/mcp'],
    ['> GET /mcp\n> host: 127.0.0.1', 'http://127.0.0.1/mcp'],
    ['> GET /mcp\n> host: [::1]:3', 'http://[::1]:3/mcp'],
    ['# scheme http\n> GET /mcp\n> host: mcp.example', 'http://mcp.example/mcp'],
    ['# scheme=https\n> GET /mcp\n> host: localhost', 'https://localhost/mcp'],
    ['> OPTIONS *\n> host: mcp.example', 'https://mcp.example'],
    ['> GET HTTPS://MCP.example:443/%7Ea?x=1#f', 'HTTPS://MCP.example:443/%7Ea?x=1#f'],
  ])('%j goes to %s', (text, url) => {
    expect(one(text).request.url).toBe(url)
  })

  test('keeps body lines that only look like marks', () => {
    const body = ['> quoted', '< HTTP/1.1 200', '! tcp X', '# at noon', '* note', '\\ back', '']
    const escaped = body.map((line) => `\\${line}`).join('\n')
    expect(bodyText(one(`> POST https://a/\n\n${escaped}\n\n< HTTP/1.1 200`).request)).toBe(
      body.join('\n'),
    )
  })

  test('takes HTML, Markdown and quotations in an answer for what they are', () => {
    const page = '<!doctype html>\n<p>\n# Heading\n> Quoted text\n! Important'
    expect(bodyText(one(`> GET https://a/\n\n< HTTP/1.1 200\n\n${page}`).response!)).toBe(page)
  })

  test('reads header values as bytes and bodies as UTF-8', () => {
    const exchange = one('> POST https://a/à\n> x: à\n\nà€')
    expect(header(exchange.request.headers, 'x')).toBe('\xc3\xa0')
    expect(exchange.request.url).toBe('https://a/à')
    expect(bodyText(exchange.request)).toBe('à€')
  })

  test('reads a binary body', () => {
    const exchange = one('> POST https://a/\n\n\\base64:AP8=')
    expect([...exchange.request.body.bytes]).toEqual([0, 255])
  })

  test.each([
    ['hello', 1, 'expected a request line'],
    ['\n> GET\n', 2, 'expected a request line'],
    ['> GET mcp.example/', 1, 'absolute'],
    ['> GET /mcp\n', 1, 'Host'],
    ['> GET https://a b/', 1, 'a method and a URL'],
    ['> GET https://a/\n> nocolon', 2, 'lacks its colon'],
    ['> GET https://a/\nplain', 2, 'expected a field line'],
    ['> GET https://a/\n\n< 200 OK', 3, 'status line'],
    ['> GET https://a/\n\n> {"a":1}', 3, 'without ">"'],
    ['> GET https://a/\n< HTTP/1.1 200\n\n< HTTP/1.1 200', 4, 'second response'],
    ['> GET https://a/\n! nowhere X', 2, 'a failure is'],
    ['# at noon\n> GET https://a/', 1, '"noon" is not a time'],
    ['# clinet=c2\n> GET https://a/', 1, '"# clinet=c2" is not known'],
    ['> POST https://a/\n\na\n${jwt {"a":1}', 4, 'closing brace'],
    ['> GET https://a/\n> x: ${jwt {a}}', 2, 'not JSON'],
    ['> GET https://a/\n> x: ${bytes xy}', 2, 'hexadecimal'],
  ])('refuses %j at line %i', (text, line, message) => {
    let error: unknown
    try {
      parseTranscript(text)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(TranscriptError)
    expect((error as TranscriptError).line).toBe(line)
    expect((error as TranscriptError).message).toContain(message)
  })
})

describe('placeholders', () => {
  const value = (text: string): string =>
    header(one(`> GET https://a/\n> x: ${text}`).request.headers, 'x')!

  test('a JWT is well formed, with a default or a given header', () => {
    const plain = value('${jwt {"aud":"https://mcp.example/mcp","name":"Zoë}"}}')
    expect(plain).toMatch(/^[\w-]+\.[\w-]+\.[\w-]{86}$/)
    expect(claimsOf(plain)).toEqual({ aud: 'https://mcp.example/mcp', name: 'Zoë}' })
    const head = value('${jwt {"alg":"none"} {"a":1}}')
    expect(head.endsWith('.')).toBe(true)
    expect(JSON.parse(Buffer.from(head.split('.')[0]!, 'base64url').toString())).toEqual({
      alg: 'none',
    })
  })

  test('a challenge is the hash of its verifier, also of one that is made up', () => {
    const s256 = (text: string) => createHash('sha256').update(text).digest('base64url')
    expect(value('${s256 abc}')).toBe(s256('abc'))
    expect(value('${s256 ${secret v}}')).toBe(s256(value('${secret v}')))
  })

  test('a secret has its prefix and is the same for the same words', () => {
    expect(value('${secret gho_}')).toMatch(/^gho_[A-Za-z0-9]{36}$/)
    expect(value('${secret gho_}')).toBe(value('${secret gho_}'))
    expect(value('${secret gho_ 2}')).toMatch(/^gho_/)
    expect(value('${secret gho_ 2}')).not.toBe(value('${secret gho_}'))
  })

  test('they work in the request line and within JSON', () => {
    const exchange = one('> GET https://a/?c=${secret x y}&d\n\n{"t":"${jwt {"a":{"b":"}"}}}"}')
    expect(exchange.request.url).toMatch(/\?c=x\w{36}&d$/)
    const { t } = JSON.parse(bodyText(exchange.request)) as { t: string }
    expect(claimsOf(t)).toEqual({ a: { b: '}' } })
  })

  test('what merely looks alike stays', () => {
    expect(value('${foo} ${} $ {jwt} ${$}{jwt {}}')).toBe('${foo} ${} $ {jwt} ${jwt {}}')
  })

  test('nesting without end is refused', () => {
    expect(() => value('${s256 '.repeat(50) + 'a' + '}'.repeat(50))).toThrow(TranscriptError)
  })
})

test('any text is read or refused with a line, never anything else', () => {
  const pieces = fc.constantFrom('> ', '< ', '! ', '# ', '* ', '\\', 'GET ', 'https://a/ ', ' ')
  const more = fc.constantFrom(
    '\n',
    '\r\n',
    ':',
    '${jwt {"a":1}}',
    '${',
    '}',
    'HTTP/1.1 200',
    'at ',
  )
  fc.assert(
    fc.property(
      fc.array(fc.oneof(pieces, more, fc.string({ unit: 'binary', maxLength: 4 }))),
      (parts) => {
        try {
          parseTranscript(parts.join(''))
        } catch (error) {
          expect(error).toBeInstanceOf(TranscriptError)
        }
      },
    ),
    { numRuns: 1000 },
  )
})
