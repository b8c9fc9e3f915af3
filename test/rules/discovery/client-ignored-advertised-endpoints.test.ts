import { expect, test } from 'vitest'
import ignored from '../../../rules/discovery/client-ignored-advertised-endpoints.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'

testExamples(ignored, {
  good: [
    {
      name: 'a hop of the server to its own login service',
      http: `
        \${opening until authorize}

        # handed-over
        > GET https://login.other.example/authorize?response_type=code&client_id=as&redirect_uri=https%3A%2F%2Fas.example%2Fback&state=x1

        \${opening only callback token}`,
    },
    {
      name: 'an alias for mutual TLS',
      http: `
        \${opening only challenge resource-metadata}

        > GET https://as.example/.well-known/oauth-authorization-server

        < HTTP/1.1 200 OK

        {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","token_endpoint":"https://as.example/token","mtls_endpoint_aliases":{"token_endpoint":"https://mtls.as.example/token"}}

        \${opening only authorize callback}

        > POST https://mtls.as.example/token

        grant_type=authorization_code&code=c1&client_id=app

        < HTTP/1.1 200 OK

        {"access_token":"\${secret at_}","token_type":"Bearer"}`,
    },
  ],
  bad: [
    {
      name: 'the person is sent to another page for login',
      http: `
        \${opening only challenge resource-metadata server-metadata}

        > GET https://as.example/login/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&state=s1

        < HTTP/1.1 404 Not Found`,
      expect: { variant: 'authorize', severity: 'error' },
    },
    {
      name: 'registration at another path',
      http: `
        \${opening only challenge resource-metadata server-metadata}

        > POST https://as.example/connect/register
        > content-type: application/json

        {"redirect_uris":["http://127.0.0.1:5000/cb"]}

        < HTTP/1.1 404 Not Found`,
      expect: { variant: 'registration', severity: 'error' },
    },
  ],
})

test('default endpoints after a search in vain are no fault of the client', () => {
  const http = `
    \${opening only challenge}

    > GET https://mcp.example/.well-known/oauth-authorization-server

    < HTTP/1.1 404 Not Found

    > POST https://mcp.example/register
    > content-type: application/json

    {"redirect_uris":["http://127.0.0.1:5000/cb"]}

    < HTTP/1.1 404 Not Found`
  expect(run(ignored, http).outcome).toBe('blind')
})

test('a token exchange at the server of the company goes elsewhere by right', () => {
  const http = `
    \${opening until registration}

    > POST https://idp.example/token

    grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&subject_token=x

    < HTTP/1.1 200 OK

    {"access_token":"\${secret at_}","token_type":"N_A"}`
  expect(run(ignored, http).findings).toEqual([])
})
