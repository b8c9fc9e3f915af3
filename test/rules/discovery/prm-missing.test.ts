import rule from '../../../rules/discovery/prm-missing.ts'
import { testExamples } from '../examples.ts'

testExamples(rule, {
  good: [
    {
      name: 'the challenge may name any URL',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer resource_metadata="https://docs.example/mcp.json"

        > GET https://docs.example/mcp.json

        < HTTP/1.1 200 OK

        {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}`,
    },
  ],
  bad: [
    {
      name: 'there is only what 2025-03-26 wanted, and the login ends nowhere',
      http: `
        > POST https://mcp.example/

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer

        > GET https://mcp.example/.well-known/oauth-protected-resource

        < HTTP/1.1 404 Not Found

        > GET https://mcp.example/.well-known/oauth-authorization-server

        < HTTP/1.1 200 OK

        {"issuer":"https://mcp.example","authorization_endpoint":"https://mcp.example/authorize","token_endpoint":"https://mcp.example/token","response_types_supported":["code"]}`,
      expect: { variant: 'legacy-metadata-only', severity: 'error' },
    },
    {
      name: 'the server is one of 2025-03-26',
      revision: '2025-03-26',
      http: `
        > POST https://mcp.example/

        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-03-26"}}

        < HTTP/1.1 401 Unauthorized

        > GET https://mcp.example/.well-known/oauth-protected-resource

        < HTTP/1.1 404 Not Found`,
      expect: { severity: 'info' },
    },
  ],
})
