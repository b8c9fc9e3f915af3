import { describe, expect, test } from 'vitest'
import rejected from '../../../rules/pkce/valid-verifier-rejected.ts'
import { run } from '../run.ts'
import { asked, callback, hidden, redeem, refused, removed, verifier } from './requests.ts'

describe('pkce/valid-verifier-rejected', () => {
  const blamed = refused('invalid_grant', 'PKCE verification failed')

  test('finds a verifier that fits and is blamed', () => {
    const result = run(rejected, asked + callback + redeem(verifier, blamed))
    expect(result.findings).toMatchObject([{ severity: 'error', confidence: 'certain' }])
  })

  test('finds nothing where the verifier does not fit, or nobody blames it', () => {
    expect(run(rejected, asked + callback + redeem(`${verifier}x`, blamed)).outcome).toBe('pass')
    const spent = refused('invalid_grant', 'code expired')
    expect(run(rejected, asked + callback + redeem(verifier, spent)).outcome).toBe('silent')
  })

  test.each([
    ['the authorization request', redeem(verifier, blamed)],
    ['the authorization request', hidden + callback + redeem(verifier, blamed)],
    ['what was removed from this capture', asked + callback + redeem(removed, blamed)],
  ])('cannot be told without %s', (leg, http) => {
    expect(run(rejected, http)).toMatchObject({ outcome: 'blind', leg, findings: [] })
  })
})
