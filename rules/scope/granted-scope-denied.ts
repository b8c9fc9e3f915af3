import {
  type Challenge,
  type Flow,
  type Pointer,
  claimedScopes,
  defineRule,
  member,
  parameterPlace,
  presentedScopes,
  quoted,
  scopeCarrier,
  scopesOf,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'scope/granted-scope-denied',
  title: 'The MCP server asks for scopes that the token already has',
  severity: ['warning', 'error'],
  fault: ['resource-server'],
  spec: ['RFC 6750 §3.1', 'MCP 2025-11-25 Scope Challenge Handling'],
  revisions: 'from 2025-11-25; the 403 since 2025-03-26',
  reads: ['authorization'],
  why: 'The client asks for the scopes again, gets them again, and the server refuses again.',
  remedy:
    'Accept tokens that carry the scopes you ask for: check how scopes are read (string or list, `scope` or `scp`, prefixes).',
  explains: [
    'bearer/fresh-token-rejected',
    'flow/reauth-loop',
    'flow/stalled',
    'flow/step-failed',
    'scope/step-up-loop',
  ],

  on: 'challenge',

  *check(step, flow) {
    if (step.status !== 403 || step.error !== 'insufficient_scope' || step.scope === undefined)
      return 'silent'
    const has = presentedScopes(step, flow)
    if (has === undefined) return 'silent'
    const wanted = scopesOf(step.scope)
    const lacking = wanted.filter((scope) => !has.includes(scope))
    if (wanted.length === 0 || lacking.length > 0) return
    const later = flow.mcpCalls.filter(
      (call) => call.order > step.order && call.rpc?.method === step.rpc?.method,
    )
    const ends = flow.settled && !later.some((call) => call.kind === 'mcp' && call.ok)
    yield {
      severity: ends ? 'error' : 'warning',
      message: `the server answers 403 insufficient_scope and asks for ${quoted(step.scope)}, which the token already carries (${quoted(has.join(' '))})`,
      evidence: [
        { step, at: 'response.header.www-authenticate[0]', note: 'the scopes it asks for' },
        { ...grantAt(step, flow), note: `granted: ${has.join(' ')}` },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'a scope that the token lacks',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${jwt {"scope":"read"}}

          {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"write"}}

          < HTTP/1.1 403 Forbidden
          < www-authenticate: Bearer error="insufficient_scope", scope="write"`,
      },
    ],
    bad: [
      {
        name: 'scopes that the token response granted',
        http: `
          \${opening only token unanswered}

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer","scope":"read write"}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}

          {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"write"}}

          < HTTP/1.1 403 Forbidden
          < www-authenticate: Bearer error="insufficient_scope", scope="write"`,
        expect: { severity: 'error' },
      },
    ],
  },
})

/** Where it stands which scopes the token of a call carries: in the answer that issued it, else in its claims. */
function grantAt(step: Challenge, flow: Flow): Pick<Pointer, 'step' | 'at'> {
  const issued = flow.issuedBy(step.presented)
  if (issued?.issuedScope !== undefined) return { step: issued, at: 'response.json/scope' }
  if (issued !== undefined && claimedScopes(issued.accessToken) === undefined)
    return parameterPlace(scopeCarrier(issued, flow), 'scope', flow)
  const isScp = member(step.presented?.token.claims, 'scope') === undefined
  return { step, at: isScp ? 'request.jwt.scp' : 'request.jwt.scope' }
}
