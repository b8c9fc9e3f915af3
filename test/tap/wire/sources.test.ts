import { expect, test } from 'vitest'
import { isRange, Sources } from '../../../src/tap/wire/sources.ts'

test.each([
  ['203.0.113.9', true],
  ['203.0.114.9', false],
  ['203.0.113.9:51000', true],
  ['::ffff:203.0.113.9', true],
  ['[2001:db8::7]:443', true],
  ['2001:db9::7', false],
  ['198.51.100.1, 203.0.113.9', true],
  ['203.0.113.9, 198.51.100.1', false],
  ['unknown', false],
  ['', false],
])('a request from %j: let in %s', (value, expected) => {
  const sources = new Sources(['203.0.113.0/24', '2001:db8::/32'])
  expect(sources.admits([['X-Forwarded-For', value]])).toBe(expected)
})

test('a request that nothing tells the origin of is not let in, and only the named field counts', () => {
  const sources = new Sources(['203.0.113.9'], 'CF-Connecting-IP')
  expect(sources.admits([])).toBe(false)
  expect(sources.admits([['X-Forwarded-For', '203.0.113.9']])).toBe(false)
  expect(sources.admits([['cf-connecting-ip', '203.0.113.9']])).toBe(true)
})

test.each([
  ['203.0.113.0/24', true],
  ['2001:db8::/32', true],
  ['::1', true],
  ['203.0.113.0/33', false],
  ['203.0.113/24', false],
  ['claude', false],
  ['', false],
])('%j is a range: %s', (text, expected) => {
  expect(isRange(text)).toBe(expected)
})
