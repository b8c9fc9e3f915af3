import {
  type Challenge,
  type Draft,
  type Flow,
  type McpCall,
  type Place,
  defineRule,
  gatewayOf,
  header,
  quoted,
  said,
  throughGateway,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'transport/protocol-version-header',
  title: 'MCP-Protocol-Version is missing, or differs from what was agreed on',
  severity: ['warning', 'error'],
  fault: ['client', 'intermediary'],
  spec: [
    'MCP 2025-11-25 transports Protocol Version Header',
    'MCP 2026-07-28 transports Protocol Version Header',
  ],
  revisions: '2025-06-18 and 2025-11-25 after initialize; on every POST from 2026-07-28',
  why: 'A server that cannot tell the revision assumes 2025-03-26 or answers 400, which clients tend to show as a failed login.',
  remedy:
    'Send the revision that was agreed on with every request, in MCP-Protocol-Version, and from 2026-07-28 on the method in Mcp-Method as well.',
  explains: ['flow/stalled'],

  on: ['mcp', 'challenge'],

  *check(step, flow) {
    if (step.status === undefined) return 'silent'
    // It settles the version, and a client that knows both ways may send Mcp-Method with it.
    if (step.rpc?.method === 'initialize') return 'silent'
    const modern = isModern(step)
    const fault = modern ? modernFault(step) : sessionFault(step, flow)
    if (fault === 'silent') return fault
    const refused = step.status === 400 && objects(step)
    if (fault !== undefined) {
      yield {
        ...fault,
        severity: refused || modern ? 'error' : 'warning',
        evidence: [...fault.evidence, refused && { step, at: refusalPlace(step) }],
      }
      return
    }
    const gateway = gatewayOf(step.exchange.response?.headers ?? [])
    if (!refused || gateway === undefined || step.versionHeader === undefined) return
    yield {
      variant: 'stripped',
      severity: 'error',
      fault: 'intermediary',
      confidence: 'likely',
      message: `the client sends MCP-Protocol-Version: ${step.versionHeader}, and the server answers as if it had not`,
      remedy: 'Forward MCP-Protocol-Version and the Mcp- fields through every proxy and gateway.',
      evidence: [
        { step, at: 'request.header.mcp-protocol-version' },
        { step, at: refusalPlace(step) },
        { step, at: 'response.status', note: throughGateway(gateway) },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'what was agreed on is said with every request',
        http: `
          \${opening only mcp}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}
          > mcp-protocol-version: 2025-11-25

          {"jsonrpc":"2.0","id":2,"method":"tools/list"}

          < HTTP/1.1 200 OK

          {"jsonrpc":"2.0","id":2,"result":{"tools":[]}}`,
      },
    ],
    bad: [
      {
        name: 'the newest revision that the client knows, in place of the one agreed on',
        http: `
          \${opening only mcp}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}
          > mcp-protocol-version: 2026-07-28

          {"jsonrpc":"2.0","id":2,"method":"tools/list"}

          < HTTP/1.1 400 Bad Request

          {"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: Unsupported protocol version"}}`,
        expect: { variant: 'differs-from-negotiated', severity: 'error' },
      },
      {
        name: 'no field on a request of 2026-07-28',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}
          > mcp-method: tools/list

          {"jsonrpc":"2.0","id":2,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}

          < HTTP/1.1 400 Bad Request

          {"jsonrpc":"2.0","id":2,"error":{"code":-32020,"message":"Header mismatch"}}`,
        expect: { variant: 'missing', severity: 'error' },
      },
    ],
  },
})

type Fault = Pick<Draft, 'variant' | 'message' | 'evidence'>

const field = 'request.header.mcp-protocol-version'

/** Its message says the revision itself. Clients send Mcp-Method in sessions of older revisions as well. */
function isModern({ rpc }: McpCall | Challenge): boolean {
  return rpc?.modern === true && rpc.protocolVersion !== undefined && rpc.method !== 'initialize'
}

/** From 2026-07-28 on every POST says in two fields what its body says (MCP 2026-07-28 Request Metadata). */
function modernFault(step: McpCall | Challenge): Fault | undefined {
  const { method, protocolVersion } = step.rpc!
  if (protocolVersion !== undefined && step.versionHeader === undefined)
    return {
      variant: 'missing',
      message: `a request of ${quoted(protocolVersion)} carries no MCP-Protocol-Version`,
      evidence: [
        { step, at: field, note: 'there is no such field' },
        { step, at: metaVersion, note: 'must be repeated in the field' },
      ],
    }
  if (protocolVersion !== undefined && step.versionHeader !== protocolVersion)
    return {
      variant: 'differs-from-meta',
      message: `MCP-Protocol-Version says ${quoted(step.versionHeader)}, and the message says ${quoted(protocolVersion)}`,
      evidence: [
        { step, at: field },
        { step, at: metaVersion, note: 'must be the same' },
      ],
    }
  const named = header(step.exchange.request.headers, 'mcp-method')
  if (method === undefined || named === method) return undefined
  return {
    variant: named === undefined ? 'mcp-method-missing' : 'mcp-method-differs',
    message:
      `a request for ${quoted(method)} ` +
      (named === undefined ? 'carries no Mcp-Method' : `says ${quoted(named)} in Mcp-Method`),
    evidence: [
      {
        step,
        at: 'request.header.mcp-method',
        ...(named ? {} : { note: 'there is no such field' }),
      },
      { step, at: 'request.json/method', note: 'must be repeated in the field' },
    ],
  }
}

const metaVersion = 'request.json/params/_meta/io.modelcontextprotocol~1protocolVersion'

/** What a session agreed on goes with every request after initialize (MCP 2025-06-18 Protocol Version Header). */
function sessionFault(step: McpCall | Challenge, flow: Flow): Fault | 'silent' | undefined {
  const start = flow
    .before(step, 'mcp')
    .findLast(
      ({ exchange, rpc, answer }) =>
        exchange.client === step.exchange.client &&
        rpc?.method === 'initialize' &&
        answer?.protocolVersion !== undefined,
    )
  const agreed = start?.answer?.protocolVersion
  if (start === undefined || !['2025-06-18', '2025-11-25'].includes(agreed ?? '')) return 'silent'
  if (start.sessionId !== step.sessionId || !isOver(start, step)) return 'silent'
  if (step.versionHeader === agreed) return undefined
  const missing = step.versionHeader === undefined
  return {
    variant: missing ? 'missing' : 'differs-from-negotiated',
    message: missing
      ? `requests after initialize carry no MCP-Protocol-Version, expected ${quoted(agreed)}`
      : `MCP-Protocol-Version says ${quoted(step.versionHeader)} in a session of ${quoted(agreed)}`,
    evidence: [
      { step, at: field, ...(missing ? { note: 'there is no such field' } : {}) },
      {
        step: start,
        at: start.stream ? 'response.body' : 'response.json/result/protocolVersion',
        note: `initialize was answered with ${agreed}`,
      },
    ],
  }
}

/** What was sent before the answer came could not know it. */
function isOver({ exchange }: McpCall, step: McpCall | Challenge): boolean {
  return exchange.endedAt !== undefined && exchange.endedAt <= step.exchange.startedAt
}

/** The server says that it is about these fields (-32020, -32022), by its code or in words. */
function objects(step: McpCall | Challenge): boolean {
  const code = step.answer?.error?.code
  return code === -32020 || code === -32022 || said(step, 'protocol-version') !== undefined
}

function refusalPlace(step: McpCall | Challenge): Place {
  return said(step, 'protocol-version')?.at ?? 'response.body'
}
