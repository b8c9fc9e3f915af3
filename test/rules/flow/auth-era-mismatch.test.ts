import rule from '../../../rules/flow/auth-era-mismatch.ts'
import { testExamples } from '../examples.ts'

testExamples(rule, {
  good: [
    {
      name: 'the server publishes for older clients as well',
      http: `
          > POST https://mcp.example/mcp

          {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-03-26"}}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"

          > GET https://mcp.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://mcp.example","authorization_endpoint":"https://mcp.example/authorize","token_endpoint":"https://mcp.example/token"}`,
    },
  ],
})
