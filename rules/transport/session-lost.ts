import {
  type Challenge,
  type Flow,
  type McpCall,
  atLeast,
  defineRule,
  header,
  quoted,
  said,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'transport/session-lost',
  title: 'A good token is refused because of the MCP session',
  severity: ['error', 'warning'],
  fault: ['resource-server'],
  spec: ['MCP 2025-11-25 Session Management'],
  revisions: '2025-03-26 to 2025-11-25',
  seed: ['T-4'],
  why: 'Clients take a 401 for a bad token and log in anew, which brings no session back; people are asked to log in again and again.',
  remedy:
    'Answer 404 to a session that is not known, so that the client begins another; bind sessions to the user rather than to one access token, and share them between instances.',
  explains: [
    'bearer/fresh-token-rejected',
    'challenge/wrong-status',
    'flow/reauth-loop',
    'flow/stalled',
    'flow/step-failed',
    'challenge/www-authenticate-missing',
  ],

  on: ['mcp', 'challenge'],

  *check(step, flow) {
    if (step.presented === undefined || atLeast(flow.revision.server, '2026-07-28')) return 'silent'
    if (step.ok) return
    const status = step.status ?? 0
    const session = header(step.exchange.request.headers, 'mcp-session-id')
    const blamed = said(step, 'session')
    // That a session has ended, 404 says rightly (MCP Session Management).
    if (![400, 401, 403].includes(status) || blamed === undefined) return 'silent'
    if (said(step, 'expired', 'audience', 'issuer', 'signature') !== undefined) return 'silent'
    if (refusesAnyway(step, flow)) return 'silent'
    // A first call needs no session; whoever demands one for a later call may answer 400.
    if (status === 400 && session === undefined && step.rpc?.method !== 'initialize')
      return 'silent'
    const earlier = flow.mcpCalls.find(
      (call) => call.order < step.order && call !== step && isRefusedSo(call),
    )
    if (earlier !== undefined) return 'silent'
    const started = flow
      .before(step, 'mcp')
      .findLast((call) => call.ok && session !== undefined && call.sessionId === session)
    const renewed =
      started?.presented !== undefined &&
      started.presented.token.value !== step.presented.token.value
    const recovered = flow
      .after(step, 'mcp')
      .some((call) => call.ok && call.method === 'POST' && call.presented !== undefined)
    yield {
      severity: recovered ? 'warning' : 'error',
      confidence: 'likely',
      message:
        `the server answers ${status} to a call with a token and says ${quoted(blamed.words)}, which is about the session and not the token` +
        (renewed ? '; the session was begun with another token, before the refresh' : ''),
      evidence: [
        { step, at: blamed.at, note: 'what the server says' },
        {
          step,
          at: 'request.header.mcp-session-id',
          note: session === undefined ? 'none was sent' : 'the session that is refused',
        },
        started && {
          step: started,
          at: 'response.status',
          note: renewed ? 'the session worked with the token before' : 'the session worked before',
        },
      ],
    }
  },

  examples: {
    good: [{ name: 'a token that is accepted', http: '${opening only challenge token mcp}' }],
    bad: [
      {
        name: 'the session belongs to the token before the refresh',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_ 1}

          {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

          < HTTP/1.1 200 OK
          < content-type: application/json
          < mcp-session-id: one

          {"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25"}}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_ 2}
          > mcp-session-id: one

          {"jsonrpc":"2.0","id":2,"method":"tools/list"}

          < HTTP/1.1 403 Forbidden
          < content-type: application/json

          {"error":"caller identity does not match session owner"}`,
        expect: { severity: 'error', fault: 'resource-server' },
      },
      {
        name: 'a 401 for want of a session',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_ 1}

          {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

          < HTTP/1.1 401 Unauthorized
          < content-type: text/plain

          No valid session ID provided`,
        expect: { severity: 'error' },
      },
    ],
  },
})

type Call = McpCall | Challenge

function isRefusedSo(call: Call): boolean {
  return [400, 401, 403].includes(call.status ?? 0) && said(call, 'session') !== undefined
}

/** The token itself is said to be no good: on a call without a session as well. */
function refusesAnyway(step: Call, flow: Flow): boolean {
  return flow
    .of('challenge')
    .some(
      (call) =>
        call !== step &&
        call.error === 'invalid_token' &&
        call.presented?.token.value === step.presented?.token.value &&
        said(call, 'session') === undefined,
    )
}
