import { describe } from 'vitest'
import clientId from '../../../rules/registration/client-id-mismatch.ts'
import { testExamples } from '../examples.ts'

describe('registration/client-id-mismatch', () => {
  testExamples(clientId, {
    bad: [
      {
        name: 'the request is pushed as one client, and the browser sent as another',
        http: `
          > POST https://as.example/par
          > content-type: application/x-www-form-urlencoded

          response_type=code&client_id=one&state=s1&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb

          < HTTP/1.1 201 Created

          {"request_uri":"urn:example:1","expires_in":60}

          > GET https://as.example/authorize?client_id=two&request_uri=urn%3Aexample%3A1

          < HTTP/1.1 400 Bad Request`,
        expect: { variant: 'authorize-vs-pushed', severity: 'error' },
      },
      {
        name: 'a refresh token of another client',
        http: `
          \${opening only token}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=refresh_token&refresh_token=r1&client_id=other

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_grant"}`,
        expect: { variant: 'refresh-vs-issue', severity: 'error' },
      },
    ],
  })
})
