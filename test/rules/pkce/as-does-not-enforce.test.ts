import { describe, expect, test } from 'vitest'
import unchecked from '../../../rules/pkce/as-does-not-enforce.ts'
import { run } from '../run.ts'
import {
  asked,
  authorize,
  callback,
  hidden,
  redeem,
  removed,
  variants,
  verifier,
} from './requests.ts'

describe('pkce/as-does-not-enforce', () => {
  test.each([
    ['no-challenge-accepted', authorize() + callback + redeem(undefined)],
    ['downgrade', authorize() + callback + redeem(verifier)],
    ['missing-verifier-accepted', asked + callback + redeem(undefined)],
    ['wrong-verifier-accepted', asked + callback + redeem(`${verifier}x`)],
  ])('finds %s', (variant, http) => {
    const result = run(unchecked, http)
    expect(variants(result)).toEqual([variant])
    expect(result.findings[0]).toMatchObject({ severity: 'error', fault: 'authorization-server' })
  })

  test.each([
    ['the authorization request', redeem(verifier)],
    ['the authorization request', hidden + callback + redeem(verifier)],
    ['the authorization response', asked + redeem(`${verifier}x`)],
    ['what was removed from this capture', asked + callback + redeem(removed)],
  ])('cannot be told without %s', (leg, http) => {
    expect(run(unchecked, http)).toMatchObject({ outcome: 'blind', leg, findings: [] })
  })
})
