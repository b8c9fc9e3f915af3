import rule from '../../../rules/discovery/asm-missing.ts'
import { testExamples } from '../examples.ts'

testExamples(rule, {
  good: [
    {
      name: 'the last of the places has it',
      http: `
        \${opening only resource-metadata}

        > GET https://as.example/.well-known/oauth-authorization-server

        < HTTP/1.1 404 Not Found

        > GET https://as.example/.well-known/openid-configuration

        < HTTP/1.1 200 OK

        {"issuer":"https://as.example"}`,
    },
  ],
  bad: [
    {
      name: 'all three places of an issuer with a path are empty',
      http: `
        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 200 OK

        {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example/t1"]}

        > GET https://as.example/.well-known/oauth-authorization-server/t1
        > mcp-protocol-version: 2025-11-25

        < HTTP/1.1 404 Not Found

        > GET https://as.example/.well-known/openid-configuration/t1

        < HTTP/1.1 404 Not Found

        > GET https://as.example/t1/.well-known/openid-configuration

        < HTTP/1.1 404 Not Found`,
      expect: { variant: 'all-404', severity: 'error', fault: 'authorization-server' },
    },
    {
      name: 'the document is appended to the path, where no client has to look',
      http: `
        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 200 OK

        {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example/t1"]}

        > GET https://as.example/.well-known/oauth-authorization-server/t1
        > mcp-protocol-version: 2025-06-18

        < HTTP/1.1 404 Not Found

        > GET https://as.example/t1/.well-known/oauth-authorization-server

        < HTTP/1.1 200 OK

        {"issuer":"https://as.example/t1"}`,
      expect: { variant: 'nonstandard-location', severity: 'error' },
    },
    {
      name: 'OpenID discovery alone, and a client of 2025-06-18',
      revision: '2025-06-18',
      http: `
        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 200 OK

        {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}

        > GET https://as.example/.well-known/oauth-authorization-server

        < HTTP/1.1 404 Not Found

        > GET https://as.example/.well-known/openid-configuration

        < HTTP/1.1 200 OK

        {"issuer":"https://as.example"}`,
      expect: { variant: 'oidc-only-for-2025-06-18', severity: 'warning' },
    },
    {
      name: 'a server of 2025-03-26 without metadata has its default endpoints',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-03-26"}}

        < HTTP/1.1 401 Unauthorized

        > GET https://mcp.example/.well-known/oauth-authorization-server

        < HTTP/1.1 404 Not Found`,
      expect: { severity: 'warning' },
    },
  ],
})
