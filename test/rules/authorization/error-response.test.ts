import { expect, test } from 'vitest'
import rule from '../../../rules/authorization/error-response.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'

const login = `
  # handed-over
  > GET https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&state=s1
`
const answered = (error: string, description = '') =>
  `${login}
  # handed-over
  > GET http://127.0.0.1:1/cb?error=${error}&state=s1${description === '' ? '' : `&error_description=${encodeURIComponent(description)}`}`

testExamples(rule, {
  bad: [
    {
      name: 'the person declines, in words of Entra',
      http: answered('access_denied', 'AADSTS65004: User declined to consent to access the app.'),
      expect: { variant: 'access-denied', severity: 'info', fault: 'undetermined' },
    },
    {
      name: 'nobody says more than the code does',
      http: answered('access_denied', 'Access denied'),
      expect: { variant: 'access-denied', severity: 'info' },
    },
    {
      name: 'a reason that is no policy, and no person’s',
      http: answered('access_denied', 'Please verify your email before logging in.'),
      expect: { variant: 'access-denied-otherwise', severity: 'warning', fault: 'undetermined' },
    },
    {
      name: 'an administrator has to agree first',
      http: answered('access_denied', 'Need admin approval'),
      expect: { variant: 'access-denied-policy', fault: 'authorization-server' },
    },
    {
      name: 'the words stand in a parameter of its own',
      http: answered('access_denied&error_reason=User+is+not+assigned'),
      expect: { variant: 'access-denied-policy', fault: 'authorization-server' },
    },
    {
      name: 'the client may not ask for a code',
      http: answered('unauthorized_client'),
      expect: { variant: 'unauthorized-client', severity: 'error', fault: 'undetermined' },
    },
    {
      name: 'the answer leads to a callback out of sight',
      http: `
        > GET https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&state=s1&code_challenge=\${s256 v1}&code_challenge_method=S256

        < HTTP/1.1 302 Found
        < location: http://127.0.0.1:1/cb?error=temporarily_unavailable&state=s1`,
      expect: { variant: 'server-error', severity: 'error', fault: 'authorization-server' },
    },
    {
      name: 'the response comes as a form',
      http: `${login}
  # handed-over
  > POST http://127.0.0.1:1/cb
  > content-type: application/x-www-form-urlencoded

  error=access_denied&error_description=User+is+not+assigned+to+the+client+application.&state=s1`,
      expect: { variant: 'access-denied-policy', severity: 'error' },
    },
  ],
})

test('the words that tell a policy are shown where they stand', () => {
  const { findings } = run(rule, answered('access_denied&error_reason=User+is+not+assigned'))
  expect(findings[0]?.evidence.map(({ at }) => at)).toContain('request.query.error_reason')
})
