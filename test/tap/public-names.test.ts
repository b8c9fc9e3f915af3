import { expect, test } from 'vitest'
import { PublicPlaces } from '../../src/tap/identity/public-places.ts'
import { enterNames } from '../../src/tap/public-names.ts'
import { readTarget } from '../../src/tap/target.ts'

const targets = [readTarget('https://mcp.example/mcp'), readTarget('http://localhost:3000/mcp')]
const entered = (names: string[], paths = false) => {
  const places = new PublicPlaces()
  const named = enterNames({ names, paths }, targets, places)
  return { places, named }
}

test.each(['a.test', 'https://a.test', 'https://a.test/', 'HTTPS://A.test/mcp'])(
  '%s names the server',
  (text) => {
    expect(entered([text]).places.of('https://mcp.example')).toEqual({
      origin: 'https://a.test',
      path: '',
    })
  },
)

test('names without an origin are for the servers in their order, the others are mapped from the start', () => {
  const { places, named } = entered(['a.test', 'https://as.example=b.test:8443', 'c.test'])
  expect(places.of('http://localhost:3000')?.origin).toBe('https://c.test')
  expect(places.of('https://as.example')?.origin).toBe('https://b.test:8443')
  expect(named).toEqual(['https://as.example'])
})

test('with paths each further origin gets one, the same as often as it is asked', () => {
  const { places } = entered(['a.test'], true)
  expect(places.take('https://as.example')).toEqual({ origin: 'https://a.test', path: '/~1' })
  expect(places.take('https://idp.example')?.path).toBe('/~2')
  expect(places.take('https://as.example')?.path).toBe('/~1')
})

test.each([
  [['http://a.test'], 'is no https address'],
  [['https://me:word@a.test'], 'is no https address'],
  [['https://a.test/other'], 'has a path'],
  [['localhost'], 'is on this machine'],
  [['mcp.example'], 'is the address of the server itself'],
  [['a.test', 'b.test', 'c.test'], 'one name more than there are servers'],
  [['a.test', 'https://as.example=a.test'], 'a second time'],
  [['https://as.example=a.test'], 'The MCP server itself has no public name'],
])('%j: %s', (names, message) => {
  expect(() => entered(names)).toThrow(message)
})
