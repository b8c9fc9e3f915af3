import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import mismatch from '../../../rules/pkce/verifier-mismatch.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'
import { authorize, callback, redeem, s256, success, verifier } from './verifiers.ts'

describe('the mismatch', () => {
  const hash = createHash('sha256').update(verifier).digest()
  test.each([
    ['hex-digest', hash.toString('hex')],
    ['padded', `${hash.toString('base64url')}=`],
    ['standard-base64', hash.toString('base64')],
    ['plain-vs-s256', verifier],
    ['raw-bytes', s256(Buffer.from(verifier, 'base64url'))],
    ['truncated', s256(verifier.slice(0, 43))],
    ['unexplained', s256('another')],
  ])('is explained as %s', (variant, challenge) => {
    const { findings } = run(mismatch, authorize({ challenge }) + callback + redeem(verifier))
    expect(findings).toHaveLength(1)
    expect(findings[0]).toMatchObject({ variant, confidence: 'certain', fault: 'client' })
  })

  test('is explained as a plus sign that was decoded to a space', () => {
    const { findings } = run(
      mismatch,
      authorize({}) + callback + redeem(verifier.replace('+', ' ')),
    )
    expect(findings[0]?.variant).toBe('double-decoded')
  })

  test('is explained as a verifier that was encoded twice', () => {
    const sent = redeem(encodeURIComponent(verifier))
    expect(run(mismatch, authorize({}) + callback + sent).findings[0]?.variant).toBe(
      'double-encoded',
    )
  })

  test('cannot be seen where the authorization request was not', () => {
    expect(run(mismatch, redeem(verifier)).outcome).toBe('blind')
    const hidden = authorize({ challenge: '', method: '', more: '&request=jar' })
    expect(run(mismatch, hidden + callback + redeem(verifier)).outcome).toBe('blind')
  })

  test('cannot be told by order alone when the code was accepted', () => {
    expect(run(mismatch, authorize({}) + redeem('other', success)).outcome).toBe('blind')
    expect(run(mismatch, authorize({}) + redeem('other')).findings[0]?.confidence).toBe('likely')
  })

  test('is none when the challenge is missing, which is another mistake', () => {
    const http = authorize({ challenge: '', method: '' }) + callback + redeem(verifier)
    expect(run(mismatch, http).outcome).toBe('silent')
  })

  test('is none when no method is named and either reading fits', () => {
    for (const challenge of [verifier, s256(verifier)]) {
      const http = authorize({ challenge, method: '' }) + callback + redeem(verifier)
      expect(run(mismatch, http).outcome).toBe('pass')
    }
  })

  test('is that of methods when plain is named and a hash is sent', () => {
    const http = authorize({ method: 'plain' }) + callback + redeem(verifier)
    expect(run(mismatch, http).findings[0]?.variant).toBe('plain-vs-s256')
  })

  test('of two logins is only likely when nobody saw which one the code came from', () => {
    const two = authorize({}) + authorize({ challenge: s256('two'), state: 's2' })
    expect(run(mismatch, two + redeem(verifier)).findings[0]).toMatchObject({
      variant: 'other-request',
      confidence: 'likely',
    })
    expect(run(mismatch, two + redeem(verifier, success)).outcome).toBe('pass')
    expect(run(mismatch, two + callback + redeem(verifier)).outcome).toBe('pass')
  })
})

testExamples(mismatch, {
  good: [
    {
      name: 'of two parallel logins each uses its own verifier',
      http: `
          # handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&state=s1&code_challenge=\${s256 v1}&code_challenge_method=S256

          # handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&state=s2&code_challenge=\${s256 v2}&code_challenge_method=S256

          # handed-over
          > GET http://127.0.0.1:1/cb?code=c1&state=s1

          > POST https://as.example/token

          grant_type=authorization_code&code=c1&client_id=app&code_verifier=v1

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_ one}","token_type":"Bearer"}`,
    },
  ],
  bad: [
    {
      name: 'the challenge is the verifier itself, with the method S256',
      http: `
          # handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&state=s1&code_challenge=v1&code_challenge_method=S256

          > POST https://as.example/token

          grant_type=authorization_code&code=c1&client_id=app&code_verifier=v1

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_grant"}`,
      expect: { variant: 'plain-vs-s256' },
    },
  ],
})
