import { describe } from 'vitest'
import rule from '../../../rules/authorization/consent-forced.ts'
import { testExamples } from '../examples.ts'

const asks = (prompt: string, answer: string) => `
  > GET https://as.example/authorize?response_type=code&client_id=app&prompt=${prompt}&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&state=s1

  < HTTP/1.1 302 Found
  < location: http://127.0.0.1:5000/cb?state=s1&${answer}
`
const token = `
  > POST https://as.example/token

  grant_type=authorization_code&code=c1&client_id=app

  < HTTP/1.1 200 OK

  {"access_token":"\${secret at_}","token_type":"Bearer"}
`

describe('authorization/consent-forced', () => {
  testExamples(rule, {
    good: [
      {
        name: 'the person declines',
        http: asks(
          'consent',
          'error=access_denied&error_description=AADSTS65004%3A+User+declined+to+consent+to+access+the+app.',
        ),
      },
      {
        name: 'the person says no to the consent, in few words',
        http: asks('consent', 'error=access_denied&error_description=consent_denied'),
      },
    ],
    bad: [
      {
        name: 'the consent of an administrator is asked for',
        http: asks('admin_consent', 'error=consent_required'),
        expect: { variant: 'admin_consent', severity: 'error' },
      },
      {
        name: 'a second request gets through',
        http: asks('consent', 'error=consent_required') + asks('login', 'code=c1') + token,
        expect: { variant: 'consent', severity: 'warning' },
      },
    ],
  })
})
