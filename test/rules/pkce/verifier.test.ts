/** Rules on the code verifier, by which request the code is of. */
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import mismatch from '../../../rules/pkce/verifier-mismatch.ts'
import missing from '../../../rules/pkce/verifier-missing.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'

const verifier = 'The-verifier-is-43-characters-or-longer+than~that'

function s256(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('base64url')
}

interface Asked {
  readonly challenge?: string
  readonly method?: string
  readonly state?: string
  readonly more?: string
}

function authorize({
  challenge = s256(verifier),
  method = 'S256',
  state = 's1',
  more = '',
}: Asked) {
  const pkce = challenge === '' ? '' : `&code_challenge=${encodeURIComponent(challenge)}`
  const how = method === '' ? '' : `&code_challenge_method=${method}`
  return `\n# handed-over\n> GET https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&state=${state}${pkce}${how}${more}\n`
}

const callback = '\n# handed-over\n> GET http://127.0.0.1:1/cb?code=c1&state=s1\n'
const refusal = '< HTTP/1.1 400 Bad Request\n\n{"error":"invalid_grant"}'
const success = '< HTTP/1.1 200 OK\n\n{"access_token":"${secret at_ one}","token_type":"Bearer"}'

function redeem(sent: string | undefined, answer = refusal, query = '') {
  const form = sent === undefined ? '' : `&code_verifier=${encodeURIComponent(sent)}`
  return `\n> POST https://as.example/token${query}\n\ngrant_type=authorization_code&code=c1&client_id=app${form}\n\n${answer}\n`
}

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

describe('the missing verifier', () => {
  test('is a matter of the challenge when there was none', () => {
    const http = authorize({ challenge: '', method: '' }) + callback + redeem(undefined)
    expect(run(missing, http).outcome).toBe('silent')
  })

  test('is a matter of encoding when it went into the query or a JSON body', () => {
    const query = redeem(undefined, refusal, `?code_verifier=${encodeURIComponent(verifier)}`)
    expect(run(missing, authorize({}) + callback + query).outcome).toBe('silent')
    const json = `\n> POST https://as.example/token\n> content-type: application/json\n\n{"grant_type":"authorization_code","code":"c1","code_verifier":"v"}\n\n${refusal}\n`
    expect(run(missing, authorize({}) + callback + json).outcome).toBe('pass')
  })

  test('cannot be judged without the authorization request, unless the server asks for it', () => {
    expect(run(missing, redeem(undefined)).outcome).toBe('blind')
  })

  test('does not concern other grants', () => {
    const http = `> POST https://as.example/token\n\ngrant_type=refresh_token&refresh_token=r1\n\n${success}`
    expect(run(missing, http).outcome).toBe('silent')
  })

  test('is certain when the code was seen on its way, and likely otherwise', () => {
    expect(run(missing, authorize({}) + callback + redeem(undefined)).findings[0]?.confidence).toBe(
      'certain',
    )
    expect(run(missing, authorize({}) + redeem(undefined)).findings[0]?.confidence).toBe('likely')
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

testExamples(missing, {
  bad: [
    {
      name: 'the challenge was pushed, and the verifier is empty',
      http: `
          > POST https://as.example/par
          > content-type: application/x-www-form-urlencoded

          response_type=code&client_id=app&code_challenge=\${s256 v1}&code_challenge_method=S256

          < HTTP/1.1 201 Created

          {"request_uri":"urn:example:1","expires_in":60}

          # handed-over
          > GET https://as.example/authorize?client_id=app&request_uri=urn%3Aexample%3A1

          > POST https://as.example/token

          grant_type=authorization_code&code=c1&client_id=app&code_verifier=

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_request"}`,
      expect: { variant: 'empty' },
    },
  ],
})
