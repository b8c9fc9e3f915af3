import { describe, expect, test } from 'vitest'
import {
  saysCredentialMissing,
  saysCredentialRefused,
  saysPkce,
  saysUnauthenticated,
} from '../../../src/core/step/phrases.ts'

describe('what a server says', () => {
  test.each([
    'Missing Authorization header',
    '{"error":"authentication token not found"}',
    'Bearer   token\nis missing',
    'No "Authorization" header was sent',
  ])('%j means that no credential came', (text) => {
    expect(saysCredentialMissing(text)).toBe(true)
    expect(saysUnauthenticated(text)).toBe(true)
  })

  test.each([
    'Missing or invalid Authorization header',
    'Invalid token, or no token provided or expired',
    'Token expired',
    'Unauthorized',
    '',
  ])('%j does not mean that none came', (text) => {
    expect(saysCredentialMissing(text)).toBe(false)
  })

  test.each(['Unauthorized', 'Authentication required', 'jwt malformed'])(
    '%j means that the caller is a stranger',
    (text) => expect(saysUnauthenticated(text)).toBe(true),
  )

  test.each(['Tool not found', 'Invalid params', 'authorised personnel'])(
    '%j has nothing to do with it',
    (text) => expect(saysUnauthenticated(text)).toBe(false),
  )

  test('tells a bad credential from none', () => {
    expect(saysCredentialRefused('The access token expired: token has expired')).toBe(true)
    expect(saysCredentialRefused('No token provided')).toBe(false)
  })

  test('names the verifier in one of its spellings', () => {
    expect(saysPkce('code_verifier is required')).toBe(true)
    expect(saysPkce('Invalid code verifier')).toBe(true)
    expect(saysPkce('the code has expired')).toBe(false)
  })

  test('is read only as far as makes sense', () => {
    expect(saysCredentialMissing(`${' '.repeat(500_000)}no token provided`)).toBe(false)
  })
})
