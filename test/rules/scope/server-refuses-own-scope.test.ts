import { describe } from 'vitest'
import ownScope from '../../../rules/scope/server-refuses-own-scope.ts'
import { testExamples } from '../examples.ts'
import { asks, invalidScope, listing } from './scopes.ts'

describe('scope/server-refuses-own-scope', () => {
  testExamples(ownScope, {
    good: [
      {
        name: 'of two scopes the one that is not listed is named in the refusal',
        http: `${listing('["mcp"]')}${asks('mcp x', invalidScope.replace('&state', '&error_description=x&state'))}`,
      },
    ],
    bad: [
      {
        name: 'a registration is refused for a scope that is listed',
        http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","token_endpoint":"https://as.example/token","response_types_supported":["code"],"registration_endpoint":"https://as.example/register","scopes_supported":["mcp"]}

          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["http://127.0.0.1:1/cb"],"scope":"mcp"}

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_client_metadata","error_description":"scope mcp is not allowed"}`,
        expect: { severity: 'error', fault: 'authorization-server' },
      },
    ],
  })
})
