import { describe, expect, test } from 'vitest'
import method from '../../../rules/pkce/method-not-s256.ts'
import { run } from '../run.ts'
import { authorize, hidden, s256, variants, verifier } from './requests.ts'

describe('pkce/method-not-s256', () => {
  test.each([
    ['missing', {}],
    ['plain', { code_challenge_method: 'plain' }],
    ['misspelled', { code_challenge_method: 's256' }],
  ])('finds one that is %s', (variant, params) => {
    expect(variants(run(method, authorize({ code_challenge: s256(verifier), ...params })))).toEqual(
      [variant],
    )
  })

  test('cannot be told of a request object', () => {
    const leg = 'the authorization request'
    expect(run(method, hidden)).toMatchObject({ outcome: 'blind', leg, findings: [] })
  })
})
