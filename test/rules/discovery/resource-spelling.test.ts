/** Rules on how `resource` is spelled. */
import identical from '../../../rules/discovery/prm-resource-not-identical.ts'
import mismatch from '../../../rules/discovery/prm-resource-mismatch.ts'
import { testExamples } from '../examples.ts'

const described = (resource: string, endpoint = 'https://mcp.example/mcp', suffix = '/mcp') => `
  > POST ${endpoint}
  > content-type: application/json

  {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

  < HTTP/1.1 401 Unauthorized
  < www-authenticate: Bearer

  > GET https://mcp.example/.well-known/oauth-protected-resource${suffix}

  < HTTP/1.1 200 OK

  {"resource":"${resource}","authorization_servers":["https://as.example"]}`

testExamples(identical, {
  good: [
    {
      name: 'the slash of the endpoint is lacking, which every client lets pass',
      http: described('https://mcp.example/mcp', 'https://mcp.example/mcp/', '/mcp/'),
    },
  ],
  bad: [
    {
      name: 'another case of the host',
      http: described('https://MCP.example/mcp'),
      expect: { variant: 'case', severity: 'warning' },
    },
    {
      name: 'a character escaped that need not be',
      http: described('https://mcp.example/%6dcp'),
      expect: { variant: 'percent-encoding', severity: 'warning' },
    },
    {
      name: 'the query of the endpoint is lacking',
      http: described('https://mcp.example/mcp', 'https://mcp.example/mcp?t=1', '/mcp?t=1'),
      expect: { variant: 'query', severity: 'info' },
    },
  ],
})

testExamples(mismatch, {
  bad: [
    {
      name: 'a slash too many that the client lets pass',
      http: `${described('https://mcp.example/mcp/')}\n\n  \${opening only server-metadata registration}`,
      expect: { variant: 'trailing-slash', severity: 'warning' },
    },
  ],
})
