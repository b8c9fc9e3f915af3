import { expect, test } from 'vitest'
import { differing, factIn } from '../../../src/tui/model/fact-line.ts'
import { width } from '../../../src/tui/term/width.ts'

const fact = {
  subject: 'resource',
  found: 'https://mcp.example.com/servers/one',
  expected: 'https://mcp.example.com/servers/two',
}

test('a fact takes ever fewer words; what two values share goes before they are cut', () => {
  expect(factIn(fact, 100)).toBe(
    'resource is https://mcp.example.com/servers/one, must be https://mcp.example.com/servers/two',
  )
  expect(factIn(fact, 80)).toBe(
    'resource is mcp.example.com/servers/one, must be mcp.example.com/servers/two',
  )
  expect(factIn(fact, 72)).toBe(
    'resource mcp.example.com/servers/one, want mcp.example.com/servers/two',
  )
  expect(factIn(fact, 50)).toBe('resource …/one, want …/two')
  const other = { subject: 'a', found: 'a.example', expected: 'b.example' }
  expect(differing(other)).toEqual(other)
})

test('what both end with alike goes before the name of what is wrong does', () => {
  const uri = {
    subject: 'redirect_uri',
    found: 'http://localhost:41019/callback',
    expected: 'http://127.0.0.1:41019/callback',
  }
  expect(factIn(uri, 47)).toBe('redirect_uri localhost…, want 127.0.0.1…')
  expect(factIn(uri, 30)).toBe('localhost…, want 127.0.0.1…')
  expect(factIn({ subject: '401 to a new token ("expired")' }, 20)).toBe('401 to a new token')
})

test('values that share nothing are both seen in part', () => {
  const other = { subject: 'aud', found: 'api://default', expected: 'http://127.0.0.1:36743/mcp' }
  expect(factIn(other, 44)).toBe('aud api://default, want 127.0.0.1:36743/mcp')
  const long = { subject: 'code_verifier', found: 'a'.repeat(43), expected: 'b'.repeat(43) }
  expect(factIn(long, 60)).toMatch(/^code_verifier a{10,}…, want b{10,}…$/)
  expect(factIn({ subject: 'aud', expected: 'https://a.example/mcp' }, 30)).toBe(
    'no aud, want a.example/mcp',
  )
})

test.each([0, 5, 12, 20, 33, 70])('it never takes more than %i columns', (columns) => {
  expect(width(factIn(fact, columns))).toBeLessThanOrEqual(columns)
})
