import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Body, Exchange, Failure, Headers } from '../../../src/core/wire/exchange.ts'
import { trials } from '../../../src/core/wire/exchange.ts'
import { createRedactor } from '../../../src/core/redact/redactor.ts'
import {
  formatTranscript,
  parseTranscript,
  transcriptEpoch,
} from '../../../src/core/transcript/transcript.ts'

const latin1 = fc
  .array(fc.integer({ min: 1, max: 255 }), { maxLength: 12 })
  .map((codes) => String.fromCharCode(...codes))
const value = fc.oneof(
  latin1,
  fc.constantFrom('', ' a ', 'Bearer x', '${jwt {}', '${$}', '\xa0', 'é', '\xc3\xa0', 'a: b'),
)
const name = fc.constantFrom('Host', 'x-a', 'X-A', ':path', 'cookie', 'we ird', 'co:lon')
const headers: fc.Arbitrary<Headers> = fc.array(fc.tuple(name, value), { maxLength: 4 })
const line = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom('', ' ', '> GET https://a/', '< HTTP/1.1 200', '# at x', '! tcp X', '* x', '\\'),
  fc.constantFrom('{ [5 bytes data]', 'curl: (7) x', 'a* Connection #0', '${secret a}', '${$}'),
  fc.constantFrom('1 --:--:-- 2', '\\base64:AAAA', '$ curl', '  indented', '\r', '\t', '\u0000'),
)
const body: fc.Arbitrary<Body> = fc
  .tuple(
    fc.oneof(
      fc.array(line, { maxLength: 6 }).map((lines) => Buffer.from(lines.join('\n'))),
      fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
    ),
    fc.nat(9),
  )
  .map(([bytes, dropped]) => ({ bytes, dropped }))
const failure: fc.Arbitrary<Failure> = fc.record({
  phase: fc.constantFrom('dns', 'tcp', 'tls', 'http', 'client-gone'),
  code: fc.constantFrom('ECONNREFUSED', 'X_1'),
  message: fc.oneof(fc.constantFrom('', ' a', 'b  c ', 'é'), fc.string({ unit: 'grapheme' })),
})
const version = fc.option(fc.constantFrom('1.1', '2'), { nil: undefined })
const word = fc.oneof(fc.constantFrom('c1', 'a b', '%', 'é=1', ''), fc.string({ unit: 'grapheme' }))
const exchangeParts = fc.record({
  id: word,
  client: word,
  connection: word,
  startedAt: fc.integer({ min: transcriptEpoch - 1e10, max: transcriptEpoch + 1e10 }),
  duration: fc.option(fc.constantFrom(0, 100, 250), { nil: undefined }),
  address: fc.option(fc.constantFrom('127.0.0.1', '::1'), { nil: undefined }),
  method: fc.constantFrom('GET', 'POST', 'M-SEARCH', 'get'),
  url: fc.constantFrom('https://a/', 'http://[::1]:1/x?y=${$}', 'https://a/ b', 'https://é/à#x'),
  requestVersion: version,
  requestHeaders: headers,
  requestBody: body,
  response: fc.option(
    fc.record({
      status: fc.integer({ min: 200, max: 999 }),
      statusText: value,
      version,
      headers,
      body,
      complete: fc.boolean(),
    }),
    { nil: undefined },
  ),
  failure: fc.option(failure, { nil: undefined }),
  handedOver: fc.boolean(),
  repeats: fc.option(fc.constantFrom('1', 'a b=c'), { nil: undefined }),
  trial: fc.option(
    fc.record({ sort: fc.constantFrom(...trials), of: fc.constantFrom('1', '2.7') }),
    {
      nil: undefined,
    },
  ),
  missing: fc.option(fc.constantFrom(['cookie'], ['authorization', 'cookie']), { nil: undefined }),
})
const optional = <T>(key: string, part: T | undefined): object =>
  part === undefined ? {} : { [key]: part }
const exchanges = fc.array(
  exchangeParts.map(
    (parts) =>
      ({
        id: parts.id,
        source: 'transcript',
        client: parts.client,
        connection: parts.connection,
        startedAt: parts.startedAt,
        ...optional(
          'endedAt',
          parts.duration === undefined ? undefined : parts.startedAt + parts.duration,
        ),
        ...optional('serverAddress', parts.address),
        request: {
          method: parts.method,
          url: parts.url,
          ...optional('httpVersion', parts.requestVersion),
          headers: parts.requestHeaders,
          body: parts.requestBody,
        },
        ...optional(
          'response',
          parts.response && {
            status: parts.response.status,
            statusText: parts.response.statusText,
            ...optional('httpVersion', parts.response.version),
            headers: parts.response.headers,
            body: parts.response.body,
            complete: parts.response.complete,
          },
        ),
        ...optional('failure', parts.failure),
        ...optional('handedOver', parts.handedOver || undefined),
        ...optional('repeats', parts.repeats),
        ...optional('trial', parts.trial),
        touched: [],
        ...optional('missing', parts.missing),
      }) as Exchange,
  ),
  { maxLength: 3 },
)

/** Comparable whatever class the bytes are of. */
const plain = (list: readonly Exchange[]): unknown =>
  JSON.parse(
    JSON.stringify(list, (_, part: unknown) => {
      const bytes = (part as Body | undefined)?.bytes
      return bytes instanceof Uint8Array
        ? { hex: Buffer.from(bytes).toString('hex'), dropped: (part as Body).dropped }
        : part
    }),
  )

describe('formatTranscript', () => {
  test('what it writes is read back the same', () => {
    fc.assert(
      fc.property(exchanges, (list) => {
        expect(plain(parseTranscript(formatTranscript(list)))).toEqual(plain(list))
      }),
      { numRuns: 500 },
    )
  })

  test('indenting what it wrote changes nothing', () => {
    fc.assert(
      fc.property(exchanges, (list) => {
        const indented = formatTranscript(list)
          .split('\n')
          .map((line) => (line === '' ? '' : `    ${line}`))
          .join('\n')
        expect(plain(parseTranscript(`\n${indented}`))).toEqual(plain(list))
      }),
    )
  })

  test('it writes what a person would', () => {
    const text = `# at 12:00:01.000 client=c1
> POST https://mcp.example/mcp HTTP/1.1
> content-type: application/json

{"id":1}

< HTTP/1.1 401 Unauthorized
< www-authenticate: Bearer

# at 12:00:02.000 client=c1
> GET https://mcp.example/b

! tcp ECONNREFUSED refused
`
    expect(formatTranscript(parseTranscript(text))).toBe(text)
  })

  test('labels in place of secrets are kept', () => {
    const redactor = createRedactor({ key: new Uint8Array(32) })
    const [raw] = parseTranscript(
      '> GET https://a/?code=${secret c_}\n> authorization: Bearer ${secret a_}\n> x: é\n\n< HTTP/1.1 200',
    )
    redactor.learn(raw!)
    const exchange = redactor.exchange(raw!)
    const text = formatTranscript([exchange])
    expect(text).toMatch(/^> authorization: Bearer ‹access_token:[0-9a-f]{16}›$/m)
    expect(plain(parseTranscript(text))).toEqual(plain([exchange]))
  })

  test('a body with its coding still on is written as bytes', () => {
    const [exchange] = parseTranscript('> GET https://a/\n< HTTP/1.1 200\n\nx')
    const response = { ...exchange!.response!, headers: [['content-encoding', 'gzip']] as const }
    expect(formatTranscript([{ ...exchange!, response }])).toContain('\\base64:eA==')
  })
})
