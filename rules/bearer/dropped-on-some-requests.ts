import {
  type Challenge,
  type Flow,
  type McpCall,
  defineRule,
  isFollowUp,
  presentedExpiry,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'bearer/dropped-on-some-requests',
  title: 'The client sends its token with some requests and not with others',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['MCP 2025-11-25 Token Requirements', 'OAuth 2.1 §5.1.1', 'RFC 6750 §2.1'],
  revisions: 'all',
  reads: ['authorization'],
  seed: ['T-1', 'T-3'],
  why: 'Calls work, and what is sent without the token is refused: no events arrive, sessions stay open, or the user is asked to log in again.',
  remedy:
    'Attach the token in the transport, so that every method (POST, GET, DELETE), every notification and every new connection carries it.',
  explains: ['flow/auth-not-started', 'flow/reauth-loop', 'flow/stalled'],

  on: ['mcp', 'challenge'],

  *check(step, flow) {
    // Without a session nothing shows that this is not another user of the same program.
    if (step.sessionId === undefined) return 'silent'
    const before = flow.before(step, 'mcp').filter(({ sessionId }) => sessionId === step.sessionId)
    const worked = before.findLast(({ authorization, ok }) => ok && authorization.length > 0)
    if (worked === undefined || step.status === undefined) return 'silent'
    if (step.authorization.length > 0) return
    if (opens.has(step.rpc?.method ?? '') || isOver(step, worked, flow)) return 'silent'
    const refused = step.kind === 'challenge'
    yield {
      variant: variantOf(step, flow),
      severity: refused ? 'error' : 'warning',
      message:
        `the client sends ${nameOf(step)} without Authorization, after ${nameOf(worked)} with it` +
        (refused ? `, and is answered ${step.status}` : ''),
      evidence: [
        { step, at: 'request.header.authorization', note: 'there is no such field' },
        { step, at: 'response.status' },
        { step: worked, at: 'request.header.authorization', note: 'sent before, and accepted' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'every method carries it',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}
          > mcp-session-id: s1

          {"jsonrpc":"2.0","id":2,"method":"tools/list"}

          < HTTP/1.1 200 OK

          > GET https://mcp.example/mcp
          > mcp-session-id: s1
          > authorization: Bearer \${secret at_}

          < HTTP/1.1 405 Method Not Allowed`,
      },
    ],
    bad: [
      {
        name: 'the event stream is asked for without it',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}
          > mcp-session-id: s1

          {"jsonrpc":"2.0","id":2,"method":"tools/list"}

          < HTTP/1.1 200 OK

          > GET https://mcp.example/mcp
          > mcp-session-id: s1

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer`,
        expect: { variant: 'get-sse', severity: 'error' },
      },
    ],
  },
})

/** What opens a connection, or is open to everybody by design. */
const opens = new Set(['initialize', 'ping', 'server/discover'])

/** The token was refused, given back or expired since it worked, or the session was ended: the client is between two logins. */
function isOver(step: McpCall | Challenge, worked: McpCall, flow: Flow): boolean {
  if ((presentedExpiry(worked, flow) ?? Infinity) <= step.exchange.startedAt) return true
  return flow.steps.some(
    (one) =>
      one.order > worked.order &&
      one.order < step.order &&
      (one.kind === 'revocation' ||
        (one.kind === 'challenge' && one.authorization.length > 0) ||
        (one.kind === 'mcp' && one.method === 'DELETE')),
  )
}

function variantOf(step: McpCall | Challenge, flow: Flow): string {
  if (isFollowUp(step, flow)) return 'after-redirect'
  if (step.method === 'GET') return 'get-sse'
  if (step.method === 'DELETE') return 'delete'
  if (step.rpc !== undefined && !step.isRequest) return 'notification'
  return 'reconnect'
}

function nameOf({ method, rpc }: McpCall | Challenge): string {
  return rpc?.method === undefined ? method : `${method} ${rpc.method}`
}
