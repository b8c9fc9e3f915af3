import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { difference, sameUrl, type UrlDifference } from '../../../src/core/wire/url.ts'

const differences: { a: string; b: string; expected: UrlDifference | undefined }[] = [
  { a: 'https://h/mcp', b: 'https://h/mcp', expected: undefined },
  { a: 'https://h/mcp', b: 'https://h/mcp/', expected: 'trailing-slash' },
  { a: 'https://h', b: 'https://h/', expected: 'trailing-slash' },
  { a: 'account', b: 'account/', expected: 'trailing-slash' },
  { a: 'https://H/mcp', b: 'https://h/mcp', expected: 'case' },
  { a: 'HTTPS://h/mcp', b: 'https://h/mcp', expected: 'case' },
  { a: 'Account', b: 'account', expected: 'case' },
  { a: 'https://h:443/mcp', b: 'https://h/mcp', expected: 'default-port' },
  { a: 'http://h/mcp', b: 'http://h:80/mcp', expected: 'default-port' },
  { a: 'https://h/%6Dcp', b: 'https://h/mcp', expected: 'percent-encoding' },
  { a: 'https://h/a%2fb', b: 'https://h/a%2Fb', expected: 'percent-encoding' },
  { a: 'http://h/mcp', b: 'https://h/mcp', expected: 'scheme' },
  { a: 'http://h:80/mcp', b: 'https://h:443/mcp', expected: 'scheme' },
  { a: 'http://h:443/mcp', b: 'https://h/mcp', expected: 'scheme' },
  { a: 'http://h:8080/mcp', b: 'https://h:8080/mcp', expected: 'scheme' },
  { a: 'http://H/mcp/', b: 'https://h/mcp', expected: 'scheme' },
  { a: 'mcp.example/mcp', b: 'https://mcp.example/mcp', expected: 'scheme' },
  { a: 'mcp.example:8443/mcp', b: 'https://mcp.example:8443/mcp', expected: 'scheme' },
  { a: 'https://h:8443/mcp', b: 'https://h/mcp', expected: 'port' },
  { a: 'https://h:8443/mcp', b: 'https://h:9443/mcp/', expected: 'port' },
  { a: 'https://www.h.example/mcp', b: 'https://h.example/mcp', expected: 'www' },
  { a: 'http://www.h.example/mcp', b: 'https://h.example/mcp', expected: 'www' },
  { a: 'https://h/mcp', b: 'https://h', expected: 'path' },
  { a: 'https://h/mcp', b: 'https://h/MCP', expected: 'path' },
  { a: 'https://h/a/../mcp', b: 'https://h/mcp', expected: 'path' },
  { a: 'https://127.1/mcp', b: 'https://127.0.0.1/mcp', expected: 'host' },
  { a: 'https://h/mcp//', b: 'https://h/mcp', expected: 'path' },
  { a: 'com.example:/a', b: 'com.example:/b', expected: 'path' },
  { a: 'https://h/mcp?a', b: 'https://h/mcp', expected: 'query' },
  { a: 'https://h/mcp?a', b: 'https://h/mcp/?b', expected: 'query' },
  { a: 'https://a.example/mcp', b: 'https://b.example/mcp', expected: 'host' },
  { a: 'http://localhost:3000/mcp', b: 'https://h.example/api', expected: 'host' },
  { a: 'https://h/a', b: 'https://h:8443/b', expected: 'other' },
  { a: 'https://h/mcp#a', b: 'https://h/mcp', expected: 'other' },
  { a: 'https://u@h/mcp', b: 'https://h/mcp', expected: 'other' },
  { a: 'https://h/mcp', b: 'account', expected: 'other' },
  { a: 'https://h/mcp', b: 'urn:mcp', expected: 'other' },
  { a: 'https://h:99999/', b: 'https://h:88888/', expected: 'other' },
  { a: 'HTTPS://h:443/mcp', b: 'https://h/mcp', expected: 'case' },
  { a: 'https://h:443/mcp/', b: 'https://h/mcp', expected: 'trailing-slash' },
]

describe('the difference', () => {
  test.each(differences)('between $a and $b is $expected', ({ a, b, expected }) => {
    expect(difference(a, b)).toBe(expected)
    expect(difference(b, a)).toBe(expected)
  })

  test('is one of spelling exactly when both are the same thing', () => {
    const spellings: unknown[] = ['trailing-slash', 'case', 'default-port', 'percent-encoding']
    const scheme = fc.constantFrom('http', 'https', 'HTTPS')
    const host = fc.constantFrom('h.example', 'H.example', 'www.h.example')
    const port = fc.constantFrom('', ':443', ':80', ':8443')
    const path = fc.constantFrom('', '/', '/a', '/a/', '/%61', '/a/b', '/A')
    const query = fc.constantFrom('', '?q', '?%71')
    const url = fc
      .tuple(scheme, host, port, path, query)
      .map(([s, ...rest]) => `${s}://${rest.join('')}`)
    fc.assert(
      fc.property(url, url, (a, b) => {
        const found = difference(a, b)
        expect(spellings.includes(found)).toBe(a !== b && sameUrl(a, b))
        expect(found === undefined).toBe(a === b)
      }),
      { numRuns: 2000 },
    )
  })
})
