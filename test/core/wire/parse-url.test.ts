import { expect, test } from 'vitest'
import { parseUrl } from '../../../src/core/wire/parse-url.ts'

test.each([
  ['https://as.example/a', undefined, 'https://as.example/a'],
  ['/b?c', 'https://as.example/a', 'https://as.example/b?c'],
  ['HTTPS://É/ ü', undefined, 'https://xn--9ca/%20%C3%BC'],
  ['as.example', undefined, undefined],
  ['https://', undefined, undefined],
])('%s after %s is %s', (text, base, expected) => {
  expect(parseUrl(text, base)?.href).toBe(expected)
})

test('a URL with letters beyond ASCII is one, however often it was asked', () => {
  const read = Array.from({ length: 100_000 }, (_, count) =>
    parseUrl(count % 2 === 0 ? 'https://as.example/ü' : 'https://as.example/u'),
  )
  expect(read.filter((url) => url === undefined)).toEqual([])
})
