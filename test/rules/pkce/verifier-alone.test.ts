/** What is known where the verifier is seen and the authorization request is not. */
import { describe, expect, test } from 'vitest'
import mismatch from '../../../rules/pkce/verifier-mismatch.ts'
import verifierMissing from '../../../rules/pkce/verifier-missing.ts'
import weak from '../../../rules/pkce/verifier-weak-or-reused.ts'
import { run } from '../run.ts'
import {
  asked,
  authorize,
  callback,
  hidden,
  redeem,
  refused,
  removed,
  s256,
  variants,
  verifier,
} from './requests.ts'

describe('what is known of the verifier alone', () => {
  test('a mismatch cannot be told where the verifier was taken out', () => {
    const http = asked + callback + redeem(removed, refused('invalid_grant'))
    const leg = 'what was removed from this capture'
    expect(run(mismatch, http)).toMatchObject({ outcome: 'blind', leg, findings: [] })
  })

  test.each([redeem(undefined), hidden + callback + redeem(undefined)])(
    'a missing one cannot be told without the authorization request',
    (http) => {
      const leg = 'the authorization request'
      expect(run(verifierMissing, http)).toMatchObject({ outcome: 'blind', leg, findings: [] })
    },
  )

  test.each([
    ['absent', undefined],
    ['empty', ''],
  ])('one that is %s is missing', (variant, sent) => {
    const http = asked + callback + redeem(sent, refused('invalid_grant'))
    expect(variants(run(verifierMissing, http))).toEqual([variant])
  })

  test('one of few characters can be guessed', () => {
    expect(variants(run(weak, redeem('abababab'.repeat(6))))).toEqual(['low-entropy'])
    expect(run(weak, redeem(verifier)).outcome).toBe('pass')
  })

  test('one that stands in the authorization request can be read', () => {
    const http = authorize({ code_challenge: s256(verifier), nonce: verifier }) + callback
    expect(variants(run(weak, http + redeem(verifier)))).toEqual(['leaked-in-url'])
  })

  test('one challenge for two logins is used again', () => {
    const again = (state: string) => authorize({ code_challenge: s256(verifier), state })
    expect(variants(run(weak, again('s1') + again('s2')))).toEqual(['reused'])
    expect(run(weak, again('s1') + again('s1')).outcome).toBe('pass')
  })
})
