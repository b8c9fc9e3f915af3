import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { filterKeys } from '../../../src/core/filter/keys.ts'
import type { FilterRecord } from '../../../src/core/filter/record.ts'
import { parseFilter } from '../../../src/core/filter/filter.ts'

const now = Date.UTC(2026, 10, 23, 12)

const challenge: FilterRecord = {
  method: 'POST',
  status: 401,
  kind: 'challenge',
  host: 'mcp.example.com',
  path: '/mcp?session=A b',
  flow: 'w1',
  startedAt: now - 60_000,
  findings: [
    { rule: 'challenge/no-metadata', severity: 'error', fault: 'resource-server' },
    { rule: 'bearer/missing', severity: 'info', fault: 'client' },
  ],
  headers: [['WWW-Authenticate', 'Bearer error="invalid_token"']],
  text: '{"error":"invalid_grant"}',
  jwt: {
    aud: ['https://api.example.com', 'https://other.example'],
    exp: 1_700_000_000,
    Scope: 'read write',
    realm_access: { roles: ['admin'] },
    'https://ns.example/role': 'reader',
    nothing: null,
  },
}

const quiet: FilterRecord = {
  method: 'GET',
  status: undefined,
  kind: 'jwks',
  host: 'as.example.com',
  path: '/jwks.json',
  flow: 'w12',
  startedAt: now - 600_000,
  findings: [],
}

function passes(text: string, record = challenge): boolean {
  const filter = parseFilter(text)
  if ('error' in filter) throw new Error(filter.error)
  return filter.test(record, now)
}

function errorOf(text: string): string {
  const filter = parseFilter(text)
  return 'error' in filter ? filter.error : ''
}

describe('a filter lets through what all its words say', () => {
  test.each([
    '',
    '   ',
    'mcp',
    'POST',
    'example.com/mcp',
    'https://mcp.example.com/mcp',
    '"A b"',
    'method:post',
    'method:get,POST',
    'status:401',
    'status:4xx',
    'status:40X',
    'status:>=400',
    'status:<402',
    'status:400-499',
    'status:200,401',
    'kind:challenge',
    'kind:chall',
    'kind:token,challenge',
    'host:MCP.example',
    'path:/mcp',
    'path:"session=A b"',
    'PATH:/mcp',
    'flow:W1',
    'finding:any',
    'finding:no-metadata',
    'rule:challenge/',
    'sev:error',
    'sev:err',
    'sev:>=warning',
    'sev:info',
    'fault:resource-server',
    'fault:mcp',
    'fault:client',
    'since:5m',
    'since:1.5m',
    'since:90s',
    'h:www-authenticate',
    'h:invalid_token',
    'h:"www-authenticate: bearer"',
    'body:invalid_grant',
    'jwt.aud:other.example',
    'jwt.aud:*',
    'jwt.exp:<1800000000',
    'jwt.exp:1700000000',
    'jwt.scope:write',
    'jwt.realm_access.roles:admin',
    'jwt.nothing:null',
    '!status:200',
    '!!status:401',
    '!path:/jwks',
    '!finding:none',
    'status:401 !path:/jwks host:example',
  ])('%s', (text) => expect(passes(text)).toBe(true))

  test.each([
    'jwks',
    'method:GET',
    'method:pos',
    'status:200',
    'status:5xx',
    'status:41x',
    'status:>401',
    'status:402-499',
    'status:none',
    'kind:token',
    'host:as.example',
    'path:/jwks',
    'flow:w12',
    'flow:w',
    'finding:none',
    'rule:pkce/',
    'sev:warning',
    'fault:authorization-server',
    'since:59s',
    'h:location',
    'body:nothing',
    'jwt.aud:third.example',
    'jwt.sub:*',
    'jwt.exp:>1800000000',
    'jwt.__proto__:*',
    'jwt.constructor:*',
    'jwt.aud.length:*',
    '!status:401',
    '!mcp',
    'status:401 path:/jwks',
  ])('and holds back what %s does not say', (text) => expect(passes(text)).toBe(false))

  test('what has no answer, finding, header, body or token passes for none of them', () => {
    for (const text of ['status:>=0', 'finding:any', 'sev:>=info', 'h:a', 'body:a', 'jwt.aud:*']) {
      expect(passes(text, quiet)).toBe(false)
      expect(passes(`!${text}`, quiet)).toBe(true)
    }
    expect(passes('status:none', quiet)).toBe(true)
    expect(passes('finding:none', quiet)).toBe(true)
  })

  test.each([
    ['as-meta', 'server-metadata'],
    ['res-meta', 'resource-metadata'],
    ['par', 'pushed-request'],
    ['register', 'registration'],
    ['metadata', 'client-metadata'],
  ] as const)('kind:%s is %s', (word, kind) => {
    expect(passes(`kind:${word}`, { ...quiet, kind })).toBe(true)
    expect(passes(`kind:${word}`, quiet)).toBe(false)
  })

  test('time goes on', () => {
    const filter = parseFilter('since:5m')
    if ('error' in filter) throw new Error(filter.error)
    expect(filter.test(challenge, now)).toBe(true)
    expect(filter.test(challenge, now + 300_000)).toBe(false)
  })

  test('a value in quotes is text, also when it looks like a key', () => {
    expect(passes('"status:401"')).toBe(false)
    expect(passes('"staus:401"', { ...quiet, path: '/staus:401' })).toBe(true)
    expect(passes('path:"status:"', { ...quiet, path: '/status:' })).toBe(true)
  })

  test('a quote that is not closed yet runs to the end', () => {
    expect(passes('path:"session=A b')).toBe(true)
    expect(passes('path:"session=A c')).toBe(false)
  })
})

describe('what is wrong with a filter is said in a sentence', () => {
  test.each([
    ['staus:401', 'There is no key staus. Use method, status,'],
    ['constructor:x', 'There is no key constructor.'],
    ['jwt:x', 'There is no key jwt.'],
    ['jwt.:x', 'There is no key jwt..'],
    ['status:', 'status: needs a value, such as status:4xx.'],
    ['jwt.aud:', 'jwt.aud: needs a value, such as jwt.aud:example.com.'],
    ['status:many', 'status: cannot be many; try status:4xx.'],
    ['status:>=4xx', 'status: cannot be >=4xx; try status:4xx.'],
    ['status:200,many', 'status: cannot be 200,many;'],
    ['status:,', 'status: cannot be ,;'],
    ['kind:nonsense', 'kind: cannot be nonsense; there are mcp, challenge,'],
    ['kind:__proto__', 'kind: cannot be __proto__;'],
    ['sev:fatal', 'sev: cannot be fatal; there are error, warning, info.'],
    ['sev:>=', 'sev: cannot be >=;'],
    ['fault:server', 'fault: cannot be server; there are client, resource-server,'],
    ['fault:toString', 'fault: cannot be toString;'],
    ['since:yesterday', 'since: cannot be yesterday; try since:5m.'],
    ['!', 'Write a word after the !.'],
    ['""', 'Write something between the quotes.'],
    ['fine status:', 'status: needs a value'],
  ])('%s', (text, sentence) => expect(errorOf(text)).toContain(sentence))
})

test('every key works as its own example says, and no two have the same name', () => {
  for (const { key, example } of filterKeys) {
    expect(example.startsWith(`${key}:`)).toBe(true)
    expect(errorOf(example)).toBe('')
  }
  expect(new Set(filterKeys.map(({ key }) => key)).size).toBe(filterKeys.length)
})

test('bodies, headers and tokens are looked at only when nothing else decides', () => {
  let looks = 0
  const costly = {
    ...quiet,
    get text() {
      looks++
      return 'invalid_grant'
    },
  }
  expect(passes('body:invalid status:200', costly)).toBe(false)
  expect(looks).toBe(0)
  expect(passes('body:invalid status:none', costly)).toBe(true)
  expect(looks).toBe(1)
})

test('any text at all is a filter or a sentence, and negated it lets the others through', () => {
  const word = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc
      .tuple(fc.constantFrom(...filterKeys.map(({ key }) => key), 'jwt.aud'), fc.string())
      .map(([key, value]) => `${key}:${value}`),
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 4 }), (words) => {
      const filter = parseFilter(words.join(' '))
      if ('error' in filter) expect(filter.error).toMatch(/\.$/)
      else expect(typeof filter.test(challenge, now)).toBe('boolean')
    }),
    { numRuns: 2000 },
  )
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9/.]{1,8}$/), (text) => {
      expect(passes(`!${text}`)).toBe(!passes(text))
    }),
  )
})

test('a filter of a megabyte is read in one pass', () => {
  expect(passes('!zz '.repeat(300_000))).toBe(true)
  expect(passes(`"${'a'.repeat(1_000_000)}`)).toBe(false)
  expect(errorOf(`${'!'.repeat(999_999)}`)).toBe('Write a word after the !.')
})
