import { describe, expect, test } from 'vitest'
import missing from '../../../rules/pkce/verifier-missing.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'
import { authorize, callback, redeem, refusal, success, verifier } from './verifiers.ts'

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
