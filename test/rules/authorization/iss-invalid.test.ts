import { expect, test } from 'vitest'
import rule from '../../../rules/authorization/iss-invalid.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'

testExamples(rule, {
  good: [
    {
      name: 'neither sent nor advertised',
      http: `
        > GET https://as.example/.well-known/oauth-authorization-server

        < HTTP/1.1 200 OK

        {"issuer":"https://as.example"}

        > GET https://as.example/authorize?response_type=code&client_id=app&state=s1&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb

        < HTTP/1.1 302 Found
        < location: http://127.0.0.1:5000/cb?code=c1&state=s1`,
    },
  ],
  bad: [
    {
      name: 'sent and not advertised',
      http: `
        > GET https://as.example/.well-known/oauth-authorization-server

        < HTTP/1.1 200 OK

        {"issuer":"https://as.example"}

        > GET http://127.0.0.1:5000/cb?code=c1&state=s1&iss=https%3A%2F%2Fas.example

        < HTTP/1.1 200 OK`,
      expect: { variant: 'unadvertised', severity: 'info' },
    },
  ],
})

/** A server that promises iss hands the login on to a service behind it, which knows nothing of that, and is answered so. */
const upstream = (parameters: string, answer: string) => `
\${opening only challenge resource-metadata}

> GET https://mcp.example/.well-known/oauth-authorization-server

< HTTP/1.1 200 OK
< content-type: application/json

{"issuer":"https://mcp.example","authorization_endpoint":"https://mcp.example/authorize","token_endpoint":"https://mcp.example/token","authorization_response_iss_parameter_supported":true}

# client=browser
> GET https://mcp.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&state=s1&code_challenge=\${s256 v1}&code_challenge_method=S256&resource=https%3A%2F%2Fmcp.example%2Fmcp

< HTTP/1.1 302 Found
< location: https://login.example/authorize?response_type=code&client_id=up&redirect_uri=https%3A%2F%2Fmcp.example%2Fauth%2Fcallback&state=t1${parameters}

# client=browser
> GET https://login.example/authorize?response_type=code&client_id=up&redirect_uri=https%3A%2F%2Fmcp.example%2Fauth%2Fcallback&state=t1${parameters}

< HTTP/1.1 302 Found
< location: https://mcp.example/auth/callback?${answer}&state=t1

# client=browser
> GET https://mcp.example/auth/callback?${answer}&state=t1

< HTTP/1.1 302 Found
< location: http://127.0.0.1:5000/cb?code=c1&state=s1&iss=https%3A%2F%2Fmcp.example

# client=browser
> GET http://127.0.0.1:5000/cb?code=c1&state=s1&iss=https%3A%2F%2Fmcp.example

< HTTP/1.1 200 OK
`

test.each(['code=u1', 'code=u1&iss=https%3A%2F%2Flogin.example', 'code=u1&session_state=x'])(
  'what a login service behind the server sends back to it is no response to the client: %s',
  (answer) => {
    const { outcome, findings } = run(rule, upstream('', answer))
    expect({ outcome, findings }).toEqual({ outcome: 'pass', findings: [] })
  },
)
