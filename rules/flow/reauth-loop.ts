import { type Flow, type TokenCall, defineRule, undetermined } from '../../src/core/kit.ts'

export default defineRule({
  id: 'flow/reauth-loop',
  title: 'The client logs in again and again',
  severity: ['error'],
  fault: ['undetermined', 'client', 'resource-server', 'authorization-server', 'intermediary'],
  spec: ['MCP 2025-11-25 Authorization Flow Steps', 'RFC 6750 §3.1'],
  revisions: 'all',
  why: 'Each login ends in a refusal, so the user has to log in without end.',
  remedy:
    'Find out why the MCP server refuses a token that was just issued, and let the client stop after a few such refusals.',
  explains: ['flow/stalled'],
  aggregates: true,

  on: 'token',

  *check(step, flow) {
    if (!step.ok) return 'silent'
    const issued = flow.of('token').filter(({ ok }) => ok)
    const vain = issued.filter((token) => isVain(token, flow))
    if (!vain.includes(step)) return
    // One finding for the loop: at the round that completes it.
    const recent = vain.filter(
      (token) =>
        token.order <= step.order && step.exchange.startedAt - token.exchange.startedAt <= period,
    )
    if (recent.length !== rounds) return
    const between = flow.mcpCalls.some(
      (call) =>
        call.kind === 'mcp' && call.ok && call.order > recent[0]!.order && call.order < step.order,
    )
    if (between) return
    const refreshes = vain.every(({ grantType }) => grantType === 'refresh_token')
    const known = flow.causesOf(this).find(({ severity }) => severity === 'error')
    yield {
      variant: refreshes ? 'with-refresh' : 'with-reauthorization',
      ...(known === undefined || known.fault === 'authtap'
        ? undetermined({
            'resource-server': 'it refuses tokens that were issued for it',
            client: 'it does not send the token that it received, or does not stop',
          })
        : { fault: known.fault }),
      message: `the client got ${rounds} tokens in a row, and the next call after each was refused`,
      evidence: recent.map((token) => ({
        step: token,
        at: 'response.status',
        note: 'issued, and refused right after',
      })),
    }
  },

  examples: {
    good: [{ name: 'one login, accepted', http: '${opening until mcp}' }],
    bad: [
      {
        name: 'three logins in vain',
        http: ['1', '2', '3']
          .map(
            (round) => `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c${round}

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_ ${round}}","token_type":"Bearer"}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_ ${round}}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token"
`,
          )
          .join(''),
        expect: { variant: 'with-reauthorization' },
      },
    ],
  },
})

/** So many rounds in so short a time are a loop. */
const rounds = 3
const period = 600_000

/** A token was issued, and the next call was refused all the same; step-up and nonce rounds are no loop. */
function isVain(token: TokenCall, flow: Flow): boolean {
  const next = flow.mcpCalls.find((call) => call.order > token.order)
  if (next === undefined || next.kind === 'mcp') return false
  return next.error !== 'insufficient_scope' && next.error !== 'use_dpop_nonce'
}
