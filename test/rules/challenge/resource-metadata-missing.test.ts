import rule from '../../../rules/challenge/resource-metadata-missing.ts'
import { testExamples } from '../examples.ts'

testExamples(rule, {
  good: [
    {
      name: 'the parameter stands in a second challenge, its name in capitals',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18"}}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Basic realm="staff"
        < www-authenticate: Bearer scope="mcp:tools", Resource_Metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"`,
    },
  ],
  bad: [
    {
      name: 'the parameter has another name',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18"}}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer resource_metadata_uri="https://mcp.example/.well-known/oauth-protected-resource/mcp"`,
      expect: { variant: 'misspelled', severity: 'error' },
    },
    {
      name: 'a later revision, and the metadata is found at its well-known URL',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer realm="mcp"

        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 200 OK

        {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}`,
      expect: { variant: 'absent', severity: 'warning' },
    },
    {
      name: 'a later revision, and the metadata is not where clients look',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer

        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 404 Not Found

        > GET https://mcp.example/.well-known/oauth-protected-resource

        < HTTP/1.1 404 Not Found`,
      expect: { variant: 'bare-bearer', severity: 'error' },
    },
    {
      name: 'a token is refused without it, which only deserves a note',
      http: `
        > POST https://mcp.example/mcp
        > authorization: Bearer \${secret tok_ expired}

        {"jsonrpc":"2.0","id":1,"method":"tools/list"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer error="invalid_token"`,
      expect: { severity: 'info' },
    },
  ],
})
