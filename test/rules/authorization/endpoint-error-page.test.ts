import { describe, expect, test } from 'vitest'
import page from '../../../rules/authorization/endpoint-error-page.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'
import { authorize, metadata } from './authorization-legs.ts'

describe('authorization/endpoint-error-page', () => {
  const refused = (status: string, words: string) =>
    authorize({}, `< HTTP/1.1 ${status}\n< content-type: text/html\n\n<h1>${words}</h1>`)
  test.each([
    ['redirect-uri', 'undetermined', refused('400 Bad Request', 'Redirect URI mismatch')],
    ['client-unknown', 'undetermined', refused('400 Bad Request', 'Unknown client')],
    ['not-found', 'undetermined', refused('404 Not Found', 'Not Found')],
    ['not-found', 'authorization-server', metadata() + refused('404 Not Found', 'Not Found')],
    ['server-error', 'authorization-server', refused('500 Internal Server Error', 'Oops')],
    ['server-error', 'undetermined', refused('503 Service Unavailable', 'Try later')],
    ['refused', 'undetermined', refused('400 Bad Request', 'Something is missing')],
  ])('finds %s, and names %s', (variant, fault, http) => {
    expect(run(page, http).findings).toMatchObject([{ variant, fault, severity: 'error' }])
  })
})

const shown = (title: string, words: string, more = '') => `
\${opening until registration}

> GET https://as.example/authorize?response_type=code&client_id=app&state=s1&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&code_challenge=\${s256 v1}&code_challenge_method=S256

< HTTP/1.1 200 OK
< content-type: text/html; charset=utf-8

<!doctype html><html><head><title>${title}</title></head><body><h1>${title}</h1><p>${words}</p></body></html>
${more}`

const forbidden = (name: string, title: string, words: string) => ({
  name,
  http: shown(title, words),
  expect: {
    variant: 'policy',
    severity: 'error' as const,
    fault: 'authorization-server' as const,
  },
})

const called = `
# handed-over
> GET http://127.0.0.1:5000/cb?code=c1&state=s1
`

testExamples(page, {
  good: [
    { name: 'a login', http: shown('Sign in', 'Enter your name and password.') },
    {
      name: 'a page that speaks of an administrator, and lets the person on',
      http: shown('Sign in', 'Contact your administrator if you have no account.', called),
    },
    {
      name: 'what was forbidden is allowed in the end',
      http: shown('Your admin has blocked this domain', 'Choose another site.', called),
    },
  ],
  bad: [
    forbidden(
      'the administrator blocked the domain of the client',
      'Your admin has blocked this domain',
      'Choose another site, or go back.',
    ),
    forbidden(
      'the organization blocked the application',
      'This app is blocked by your organization',
      'It has not been reviewed.',
    ),
    forbidden(
      'an administrator has to approve it first',
      'Approval required: ask your administrator',
      'Access denied until then.',
    ),
  ],
})
