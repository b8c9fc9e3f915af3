import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OriginMap } from '../../../src/tap/identity/map.ts'

const mcp = 'http://127.0.0.1:9000'
const as = 'https://as.example'

/** The target and an authorization server, at names of their own or below one. */
function mapped(layout: 'names' | 'paths'): OriginMap {
  const map = new OriginMap()
  map.places.name(mcp, 'https://mcp.test')
  if (layout === 'names') map.places.name(as, 'https://as.test')
  else map.places.share('https://mcp.test')
  map.add(mcp, 41234)
  map.add(as, 41235)
  map.places.take(mcp)
  map.places.take(as)
  return map
}

describe('a client from elsewhere', () => {
  test.each([
    [`${mcp}/mcp?a=b#c`, 'https://mcp.test/mcp?a=b#c', 'https://mcp.test/mcp?a=b#c'],
    [as, 'https://as.test', 'https://mcp.test/~1'],
    [`${as}/`, 'https://as.test/', 'https://mcp.test/~1/'],
    ['HTTPS://AS.example:443/t', 'HTTPS://AS.test:443/t', 'HTTPS://MCP.test:443/~1/t'],
    [
      `${as}/.well-known/oauth-authorization-server/tenant`,
      'https://as.test/.well-known/oauth-authorization-server/tenant',
      'https://mcp.test/.well-known/oauth-authorization-server/~1/tenant',
    ],
    ['https://other.example/', 'https://other.example/', 'https://other.example/'],
  ])('is shown %s as %s, or with one name only as %s', (url, own, below) => {
    for (const [layout, shown] of [
      ['names', own],
      ['paths', below],
    ] as const) {
      const map = mapped(layout)
      expect(map.toLocal(url, 'mcp.test').toLowerCase()).toBe(shown.toLowerCase())
      expect(map.toUpstream(map.toLocal(url, 'mcp.test'))).toBe(url)
    }
  })

  test('on this machine is shown local addresses all the same', () => {
    expect(mapped('paths').toLocal(`${as}/t`, 'localhost')).toBe('http://localhost:41235/t')
  })

  test('sees what has no name by its real address', () => {
    const map = mapped('names')
    map.add('https://idp.example', 41236)
    expect(map.toLocal('https://idp.example/t', 'mcp.test')).toBe('https://idp.example/t')
    expect(map.toLocal('https://idp.example/t', 'localhost')).toBe('http://localhost:41236/t')
  })

  test('does not take a public name that a server itself names for the translated one', () => {
    const map = mapped('names')
    const shown = map.toLocal('https://mcp.test/mcp', 'mcp.test')
    expect(shown).toBe('https://mcp-test.this-proxy.invalid/mcp')
    expect(map.toUpstream(shown)).toBe('https://mcp.test/mcp')
  })

  test.each([
    ['/~1', ''],
    ['/~1/token?x', '/token?x'],
    ['/~1?x', '?x'],
    ['/.well-known/openid-configuration/~1', '/.well-known/openid-configuration'],
    ['/~1/.well-known/openid-configuration', '/.well-known/openid-configuration'],
  ])('means with %s below a name the authorization server’s %s', (target, rest) => {
    expect(mapped('paths').find('https://mcp.test', target)).toEqual({ upstream: as, rest })
  })

  test.each(['/~11/token', '/~2', '/mcp/~1', '/a/.well-known/openid-configuration/~1'])(
    'means with %s something of the target',
    (target) => {
      const found = mapped('paths').find('https://mcp.test', target)
      expect(found).toEqual({ upstream: mcp, rest: target })
    },
  )

  test('is led from the root of a server to the root of its place', () => {
    const map = mapped('paths')
    expect(map.toLocalFrom(as, '/login?a', 'mcp.test')).toBe('/~1/login?a')
    expect(map.toLocalFrom(as, '//elsewhere.example/', 'mcp.test')).toBe('//elsewhere.example/')
    expect(map.toLocalFrom(as, 'login', 'mcp.test')).toBe('login')
    expect(map.toLocalFrom(as, '/login', 'localhost')).toBe('/login')
  })
})

describe.each(['names', 'paths'] as const)('public %s keep what clients compare:', (layout) => {
  const url = fc
    .tuple(
      fc.constantFrom(mcp, as, 'HTTP://127.0.0.1:9000', 'https://AS.example', `${as}:443`),
      // A target with a path of our own spelling could not be told from a further origin.
      fc.constantFrom('', '/', '/mcp', '/mcp/', '/%7Emcp', layout === 'names' ? '/~1' : '/~', '?a'),
    )
    .map((parts) => parts.join(''))

  test('what was equal or unequal is so again', () => {
    fc.assert(
      fc.property(url, url, (one, other) => {
        const map = mapped(layout)
        const [a, b] = [map.toLocal(one, 'mcp.test'), map.toLocal(other, 'mcp.test')]
        expect(a === b).toBe(one === other)
        // Below a path a slash at the end counts, at the root of a host it does not: the notice says so.
        const bare = (text: string) => new URL(text).href.replace(/\/(?=$|[?#])/, '')
        expect(bare(a) === bare(b)).toBe(bare(one) === bare(other))
      }),
    )
  })

  test('what was translated comes back as it was', () => {
    fc.assert(
      fc.property(url, (one) => {
        const map = mapped(layout)
        expect(map.toUpstream(map.toLocal(one, 'mcp.test'))).toBe(one)
      }),
    )
  })
})
