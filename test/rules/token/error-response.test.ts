import { expect, test } from 'vitest'
import { runRule } from '../../../src/core/example.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { loadRules } from '../../../src/rules.ts'

const { rules } = await loadRules()
const rule = rules.find(({ id }) => id === 'token/error-response')!

test('a refusal is not blamed on what broke an earlier request', () => {
  const { findings } = runRule(
    rule,
    rules,
    parseTranscript(`
      > GET https://as.example/authorize?response_type=code&client_id=app&state=s1&code_challenge=\${s256 the-right-verifier-that-is-long-enough-for-it}&code_challenge_method=S256&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb

      < HTTP/1.1 302 Found
      < location: http://127.0.0.1:5000/cb?code=c1&state=s1

      > POST https://as.example/token
      > content-type: application/x-www-form-urlencoded

      grant_type=authorization_code&code=c1&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&code_verifier=another-verifier-that-is-long-enough-for-it-too

      < HTTP/1.1 400 Bad Request

      {"error":"invalid_grant","error_description":"PKCE verification failed"}

      > POST https://as.example/token
      > content-type: application/x-www-form-urlencoded

      grant_type=client_credentials&client_id=app&client_secret=\${secret cs_}

      < HTTP/1.1 400 Bad Request

      {"error":"unauthorized_client"}`),
  )
  expect(findings.map(({ variant, fault }) => ({ variant, fault }))).toEqual([
    { variant: 'invalid_grant', fault: 'client' },
    { variant: 'unauthorized_client', fault: 'undetermined' },
  ])
})
