import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  covers,
  difference,
  isPrivate,
  loopbackEqual,
  normUrl,
  origin,
  sameUrl,
} from '../../../src/core/wire/url.ts'

const https = fc.webUrl({ validSchemes: ['http', 'https'], withQueryParameters: true })

describe('an origin', () => {
  test.each([
    ['https://Host.Example/mcp', 'https://host.example'],
    ['HTTPS://host.example:443', 'https://host.example'],
    ['http://host.example:80/a', 'http://host.example'],
    ['http://host.example:443/a', 'http://host.example:443'],
    ['https://host.example:08443/a', 'https://host.example:8443'],
    ['https://user:pw@host.example/a', 'https://host.example'],
    ['https://[2001:DB8:0::1]/', 'https://[2001:db8::1]'],
    ['https://0x7f.1/', 'https://127.0.0.1'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example'],
    ['https://host.example?q', 'https://host.example'],
    ['cursor://Anysphere.cursor-mcp/oauth', 'cursor://anysphere.cursor-mcp'],
  ])('of %s is %s', (url, expected) => {
    expect(origin(url)).toBe(expected)
  })

  test.each([
    '',
    '/mcp',
    'host.example/mcp',
    '//host.example/mcp',
    'https:/host.example',
    'https:host.example',
    'https://',
    'https:///mcp',
    'file:///etc/passwd',
    'https://host.example:port/',
    'https://host.example::/',
    'https://host.example:99999/',
    'https://ho st.example/',
    ' https://host.example/',
    'https://host.exa\tmple/',
    'https://good.example\\@evil.example/',
    'https://evil.example\\.good.example/',
    'https://a%2fb/',
    'https://[::1/',
    'urn:example:a',
    'com.example:/callback',
  ])('of %j is none', (url) => {
    expect(origin(url)).toBeUndefined()
  })

  test('is the one that the URL parser of a client finds', () => {
    const authority = fc.array(fc.constantFrom('a', '.', ':', '@', '8', '\\', '[', ']', '%41', 'É'))
    fc.assert(
      fc.property(
        fc.oneof(
          https,
          authority.map((parts) => `https://${parts.join('')}/`),
        ),
        (url) => {
          const found = origin(url)
          if (found !== undefined) expect(found).toBe(new URL(url).origin)
        },
      ),
    )
  })
})

describe('one thing in two spellings', () => {
  test.each([
    { description: 'a trailing slash', a: 'https://h/mcp', b: 'https://h/mcp/' },
    { description: 'the slash of an empty path', a: 'https://h', b: 'https://h/' },
    { description: 'a slash before the query', a: 'https://h/mcp/?a=1', b: 'https://h/mcp?a=1' },
    { description: 'the case of the host', a: 'https://H.example/mcp', b: 'https://h.example/mcp' },
    { description: 'the case of the scheme', a: 'HTTPS://h/mcp', b: 'https://h/mcp' },
    { description: 'the default port', a: 'https://h:443/mcp', b: 'https://h/mcp' },
    { description: 'an empty port', a: 'https://h:/mcp', b: 'https://h/mcp' },
    { description: 'a needless escape', a: 'https://h/%6Dcp%7E', b: 'https://h/mcp~' },
    { description: 'the case of an escape', a: 'https://h/a%2fb', b: 'https://h/a%2Fb' },
    { description: 'dot segments', a: 'https://h/a/./b/../mcp', b: 'https://h/a/mcp' },
    { description: 'escaped dot segments', a: 'https://h/a/%2e%2E/mcp', b: 'https://h/mcp' },
    { description: 'dot segments above the root', a: 'https://h/../../mcp', b: 'https://h/mcp' },
    { description: 'a dot segment at the end', a: 'https://h/a/b/..', b: 'https://h/a/' },
    { description: 'a dot behind two slashes', a: 'https://h/a//.', b: 'https://h/a//' },
    { description: 'all at once', a: 'HTTPS://H:443/%6dcp/', b: 'https://h/mcp' },
    { description: 'nothing, although it is no URL', a: 'account', b: 'account' },
  ])('is told by $description', ({ a, b }) => {
    expect(sameUrl(a, b)).toBe(true)
    expect(sameUrl(b, a)).toBe(true)
  })

  test.each([
    { description: 'the case of the path', a: 'https://h/MCP', b: 'https://h/mcp' },
    { description: 'the scheme', a: 'https://h/mcp', b: 'http://h/mcp' },
    { description: 'a port', a: 'https://h:8443/mcp', b: 'https://h/mcp' },
    { description: 'a query', a: 'https://h/mcp?a', b: 'https://h/mcp' },
    { description: 'a fragment', a: 'https://h/mcp#a', b: 'https://h/mcp' },
    { description: 'two trailing slashes', a: 'https://h/mcp//', b: 'https://h/mcp' },
    { description: 'an escaped slash', a: 'https://h/a%2Fb', b: 'https://h/a/b' },
    { description: 'user information', a: 'https://u@h/mcp', b: 'https://h/mcp' },
    { description: 'the case of a name that is no URL', a: 'Account', b: 'account' },
    { description: 'a host that no client could reach', a: 'https://a b/', b: 'https://a b' },
  ])('is not told by $description', ({ a, b }) => {
    expect(sameUrl(a, b)).toBe(false)
  })

  test('is told by whatever spelling a URL parser normalises', () => {
    // Of the characters that RFC 3986 allows, the URL Standard escapes the apostrophe alone.
    const plain = https.filter((url) => !url.includes("'"))
    fc.assert(fc.property(plain, (url) => sameUrl(url, new URL(url).href)))
  })

  test('is written with the query and without the slash', () => {
    expect(normUrl('HTTPS://Host:443/a/?b=%7e&c=%2f')).toBe('https://host/a?b=~&c=%2F')
    expect(normUrl('https://host/')).toBe('https://host')
    expect(normUrl('URN:example:A')).toBe('urn:example:A')
    expect(normUrl('not a url')).toBeUndefined()
    expect(normUrl('https:mcp')).toBeUndefined()
  })
})

describe('a parent', () => {
  test.each([
    ['https://h', 'https://h/mcp'],
    ['https://h/', 'https://h'],
    ['https://h/api', 'https://h/api'],
    ['https://h/api', 'https://h/api/'],
    ['https://h/api/', 'https://h/api'],
    ['https://h/api/', 'https://h/api/mcp'],
    ['https://h/api', 'https://h/api/mcp?tenant=1'],
    ['https://h/api?tenant=1', 'https://h/api/mcp?tenant=1'],
    ['HTTPS://H:443/%61pi', 'https://h/api/mcp'],
  ])('%s covers %s', (parent, child) => {
    expect(covers(parent, child)).toBe(true)
  })

  test.each([
    ['https://h/api', 'https://h/api123'],
    ['https://h/api', 'https://h/ap'],
    ['https://h/api/mcp', 'https://h/api'],
    ['https://h/api', 'https://h/API/mcp'],
    ['https://h/api', 'https://h/api/../mcp'],
    ['https://h/api', 'http://h/api'],
    ['https://h/api', 'https://h:8443/api'],
    ['https://h/api', 'https://h.example/api'],
    ['https://h.example', 'https://h.example.evil/'],
    ['/api', '/api/mcp'],
    ['', ''],
    ['urn:a', 'urn:a'],
  ])('%s does not cover %s', (parent, child) => {
    expect(covers(parent, child)).toBe(false)
  })

  test('covers what stands below it and never the other way round', () => {
    fc.assert(
      fc.property(fc.webUrl(), fc.webSegment({ size: 'small' }), (parent, segment) => {
        fc.pre(!['', '.', '..'].includes(segment.replace(/%2e/gi, '.')))
        const child = `${parent.replace(/\/$/, '')}/${segment}`
        expect(covers(parent, child)).toBe(true)
        expect(covers(child, parent)).toBe(false)
      }),
    )
  })
})

describe('two loopback URLs', () => {
  test.each([
    ['http://127.0.0.1:8080/callback', 'http://127.0.0.1:9090/callback'],
    ['http://localhost/callback', 'http://localhost:3000/callback'],
    ['http://[::1]:1/callback?a=b', 'http://[::1]:2/callback?a=b'],
    ['http://localhost:1/', 'http://localhost:1/'],
  ])('%s and %s differ in the port at most', (a, b) => {
    expect(loopbackEqual(a, b)).toBe(true)
  })

  test.each([
    ['http://localhost:1/callback', 'http://127.0.0.1:1/callback'],
    ['http://localhost:1/callback', 'http://localhost:2/callback/'],
    ['http://localhost:1/callback', 'https://localhost:1/callback'],
    ['http://localhost:1/callback?a', 'http://localhost:2/callback'],
    ['https://h:1/callback', 'https://h:2/callback'],
    ['http://localhost:1/callback', 'https://h:2/callback'],
    ['localhost:1', 'localhost:2/callback'],
    ['', ''],
  ])('%s and %s are not such a pair', (a, b) => {
    expect(loopbackEqual(a, b)).toBe(false)
  })
})

describe('whatever text comes as a URL', () => {
  const everything = (a: string, b: string) => {
    origin(a)
    normUrl(a)
    isPrivate(a)
    covers(a, b)
    loopbackEqual(a, b)
    sameUrl(a, b)
    difference(a, b)
  }

  test('no function throws', () => {
    const piece = fc.constantFrom(
      'http',
      's',
      ':',
      '/',
      '[',
      ']',
      '%',
      '@',
      '\\',
      '?',
      '#',
      '..',
      '\0',
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece).map((parts) => parts.join('')),
    )
    fc.assert(fc.property(text, text, (a, b) => everything(a, b)))
  })

  test.each(['/', '/..', '/.', '%2e', ':', '@', '[', '.', 'a', '?', '#', '\\', '%C3'])(
    'a megabyte of %j comes to an end',
    (unit) => {
      const long = unit.repeat(2 ** 20 / unit.length)
      for (const start of ['', 'https://', 'https://h/', 'https://h?']) {
        everything(start + long, `${start}${long}x`)
      }
    },
  )
})
