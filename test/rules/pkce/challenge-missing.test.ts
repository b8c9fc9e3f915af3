import { describe, expect, test } from 'vitest'
import missing from '../../../rules/pkce/challenge-missing.ts'
import { run } from '../run.ts'
import { authorize, hidden, query, variants } from './requests.ts'

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
