import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseUrl } from '../../../src/core/wire/parse-url.ts'
import { OriginMap } from '../../../src/tap/identity/map.ts'

const https = 'https://mcp.example.com'
const ported = 'https://as.example.com:8443'
const local = 'http://dev.test'

function threeOrigins(): OriginMap {
  const map = new OriginMap()
  map.add(https, 41234)
  map.add(ported, 41235)
  map.add(local, 41236)
  return map
}

describe('spellings given by the design', () => {
  const map = threeOrigins()
  test.each([
    ['https://mcp.example.com/mcp', 'http://localhost:41234/mcp'],
    ['https://mcp.example.com', 'http://localhost:41234'],
    ['https://mcp.example.com/', 'http://localhost:41234/'],
    ['https://MCP.example.com/mcp', 'http://Localhost:41234/mcp'],
    ['https://mcp.example.com:443/mcp', 'http://localhost:041234/mcp'],
    ['HTTPS://mcp.example.com/mcp', 'HTTP://localhost:41234/mcp'],
    ['https://user:pw@mcp.example.com/x', 'http://user:pw@localhost:41234/x'],
    ['https://as.example.com:8443?a=%7e#f', 'http://localhost:41235?a=%7e#f'],
    ['http://dev.test//a//b/../c', 'http://localhost:41236//a//b/../c'],
    ['https://other.example.com/mcp', 'https://other.example.com/mcp'],
    ['https://as.example.com/mcp', 'https://as.example.com/mcp'],
    ['urn:mcp', 'urn:mcp'],
    ['', ''],
  ])('%s is shown as %s', (upstream, shown) => {
    expect(map.toLocal(upstream, 'localhost')).toBe(shown)
    expect(map.toUpstream(shown)).toBe(upstream)
  })

  test('with TLS the local side is https, and plain http is none of ours', () => {
    const secure = new OriginMap([], 'https')
    secure.add(https, 41234)
    secure.add(local, 443)
    const pairs = [
      ['https://mcp.example.com/mcp', 'https://localhost:41234/mcp'],
      ['HTTPS://mcp.example.com/mcp', 'HTTPS://localhost:41234/mcp'],
      ['http://dev.test/a', 'https://localhost/a'],
    ] as const
    for (const [upstream, shown] of pairs) {
      expect(secure.toLocal(upstream, 'localhost')).toBe(shown)
      expect(secure.toUpstream(shown)).toBe(upstream)
    }
    expect(secure.toUpstream('https://localhost:443/a')).toBe('http://dev.test:80/a')
    expect(secure.toUpstream('http://localhost:41234/mcp')).toBe('http://localhost:41234/mcp')
  })

  test('the host name that the client uses is kept', () => {
    expect(map.toLocal(`${https}/mcp`, '127.0.0.1')).toBe('http://127.0.0.1:41234/mcp')
    expect(map.toLocal(`${https}/mcp`, '[::1]')).toBe('http://[::1]:41234/mcp')
    expect(map.toUpstream('http://[::1]:41234/mcp')).toBe(`${https}/mcp`)
  })

  test('a local URL in a spelling never shown has its own upstream spelling', () => {
    const upstream = map.toUpstream('http://LOCALHOST:41234/mcp')
    expect(upstream).not.toBe('https://mcp.example.com/mcp')
    expect(new URL(upstream).href).toBe('https://mcp.example.com/mcp')
    expect(map.toLocal(upstream, 'localhost')).toBe('http://LOCALHOST:41234/mcp')
  })
})

describe('no accidental truth', () => {
  test('an upstream that names one of our listeners is shown as an origin that does not exist', () => {
    const map = threeOrigins()
    const shown = map.toLocal('http://localhost:41234/mcp', 'localhost')
    expect(shown).toBe('http://localhost-41234.this-proxy.invalid/mcp')
    expect(map.toUpstream(shown)).toBe('http://localhost:41234/mcp')
  })

  test('another spelling of our listener is another origin that does not exist', () => {
    const map = threeOrigins()
    const name = map.toLocal('http://localhost:41234', 'localhost')
    const address = map.toLocal('http://127.0.0.1:41234', 'localhost')
    const upper = map.toLocal('http://LOCALHOST:41234', 'localhost')
    expect(new Set([name, address, upper]).size).toBe(3)
    expect(new URL(upper).host).toBe(new URL(name).host)
    expect(map.toUpstream(upper)).toBe('http://LOCALHOST:41234')
  })

  test('the relay is ours, too', () => {
    const map = threeOrigins()
    map.reserve(41240)
    expect(map.isOurs('http://127.0.0.1:41240')).toBe(true)
    expect(map.isOurs('http://127.0.0.1:41299')).toBe(false)
    expect(map.isOurs('http://example.com:41240')).toBe(false)
  })

  test('an upstream on this machine is not taken for one of our listeners', () => {
    const map = new OriginMap()
    map.add('http://localhost:3000', 8484)
    expect(map.toLocal('http://localhost:3000/mcp', 'localhost')).toBe('http://localhost:8484/mcp')
    expect(map.toLocal('http://localhost:8484/mcp', 'localhost')).toBe(
      'http://localhost-8484.this-proxy.invalid/mcp',
    )
  })

  test('two origins that would get one name get two', () => {
    const map = new OriginMap()
    map.disguise('http://10.0.0.1')
    map.disguise('http://10-0-0-1')
    const shown = ['http://10.0.0.1/', 'http://10-0-0-1/'].map((url) =>
      map.toLocal(url, 'localhost'),
    )
    expect(new Set(shown).size).toBe(2)
    expect(shown.map((url) => map.toUpstream(url))).toEqual([
      'http://10.0.0.1/',
      'http://10-0-0-1/',
    ])
  })
})

const mixedCase = (text: string) =>
  fc
    .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
    .map((raised) => [...text].map((c, i) => (raised[i] ? c.toUpperCase() : c)).join(''))

/** Mostly the plain spelling, as in life; otherwise whatever normalises to it. */
function spelled(scheme: string, host: string, port: string, ownPort: string) {
  const zeros = fc.integer({ min: 0, max: 3 }).map((n) => '0'.repeat(n))
  const ports =
    port === ''
      ? fc.oneof(
          fc.constant(''),
          fc.constant(':'),
          zeros.map((z) => `:${z}${ownPort}`),
        )
      : zeros.map((z) => `:${z}${port}`)
  const escaped = host.replace('e', '%65')
  return fc
    .tuple(
      fc.constantFrom('', ' '),
      fc.oneof(fc.constant(scheme), mixedCase(scheme)),
      fc.constantFrom('://', '://', ':/', ':\\\\'),
      fc.constantFrom('', '', 'u@', 'u:p@'),
      fc.oneof(fc.constant(host), mixedCase(host), fc.constant(escaped), mixedCase(escaped)),
      ports,
      fc.constantFrom('', '/', '/mcp', '/mcp/', '/a%7eb', '?q=1', '#f', '/mcp?x=//y', ' '),
    )
    .map((parts) => parts.join(''))
}

const upstreamUrl = fc.oneof(
  spelled('https', 'mcp.example.com', '', '443'),
  spelled('https', 'as.example.com', '8443', '443'),
  spelled('http', 'dev.test', '', '80'),
  spelled('https', 'unmapped.example', '', '443'),
  spelled('http', 'localhost', '41234', '80'),
  fc.webUrl(),
  fc.string(),
)

const localUrl = fc.oneof(
  spelled('http', 'localhost', '41234', '80'),
  spelled('http', '127.0.0.1', '41235', '80'),
  spelled('http', 'localhost', '41299', '80'),
)

/** How clients compare identities: by bytes, without regard to case, by host, once normalised, by prefix. */
const comparisons: Record<string, (a: string, b: string) => boolean> = {
  'byte for byte': (a, b) => a === b,
  'without regard to case': (a, b) => a.toLowerCase() === b.toLowerCase(),
  'after URL normalisation': (a, b) => href(a) === href(b),
  'by origin': (a, b) => origin(a) === origin(b),
  'as scheme and netloc without case': (a, b) => netloc(a) === netloc(b),
  'without a trailing slash': (a, b) => a.replace(/\/$/, '') === b.replace(/\/$/, ''),
  'as a path prefix': (a, b) => href(a).startsWith(href(b)),
}

function href(text: string): string {
  return parseUrl(text)?.href ?? `no URL: ${text}`
}

function origin(text: string): string {
  return parseUrl(text)?.origin ?? `no URL: ${text}`
}

function netloc(text: string): string {
  return /^[^/\\?#]*(?:[/\\]*[^/\\?#]*)?/.exec(text)![0].toLowerCase()
}

describe('for any two strings', () => {
  test.each(Object.entries(comparisons))(
    'what is equal %s stays so, what is not stays so',
    (_, same) => {
      for (const name of ['localhost', '127.0.0.1', '[::1]']) {
        fc.assert(
          fc.property(upstreamUrl, upstreamUrl, (a, b) => {
            const map = threeOrigins()
            expect(same(map.toLocal(a, name), map.toLocal(b, name))).toBe(same(a, b))
          }),
          { numRuns: 400 },
        )
      }
    },
  )

  test('the way to the client and back gives the string that the server sent', () => {
    const map = threeOrigins()
    fc.assert(
      fc.property(upstreamUrl, fc.constantFrom('localhost', '127.0.0.1', '[::1]'), (url, name) => {
        expect(map.toUpstream(map.toLocal(url, name))).toBe(url)
      }),
      { numRuns: 2000 },
    )
  })

  test('the way to the server and back gives the string that the client sent', () => {
    const map = threeOrigins()
    fc.assert(
      fc.property(localUrl, (url) => {
        const name = url.toLowerCase().includes('127.0.0.1') ? '127.0.0.1' : 'localhost'
        const upstream = map.toUpstream(url)
        if (upstream !== url) expect(map.toLocal(upstream, name)).toBe(url)
      }),
      { numRuns: 1000 },
    )
  })
})

test('a hostile number of spellings does not grow without bound and does not throw', () => {
  const map = threeOrigins()
  const started = process.memoryUsage().heapUsed
  for (let n = 0; n < 5000; n++) {
    const host = [...'mcp.example.com']
      .map((c, i) => ((n >> i) % 2 === 1 ? c.toUpperCase() : c))
      .join('')
    map.toLocal(`https://${host}/`, 'localhost')
  }
  expect(process.memoryUsage().heapUsed - started).toBeLessThan(64 * 1024 * 1024)
})
