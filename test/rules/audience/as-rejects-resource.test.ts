import { describe, expect, test } from 'vitest'
import rule from '../../../rules/audience/as-rejects-resource.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'
import { issued, metadata, redeem } from './resource-parameters.ts'

testExamples(rule, {
  good: [
    {
      name: 'a refusal for another reason, and a page about a lost document',
      http: `
        > POST https://as.example/token

        grant_type=authorization_code&code=c1&client_id=app&resource=https%3A%2F%2Fmcp.example%2Fmcp

        < HTTP/1.1 400 Bad Request

        {"error":"invalid_grant","error_description":"code has expired"}

        > GET https://as.example/a?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&resource=https%3A%2F%2Fmcp.example%2Fmcp

        < HTTP/1.1 404 Not Found
        < content-type: text/html

        <html><title>404</title>The requested resource is not available.</html>`,
    },
  ],
  bad: [
    {
      name: 'a page says that the parameter is not supported',
      http: `
        > GET https://login.microsoftonline.com/t/oauth2/v2.0/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&resource=https%3A%2F%2Fmcp.example%2Fmcp

        < HTTP/1.1 400 Bad Request
        < content-type: text/html

        <html>AADSTS901002: The 'resource' request parameter is not supported.</html>`,
      expect: { variant: 'unsupported-parameter' },
    },
    {
      name: 'the scopes that the MCP server publishes belong to another resource',
      http: `
        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 200 OK

        {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"],"scopes_supported":["api://other/.default"]}

        > POST https://as.example/token

        grant_type=authorization_code&code=c1&client_id=app&resource=https%3A%2F%2Fmcp.example%2Fmcp&scope=api%3A%2F%2Fother%2F.default

        < HTTP/1.1 400 Bad Request

        {"error":"invalid_target","error_description":"AADSTS9010010: The resource parameter provided in the request doesn't match with the requested scopes."}`,
      expect: { variant: 'scope-conflict', fault: 'resource-server' },
    },
  ],
})

test('a resource that the grant was not asked for with is refused rightly', () => {
  const refresh = (resource: string) => `\${opening until mcp}

    > POST https://as.example/token
    > content-type: application/x-www-form-urlencoded

    grant_type=refresh_token&refresh_token=r1&client_id=app&resource=${encodeURIComponent(resource)}

    < HTTP/1.1 400 Bad Request

    {"error":"invalid_target"}`
  expect(run(rule, refresh('https://mcp.example')).findings).toEqual([])
  expect(run(rule, refresh('https://mcp.example/mcp')).findings).toHaveLength(1)
})

const invalidTarget = '< HTTP/1.1 400 Bad Request\n\n{"error":"invalid_target"}'

describe('invalid_target', () => {
  test.each([
    ['for a resource of the client’s own invention', 'https://other.example/mcp'],
    ['for a resource in the client’s own spelling', 'https://mcp.example/mcp/'],
  ])('%s is no fault of the server', (_, resource) => {
    const http = metadata('https://mcp.example/mcp') + redeem(resource, invalidTarget)
    expect(run(rule, http).outcome).toBe('silent')
  })

  test('without a resource in the request says nothing about it', () => {
    const http = `
> POST https://as.example/token

grant_type=authorization_code&code=c1&client_id=app

${invalidTarget}`
    expect(run(rule, http).outcome).toBe('silent')
  })

  test('is a warning once a later attempt succeeds', () => {
    const resource = 'https://mcp.example/mcp'
    const http =
      metadata(resource) +
      redeem(resource, invalidTarget) +
      redeem(resource, issued('${secret at_ one}'))
    expect(run(rule, http).findings.map(({ severity }) => severity)).toEqual(['warning'])
  })

  test('of Entra ID comes with advice for Entra ID', () => {
    const http = redeem('https://mcp.example/mcp', invalidTarget).replace(
      'https://as.example/token',
      'https://login.microsoftonline.com/t/oauth2/v2.0/token',
    )
    expect(run(rule, http).findings[0]?.hint).toContain('identifierUris')
  })
})

/** A server hands the login on to a service behind it, with these parameters, and is answered so. */
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

< HTTP/1.1 400 Bad Request
< content-type: text/plain

the login failed
`

const handedOn = '&resource=https%3A%2F%2Fmcp.example%2Fmcp'

describe('a login service behind the server', () => {
  testExamples(rule, {
    good: [
      {
        name: 'that refuses something else',
        http: upstream(handedOn, 'error=access_denied&error_description=The+user+said+no'),
      },
      {
        name: "that refuses a resource of the server's own choice",
        http: upstream(
          '&resource=https%3A%2F%2Fapi.example',
          'error=invalid_target&error_description=unknown+resource',
        ),
      },
    ],
    bad: [
      {
        name: 'that does not take the parameter',
        http: upstream(
          handedOn,
          'error=invalid_request&error_description=AADSTS901002%3A+The+%27resource%27+request+parameter+is+not+supported.',
        ),
        expect: { variant: 'unsupported-parameter', fault: 'authorization-server' },
      },
      {
        name: 'that does not know the resource',
        http: upstream(handedOn, 'error=invalid_target'),
        expect: { variant: 'unknown-resource', fault: 'authorization-server' },
      },
      {
        name: 'that says it in the words of RFC 8707',
        http: upstream(
          handedOn,
          'error=invalid_request&error_description=Resource+parameter+not+supported',
        ),
        expect: { fault: 'authorization-server' },
      },
    ],
  })
})
