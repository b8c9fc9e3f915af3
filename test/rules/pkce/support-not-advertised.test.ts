import rule from '../../../rules/pkce/support-not-advertised.ts'
import { testExamples } from '../examples.ts'

testExamples(rule, {
  good: [
    {
      name: 'S256 is listed',
      http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK
          < content-type: application/json

          {"issuer":"https://as.example","token_endpoint":"https://as.example/token","code_challenge_methods_supported":["plain","S256"]}`,
    },
  ],
  bad: [
    {
      name: 'absent, and the client goes on',
      http: `
          > GET https://as.example/.well-known/openid-configuration
          > mcp-protocol-version: 2025-11-25

          < HTTP/1.1 200 OK
          < content-type: application/json

          {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","token_endpoint":"https://as.example/token"}

          > GET https://as.example/authorize?response_type=code&client_id=app&state=s1

          < HTTP/1.1 200 OK`,
      expect: { variant: 'absent', severity: 'warning' },
    },
  ],
})
