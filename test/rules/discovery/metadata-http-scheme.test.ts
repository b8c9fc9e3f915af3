import { describe, expect, test } from 'vitest'
import rule from '../../../rules/discovery/metadata-http-scheme.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'
import { served, whole } from './documents.ts'

testExamples(rule, {
  good: [
    {
      name: 'https throughout; what is for people to read does not count',
      http: `
        > GET https://as.example/.well-known/oauth-authorization-server

        < HTTP/1.1 200 OK

        {"issuer":"https://as.example","token_endpoint":"https://as.example/t","service_documentation":"http://docs.example/"}`,
    },
    {
      name: 'http on loopback, in development',
      http: `
        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 200 OK

        {"resource":"https://mcp.example/mcp","authorization_servers":["http://localhost:9000"]}`,
    },
    {
      name: 'a network that knows no https',
      http: `
        > POST http://mcp.lab.example:3000/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer resource_metadata="http://mcp.lab.example:3000/.well-known/oauth-protected-resource/mcp"`,
    },
  ],
  bad: [
    {
      name: 'so does the authorization server, in one endpoint',
      http: `
        > GET https://as.example/.well-known/oauth-authorization-server

        < HTTP/1.1 200 OK

        {"issuer":"https://as.example","token_endpoint":"http://as.example/t"}`,
      expect: { variant: 'endpoint', fault: 'authorization-server', severity: 'error' },
    },
    {
      name: 'only an endpoint that no login needs',
      http: `
        > GET https://as.example/.well-known/oauth-authorization-server

        < HTTP/1.1 200 OK

        {"issuer":"https://as.example","token_endpoint":"https://as.example/t","end_session_endpoint":"http://as.example/bye"}`,
      expect: { variant: 'endpoint', severity: 'warning' },
    },
    {
      name: 'a redirect of the well-known URL goes to http',
      http: `
        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 301 Moved Permanently
        < location: http://mcp.example/.well-known/oauth-protected-resource/mcp/`,
      expect: { variant: 'location', fault: 'resource-server' },
    },
  ],
})

describe('http', () => {
  const resource = (document: unknown) => `
> GET https://mcp.example/.well-known/oauth-protected-resource/mcp

< HTTP/1.1 200 OK

${JSON.stringify(document)}
`

  test('on an internal host that the metadata points to is unprotected as well', () => {
    const { findings } = run(
      rule,
      resource({
        resource: 'https://mcp.example/mcp',
        authorization_servers: ['http://keycloak:8080/realms/one'],
      }),
    )
    expect(findings.map(({ variant }) => variant)).toEqual(['issuer'])
  })

  test('in a resource on another host is left to the rule that names the host', () => {
    expect(run(rule, resource({ resource: 'http://10.0.0.7/mcp' })).outcome).toBe('pass')
  })

  test('on a host that was reached over https, named by one that was not', () => {
    const { findings } = run(
      rule,
      served(whole) +
        resource({
          resource: 'http://mcp.lab/mcp',
          authorization_servers: ['http://as.example'],
        }).replaceAll('https://mcp.example', 'http://mcp.lab'),
    )
    expect(findings.map(({ variant }) => variant)).toEqual(['issuer'])
  })

  test('in a redirect to another host is another matter', () => {
    const http = `
> GET https://mcp.example/.well-known/oauth-protected-resource/mcp

< HTTP/1.1 302 Found
< location: http://docs.example/`
    expect(run(rule, http).outcome).toBe('silent')
  })
})
