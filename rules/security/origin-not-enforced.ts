import {
  type Flow,
  type McpCall,
  defineRule,
  header,
  isLoopback,
  isPrivate,
  quoted,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'security/origin-not-enforced',
  title: 'A local MCP server answers a foreign web page',
  severity: ['warning', 'info'],
  fault: ['resource-server'],
  spec: [
    'MCP 2025-11-25 transports Security Warning',
    'MCP 2025-11-25 security Local MCP Server Compromise',
  ],
  revisions: 'all; 403 is named from 2025-11-25 on',
  weakness: true,
  why: 'Any page that the user opens can call the server on the same machine, by rebinding its own name to the local address.',
  remedy:
    'Compare Origin, and Host as well, with a list before anything else is looked at, and answer 403 to every other.',

  on: 'mcp',

  *check(step, flow) {
    const from = header(step.exchange.request.headers, 'origin')
    if (from === undefined || !isLocal(step.url)) return 'silent'
    // An extension or a desktop program is no web page.
    if (from !== 'null' && (isLocal(from) || !from.startsWith('http'))) return
    if (!step.ok || step.answer === undefined) return
    const allowed = header(step.exchange.response?.headers ?? [], 'access-control-allow-origin')
    const listed = allowed === from && from !== 'null'
    const open = isOpen(step, flow)
    yield {
      variant: from === 'null' ? 'null-origin' : 'foreign-origin',
      severity: listed ? 'info' : 'warning',
      confidence: listed ? 'likely' : 'certain',
      message:
        `${step.target} is local and answers a page of ${quoted(from)}` +
        (open ? ', without asking for a token' : ''),
      evidence: [
        { step, at: 'request.header.origin', note: 'neither local nor the server itself' },
        { step, at: 'response.status', note: '403 is due' },
        listed && {
          step,
          at: 'response.header.access-control-allow-origin',
          note: 'it may stand in a list of the server',
        },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'a tool on another local port',
        http: `
          > POST http://localhost:3000/mcp
          > origin: http://localhost:6274

          {"jsonrpc":"2.0","id":1,"method":"tools/list"}

          < HTTP/1.1 200 OK

          {"jsonrpc":"2.0","id":1,"result":{"tools":[]}}`,
      },
    ],
    bad: [
      {
        name: 'any page may call it',
        http: `
          > POST http://localhost:3000/mcp
          > origin: https://evil.example

          {"jsonrpc":"2.0","id":1,"method":"tools/list"}

          < HTTP/1.1 200 OK

          {"jsonrpc":"2.0","id":1,"result":{"tools":[]}}`,
        expect: { variant: 'foreign-origin', severity: 'warning' },
      },
    ],
  },
})

function isLocal(url: string): boolean {
  return isLoopback(url) || isPrivate(url)
}

function isOpen(step: McpCall, flow: Flow): boolean {
  return step.authorization.length === 0 && flow.of('challenge').length === 0
}
