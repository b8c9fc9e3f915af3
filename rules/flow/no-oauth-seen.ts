import { defineRule } from '../../src/core/kit.ts'

export default defineRule({
  id: 'flow/no-oauth-seen',
  title: 'The MCP server asks for no token',
  severity: ['info'],
  fault: ['resource-server'],
  spec: ['MCP 2025-11-25 Protocol Requirements'],
  revisions: 'all',
  reads: ['authorization'],
  why: 'Authorization is optional. If the server is open on purpose, no client has to log in, and no step of OAuth happens.',
  remedy:
    'To protect the server, answer calls without a token with 401 and a challenge. If it is open on purpose, do nothing.',

  on: 'mcp',

  *check(step, flow) {
    if (step.method !== 'POST' || !step.isMcp || step.authorization.length > 0) return 'silent'
    // An error in the answer may be how it asks for one.
    if (!step.ok) return 'silent'
    const asked = flow.of('challenge').length > 0
    const presented = flow.mcpCalls.some(({ authorization }) => authorization.length > 0)
    if (asked || presented) return
    if (flow.of('mcp').find(({ method, isMcp }) => method === 'POST' && isMcp) !== step) return
    if (!flow.waited('backChannel')) return 'silent'
    yield {
      message: `the server at ${step.target} answers calls without a token and asks for none`,
      evidence: [
        { step, at: 'request.header.authorization', note: 'there is no such field' },
        { step, at: 'response.status' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'a server that lets everybody initialize, and asks for a token after that',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 200 OK
          < content-type: application/json

          {"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25"}}

          > POST https://mcp.example/mcp

          {"jsonrpc":"2.0","id":2,"method":"tools/list"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer`,
      },
    ],
    bad: [
      {
        name: 'an open server',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 200 OK
          < content-type: application/json

          {"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25"}}`,
        expect: { severity: 'info', fault: 'resource-server' },
      },
    ],
  },
})
