import {
  type Challenge,
  type Flow,
  type McpCall,
  defineRule,
  gatewayOf,
  said,
  throughGateway,
  undetermined,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'intermediary/header-too-large',
  title: 'Requests fail once the token is attached, because it makes their header too large',
  severity: ['error'],
  fault: ['intermediary', 'undetermined'],
  spec: ['RFC 6585 §5', 'RFC 9110 §5.4'],
  revisions: 'all',
  reads: ['authorization'],
  seed: [{ item: 'T-2', faults: ['intermediary'] }, 'T-4'],
  why: 'The login succeeds, and the token that it brings is longer than a server on the way lets a header field be.',
  remedy:
    'Raise the limit for header fields (`large_client_header_buffers` in nginx), or issue shorter tokens: fewer groups and claims, or opaque ones.',
  explains: [
    'bearer/fresh-token-rejected',
    'challenge/wrong-status',
    'intermediary/request-blocked',
    'flow/reauth-loop',
    'flow/stalled',
    'flow/step-failed',
  ],

  on: ['mcp', 'challenge'],

  *check(step, flow) {
    const [value = ''] = step.authorization
    if (value === '' || step.status === undefined) return 'silent'
    if (step.status < 400) return value.length > long ? undefined : 'silent'
    if (flow.after(step, 'mcp').some(({ ok, presented }) => ok && presented !== undefined)) return
    const words = said(step, 'header-size')
    const plain = step.status === 431 || step.status === 494 || words !== undefined
    if (!plain && !failsByLength(step, value, flow)) return 'silent'
    const gateway = gatewayOf(step.exchange.response?.headers ?? [])
    const bare = flow.mcpCalls.find(({ authorization }) => authorization.length === 0)
    yield {
      ...(gateway ? {} : nobody),
      confidence: plain ? 'certain' : 'likely',
      message: `${step.target} answers ${step.status} to a request whose Authorization field has ${value.length} characters`,
      evidence: [
        { step, at: 'request.header.authorization', note: `${value.length} characters` },
        { step, at: 'response.status', ...(gateway ? { note: throughGateway(gateway) } : {}) },
        words && { step, at: words.at },
        bare && { step: bare, at: 'response.status', note: 'without it, the application answers' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'a long token that arrives',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer ${'a'.repeat(5000)}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 200 OK

          {"jsonrpc":"2.0","id":1,"result":{}}`,
      },
    ],
    bad: [
      {
        name: 'nginx says so',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer ${'a'.repeat(9000)}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 400 Bad Request
          < server: nginx
          < content-type: text/html

          <html><head><title>400 Request Header Or Cookie Too Large</title></head><body></body></html>`,
        expect: { severity: 'error' },
      },
      {
        name: 'the status says so',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer ${'a'.repeat(9000)}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 431 Request Header Fields Too Large`,
        expect: { severity: 'error', fault: 'undetermined' },
      },
    ],
  },
})

/** Beyond this, servers begin to refuse a field: nginx takes one of 8 KB, and many take no more than 4 in all. */
const long = 4096

/** An empty 400 to a long field, where the application answered the same request without it. */
function failsByLength(step: McpCall | Challenge, value: string, flow: Flow): boolean {
  if (step.status !== 400 || value.length <= long) return false
  const isEmpty = step.exchange.response?.body.bytes.length === 0
  return isEmpty && flow.of('challenge').some(({ authorization }) => authorization.length === 0)
}

const nobody = undetermined({
  intermediary: 'a proxy in front of the MCP server may have the lower limit',
  'resource-server': 'the server itself may have it',
  'authorization-server': 'it issues tokens of this length',
})
