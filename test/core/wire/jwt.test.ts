import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { audiences, readToken } from '../../../src/core/wire/jwt.ts'

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const raw = (text: string) => Buffer.from(text).toString('base64url')
const signature = raw('not a signature')
const jwt = (header: unknown, claims: unknown) => `${encode(header)}.${encode(claims)}.${signature}`

describe('a token', () => {
  test('of three parts with a JSON header and payload is a JWT', () => {
    const value = jwt({ alg: 'RS256', typ: 'at+jwt' }, { aud: 'https://h', exp: 1 })
    expect(readToken(value)).toEqual({
      value,
      format: 'jwt',
      header: { alg: 'RS256', typ: 'at+jwt' },
      claims: { aud: 'https://h', exp: 1 },
    })
  })

  test('without a signature is a JWT still', () => {
    expect(readToken(`${encode({ alg: 'none' })}.${encode({ sub: 'a' })}.`).format).toBe('jwt')
  })

  test('of five parts with a JSON header is a JWE, and has no claims', () => {
    const value = [encode({ alg: 'dir', enc: 'A256GCM' }), '', 'aXY', 'dGV4dA', 'dGFn'].join('.')
    expect(readToken(value)).toEqual({
      value,
      format: 'jwe',
      header: { alg: 'dir', enc: 'A256GCM' },
    })
  })

  const opaque: { description: string; value: string }[] = [
    { description: 'that is empty', value: '' },
    { description: 'without dots', value: 'abc' },
    { description: 'of three words', value: 'abc.def.ghi' },
    { description: 'of five words', value: 'a.b.c.d.e' },
    { description: 'of two parts', value: `${encode({ alg: 'x' })}.${encode({})}` },
    { description: 'of four parts', value: `${encode({ alg: 'x' })}.${encode({})}.a.b` },
    { description: 'whose header is a list', value: jwt([], {}) },
    { description: 'whose payload is a list', value: jwt({ alg: 'x' }, ['a']) },
    { description: 'whose payload is text', value: `${encode({ alg: 'x' })}.${raw('hello')}.a` },
    { description: 'whose payload is null', value: jwt({ alg: 'x' }, null) },
    { description: 'with a space', value: ` ${jwt({ alg: 'x' }, {})}` },
    { description: 'with padding', value: `${encode({ alg: 'x' })}=.${encode({})}.a` },
    { description: 'that is too long', value: jwt({ alg: 'x' }, { a: 'a'.repeat(65536) }) },
  ]
  test.each(opaque)('$description is opaque', ({ value }) => {
    expect(readToken(value)).toEqual({ value, format: 'opaque' })
  })

  test('that claims to be a prototype changes none', () => {
    const claims = Buffer.from('{"__proto__":{"polluted":true}}').toString('base64url')
    const token = readToken(`${encode({ alg: 'x' })}.${claims}.a`)
    expect(token.format).toBe('jwt')
    expect('polluted' in {}).toBe(false)
  })

  test('gives back any header and claims', () => {
    const json = fc.dictionary(fc.string(), fc.jsonValue())
    fc.assert(
      fc.property(json, json, (header, claims) => {
        const token = readToken(jwt(header, claims))
        const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
        expect(plain(token.header)).toEqual(plain(header))
        expect(plain(token.claims)).toEqual(plain(claims))
      }),
    )
  })

  test('of any text is read without an exception and kept as it is', () => {
    const part = fc.oneof(fc.string(), fc.json().map(raw), fc.base64String())
    const text = fc.array(part, { maxLength: 6 }).map((parts) => parts.join('.'))
    fc.assert(fc.property(text, (value) => readToken(value).value === value))
  })

  test.each(['.', 'a.', 'a', '[', 'W1tb', '-'])('of a megabyte of %j is opaque', (unit) => {
    expect(readToken(unit.repeat(2 ** 20 / unit.length)).format).toBe('opaque')
  })
})

describe('the audiences of a token', () => {
  test.each([
    { description: 'one text', aud: 'a', expected: ['a'] },
    { description: 'a list', aud: ['a', 'b'], expected: ['a', 'b'] },
    { description: 'a list with other things in it', aud: ['a', 1, null, ['b']], expected: ['a'] },
    { description: 'nothing', aud: undefined, expected: [] },
    { description: 'a number', aud: 1, expected: [] },
    { description: 'an object', aud: { a: 'b' }, expected: [] },
  ])('are read from $description', ({ aud, expected }) => {
    expect(audiences(readToken(jwt({ alg: 'x' }, { aud })))).toEqual(expected)
  })

  test('are none when the token is opaque', () => {
    expect(audiences(readToken('abc'))).toEqual([])
  })
})
