/** Rules on PKCE, case by case. */
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import malformed from '../../../rules/pkce/value-malformed.ts'
import method from '../../../rules/pkce/method-not-s256.ts'
import missing from '../../../rules/pkce/challenge-missing.ts'
import mismatch from '../../../rules/pkce/verifier-mismatch.ts'
import rejected from '../../../rules/pkce/valid-verifier-rejected.ts'
import unchecked from '../../../rules/pkce/as-does-not-enforce.ts'
import verifierMissing from '../../../rules/pkce/verifier-missing.ts'
import weak from '../../../rules/pkce/verifier-weak-or-reused.ts'
import { run } from '../run.ts'

const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const s256 = (text: string) => createHash('sha256').update(text).digest('base64url')
/** What stands in a redacted capture that tells nothing of the value. */
const removed = '‹code_verifier:86d784994e39ed61›'

const query = (params: Record<string, string>) => new URLSearchParams(params).toString()
const authorize = (params: Record<string, string> = {}) => `
# handed-over
> GET https://as.example/authorize?${query({ response_type: 'code', client_id: 'app', state: 's1', ...params })}
`
const asked = authorize({ code_challenge: s256(verifier), code_challenge_method: 'S256' })
const hidden = authorize({ request: 'jar' })
const metadata = `
> GET https://as.example/.well-known/oauth-authorization-server

< HTTP/1.1 200 OK

{"issuer":"https://as.example","pushed_authorization_request_endpoint":"https://as.example/par"}
`
const pushed = (params: Record<string, string>) => `
> POST https://as.example/par
> content-type: application/x-www-form-urlencoded

${query({ client_id: 'app', ...params })}

< HTTP/1.1 201 Created

{"request_uri":"urn:1","expires_in":60}
`
const callback = '\n# handed-over\n> GET http://127.0.0.1:1/cb?code=c1&state=s1\n'
const issued = '< HTTP/1.1 200 OK\n\n{"access_token":"${secret at_ one}","token_type":"Bearer"}'
const refused = (error: string, words = '') =>
  `< HTTP/1.1 400 Bad Request\n\n{"error":"${error}","error_description":"${words}"}`
const redeem = (sent: string | undefined, answer = issued) => `
> POST https://as.example/token
> content-type: application/x-www-form-urlencoded

${query({ grant_type: 'authorization_code', code: 'c1', client_id: 'app', ...(sent === undefined ? {} : { code_verifier: sent }) })}

${answer}
`
const variants = (result: ReturnType<typeof run>) => result.findings.map(({ variant }) => variant)

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
    ['the request body', asked + callback + redeem(removed)],
  ])('cannot be told without %s', (leg, http) => {
    expect(run(unchecked, http)).toMatchObject({ outcome: 'blind', leg, findings: [] })
  })
})

describe('pkce/challenge-missing', () => {
  test.each([
    ['absent', authorize()],
    ['empty', authorize({ code_challenge: '' })],
    ['absent', pushed({ response_type: 'code' })],
  ])('finds one that is %s', (variant, http) => {
    expect(variants(run(missing, http))).toEqual([variant])
  })

  test.each([hidden, metadata + pushed({ request: 'jar' })])(
    'cannot be told of a request object',
    (http) => {
      const leg = 'the authorization request'
      expect(run(missing, http)).toMatchObject({ outcome: 'blind', leg, findings: [] })
    },
  )
})

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
    ['the request body', asked + callback + redeem(removed, blamed)],
  ])('cannot be told without %s', (leg, http) => {
    expect(run(rejected, http)).toMatchObject({ outcome: 'blind', leg, findings: [] })
  })
})

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
      'the authorization request',
      authorize({ code_challenge: '‹code_challenge:86d784994e39ed61›' }),
    ],
    ['the request body', redeem(removed)],
  ])('cannot be told without %s', (leg, http) => {
    expect(run(malformed, http)).toMatchObject({ outcome: 'blind', leg, findings: [] })
  })
})

describe('what is known of the verifier alone', () => {
  test('a mismatch cannot be told where the verifier was taken out', () => {
    const http = asked + callback + redeem(removed, refused('invalid_grant'))
    const leg = 'the request body'
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
