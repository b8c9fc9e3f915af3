import { covers, defineRule, difference, quoted } from '../../src/core/kit.ts'

export default defineRule({
  id: 'discovery/prm-resource-mismatch',
  title: 'Protected resource metadata names another resource',
  severity: ['error'],
  fault: ['resource-server'],
  spec: ['RFC 9728 §3.3', 'MCP 2025-11-25 Protected Resource Metadata Discovery Requirements'],
  revisions: '2025-06-18 and later',
  seed: ['D-4', 'U-3', 'A-3'],
  why: 'A client must discard metadata whose `resource` does not cover the URL it connects to, so discovery stops here.',
  remedy: 'Set `resource` to the exact URL clients connect to, path included.',
  explains: [
    'discovery/client-used-rejected-metadata',
    'flow/auth-not-started',
    'flow/stalled',
    'discovery/asm-missing',
  ],

  on: 'resource-metadata',

  *check(step, flow) {
    const endpoint = flow.target ?? step.target
    if (!step.ok || step.resource === undefined || endpoint === undefined) return 'silent'
    if (covers(step.resource, endpoint)) return
    yield {
      variant: difference(step.resource, endpoint) ?? 'other',
      message: `the metadata for ${endpoint} says that it describes ${quoted(step.resource)}`,
      evidence: [{ step, at: 'response.json/resource', note: `must cover ${endpoint}` }],
    }
  },

  examples: {
    good: [
      {
        name: 'resource is the URL the client uses',
        http: `
          > POST https://mcp.example/mcp
          > content-type: application/json

          {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"

          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 200 OK
          < content-type: application/json

          {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}`,
      },
      {
        name: 'resource is the origin that holds the endpoint',
        http: `
          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 200 OK
          < content-type: application/json

          {"resource":"https://mcp.example","authorization_servers":["https://as.example"]}`,
      },
    ],
    bad: [
      {
        name: 'resource has another host',
        http: `
          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 200 OK
          < content-type: application/json

          {"resource":"https://internal.example/mcp","authorization_servers":["https://as.example"]}`,
        expect: { variant: 'host' },
      },
    ],
  },
})
