import rule from '../../../rules/challenge/unparseable.ts'
import { testExamples } from '../examples.ts'

testExamples(rule, {
  good: [
    {
      name: 'a parameter may stand in a field line of its own',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer scope="mcp:tools"
        < www-authenticate: resource_metadata="https://mcp.example/.well-known/oauth-protected-resource"`,
    },
  ],
  bad: [
    {
      name: 'a quotation mark that is never closed swallows the next parameter',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp, scope="mcp:tools"`,
      expect: { variant: 'unbalanced-quotes', severity: 'error' },
    },
    {
      name: 'a bare URL, which both SDKs still read',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer resource_metadata=https://mcp.example/.well-known/oauth-protected-resource/mcp`,
      expect: { variant: 'unquoted-url', severity: 'warning' },
    },
    {
      name: 'a colon after the scheme',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer: resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"`,
      expect: { variant: 'colon-after-scheme', severity: 'error' },
    },
    {
      name: 'a missing comma, over which lenient clients stumble along',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer realm="mcp" resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"`,
      expect: { variant: 'missing-comma', severity: 'warning' },
    },
    {
      name: 'parameters without a scheme',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"`,
      expect: { variant: 'no-scheme', severity: 'error' },
    },
  ],
})
