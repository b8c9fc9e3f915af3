import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import malformed from '../../../rules/pkce/value-malformed.ts'
import { run } from '../run.ts'
import {
  authorize,
  hidden,
  redeem,
  refused,
  removed,
  s256,
  variants,
  verifier,
} from './requests.ts'

describe('pkce/value-malformed', () => {
  const hash = createHash('sha256').update(verifier).digest()
  test.each([
    ['challenge-padding', `${hash.toString('base64url')}=`],
    ['challenge-hex', hash.toString('hex')],
    ['challenge-standard-base64', `${'ab+/'.repeat(10)}abc`],
    ['challenge-length', s256(verifier).slice(1)],
    ['challenge-charset', s256(verifier).replace(/^./, 'ä')],
  ])('finds %s', (variant, challenge) => {
    const http = authorize({ code_challenge: challenge, code_challenge_method: 'S256' })
    expect(variants(run(malformed, http))).toEqual([variant])
  })

  test.each([
    ['verifier-too-short', verifier.slice(1)],
    ['verifier-too-long', verifier.repeat(3)],
    ['verifier-decoded', verifier.replace('-', ' ')],
    ['verifier-charset', verifier.replace('-', '+')],
  ])('finds %s', (variant, sent) => {
    expect(variants(run(malformed, redeem(sent, refused('invalid_grant'))))).toEqual([variant])
  })

  test('of the method plain only what no verifier may be', () => {
    const plain = (challenge: string) => authorize({ code_challenge: challenge })
    expect(run(malformed, plain(verifier)).outcome).toBe('pass')
    expect(variants(run(malformed, plain(`${verifier}+`)))).toEqual(['challenge-charset'])
  })

  test.each([
    ['the authorization request', hidden],
    [
      'what was removed from this capture',
      authorize({ code_challenge: '‹code_challenge:86d784994e39ed61›' }),
    ],
    ['what was removed from this capture', redeem(removed)],
  ])('cannot be told without %s', (leg, http) => {
    expect(run(malformed, http)).toMatchObject({ outcome: 'blind', leg, findings: [] })
  })
})
