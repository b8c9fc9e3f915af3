import { describe, expect, test } from 'vitest'
import { keyedHash, s256, sha256 } from '../../../src/core/wire/hash.ts'

describe('the S256 challenge', () => {
  test('of the verifier in RFC 7636 Appendix B is the challenge given there', () => {
    const octets = [
      116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77,
      105, 214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
    ]
    const verifier = Buffer.from(octets).toString('base64url')
    const digest = [
      19, 211, 30, 150, 26, 26, 216, 236, 47, 22, 177, 12, 76, 152, 46, 8, 118, 168, 120, 173, 109,
      241, 68, 86, 110, 225, 137, 74, 203, 112, 249, 195,
    ]
    expect(s256(verifier)).toBe(Buffer.from(digest).toString('base64url'))
  })

  test('has no padding and tells one changed character', () => {
    expect(s256('x')).toMatch(/^[\w-]{43}$/)
    expect(s256('x')).not.toBe(s256('y'))
  })
})

test('SHA-256 of the empty text is the published digest', () => {
  expect(sha256('')).toBe(
    ['e3b0c44298fc1c149afbf4c8996fb924', '27ae41e4649b934ca495991b7852b855'].join(''),
  )
})

describe('a keyed hash', () => {
  const key = new Uint8Array(32).fill(7)

  test('is the first 64 bits of HMAC-SHA-256, as in RFC 4231 §4.3', () => {
    const jefe = Buffer.from('Jefe')
    expect(keyedHash(jefe, 'what do ya want for nothing?')).toBe('5bdcc146bf60754e')
  })

  test('is the same for the same key and value only', () => {
    const other = new Uint8Array(32).fill(8)
    expect(keyedHash(key, 'value')).toBe(keyedHash(key, 'value'))
    expect(keyedHash(key, 'value')).not.toBe(keyedHash(other, 'value'))
    expect(keyedHash(key, 'value')).not.toBe(keyedHash(key, 'Value'))
  })
})
