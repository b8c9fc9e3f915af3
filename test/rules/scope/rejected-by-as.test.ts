import { expect, test } from 'vitest'
import rule from '../../../rules/scope/rejected-by-as.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'

const invalid = (description: string) =>
  `< HTTP/1.1 400 Bad Request\n\n${JSON.stringify({ error: 'invalid_scope', error_description: description })}`
const ask = (scope: string, answer: string) => `
> POST https://as.example/token

grant_type=client_credentials&client_id=app&scope=${encodeURIComponent(scope)}

${answer}
`
const listed = (scopes: readonly string[]) => `
> GET https://mcp.example/.well-known/oauth-protected-resource/mcp

< HTTP/1.1 200 OK

{"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"],"scopes_supported":${JSON.stringify(scopes)}}
`
const catalogue = (scopes: readonly string[]) => `
> GET https://as.example/.well-known/oauth-authorization-server

< HTTP/1.1 200 OK

{"issuer":"https://as.example","scopes_supported":${JSON.stringify(scopes)}}
`

const verdict = (http: string) =>
  run(rule, http).findings.map(({ variant, fault }) => [variant, fault])

test('a scope that the MCP server lists and its authorization server does not is the MCP server’s', () => {
  const http = listed(['mcp', 'x']) + catalogue(['mcp']) + ask('mcp x', invalid(''))
  expect(verdict(http)).toEqual([['from-prm', 'resource-server']])
})

test('a scope that both list and the authorization server refuses is the authorization server’s', () => {
  const http = listed(['mcp']) + catalogue(['mcp']) + ask('mcp', invalid('mcp is not allowed'))
  expect(verdict(http)).toEqual([['from-prm', 'authorization-server']])
})

test('a scope that nobody named is the client’s', () => {
  const http = listed(['mcp']) + catalogue(['mcp']) + ask('openid', invalid(''))
  expect(verdict(http)).toEqual([['client-invented', 'client']])
})

test('a list that lacks the scope proves nothing while the scope is granted', () => {
  const granted = '< HTTP/1.1 200 OK\n\n{"access_token":"${secret at_ one}","token_type":"Bearer"}'
  expect(run(rule, catalogue(['mcp']) + ask('other', granted)).outcome).toBe('pass')
})

test('a refusal that the client recovers from is none', () => {
  const granted = '< HTTP/1.1 200 OK\n\n{"access_token":"${secret at_ one}","token_type":"Bearer"}'
  expect(run(rule, ask('mcp x', invalid('x')) + ask('mcp', granted)).outcome).toBe('pass')
})

test('a refusal because of the resource is another rule’s', () => {
  const answer = invalid('AADSTS9010010: the resource parameter does not match the scopes')
  expect(run(rule, ask('mcp', answer)).findings).toEqual([])
})

testExamples(rule, {
  bad: [
    {
      name: 'the client registered for less than it asks',
      http: `
          > POST https://as.example/register

          {"redirect_uris":["http://127.0.0.1:1/cb"],"scope":"mcp"}

          < HTTP/1.1 201 Created

          {"client_id":"app","redirect_uris":["http://127.0.0.1:1/cb"],"scope":"mcp"}

          # handed-over
          > GET https://as.example/a?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&state=s&scope=mcp%20offline_access

          # handed-over
          > GET http://127.0.0.1:1/cb?error=invalid_scope&error_description=offline_access&state=s`,
      expect: { variant: 'not-registered', fault: 'client' },
    },
  ],
})

testExamples(rule, {
  good: [
    {
      name: 'a request that is refused in words about something else',
      http: `
        > POST https://as.example/token

        grant_type=client_credentials&client_id=app&scope=mcp

        < HTTP/1.1 400 Bad Request

        {"error":"invalid_request","error_description":"Missing required permission"}`,
    },
  ],
  bad: [
    {
      name: 'under a code that says nothing, in words that name it',
      http: `
        > POST https://as.example/token

        grant_type=client_credentials&client_id=app&scope=mcp+admin

        < HTTP/1.1 400 Bad Request

        {"error":"invalid_request","error_description":"The scope admin is not known here"}`,
      expect: { variant: 'client-invented', severity: 'error', fault: 'client' },
    },
  ],
})
