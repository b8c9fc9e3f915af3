import {
  type Challenge,
  type Flow,
  type McpCall,
  type TokenCall,
  defineRule,
  presentedExpiry,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'bearer/stale-or-expired-token',
  title: 'The client goes on with an access token that has expired or was replaced',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['OAuth 2.1 §5.2', 'OAuth 2.1 §5.3', 'RFC 6749 §1.5'],
  revisions: 'all',
  seed: [{ item: 'T-1', variants: ['superseded', 'shared-store'] }],
  why: 'Every call is refused, and nothing that the client does will change it.',
  remedy:
    'Replace the stored access token as soon as a token response has come, and refresh it or log in anew when the server answers invalid_token.',
  explains: ['flow/reauth-loop', 'flow/stalled', 'flow/step-failed'],

  on: 'challenge',

  *check(step, flow) {
    if (step.presented === undefined || step.status !== 401) return 'silent'
    const newer = supersededBy(step, flow)
    if (newer !== undefined) {
      if (flow.before(step, 'challenge').some((call) => supersededBy(call, flow) === newer))
        return 'silent'
      const shared = step.exchange.client !== newer.exchange.client
      const used = flow.usesOf(newer).some(({ order }) => order > step.order)
      yield {
        variant: shared ? 'shared-store' : 'superseded',
        severity: used || !flow.waited('firstUse') ? 'warning' : 'error',
        confidence: shared ? 'likely' : 'certain',
        message: `the client received a new access token and still sends the old one, which the server refuses`,
        found: 'the old token',
        expected: 'the one issued since',
        evidence: [
          { step, at: 'request.header.authorization', note: 'the old token' },
          { step: newer, at: 'response.json/access_token', note: 'the new one, given before' },
        ],
      }
      return
    }
    const end = presentedExpiry(step, flow)
    if (end === undefined || step.exchange.startedAt - end < leeway) return
    const again = flow
      .before(step, 'challenge')
      .filter(({ presented }) => presented?.token.value === step.presented?.token.value)
      .filter((call) => call.exchange.startedAt - end >= leeway)
    // Some use a refusal as the sign to refresh: it takes three to be stubborn.
    if (again.length !== 2 || !flow.waited('backChannel')) return
    if (flow.after(again[0]!, 'token', 'authorize', 'pushed-request').length > 0) return
    const issued = flow.issuedBy(step.presented)
    yield {
      variant: 'expired',
      severity: 'error',
      message: `for the third time the client sends a token that expired ${Math.round((step.exchange.startedAt - end) / 1000)} s before; it neither refreshes it nor logs in anew`,
      evidence: [
        { step, at: 'request.header.authorization', note: 'the token that has expired' },
        issued === undefined
          ? { step, at: 'request.jwt.exp' }
          : { step: issued, at: 'response.json/expires_in', note: 'issued here' },
        { step, at: 'response.status' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'the client refreshes when it is refused',
        http: `
          # at 12:00:00
          \${opening only token mcp}

          # at 14:00:00
          \${opening only mcp unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token"

          \${opening only refresh}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_ 2}

          {"jsonrpc":"2.0","id":2,"method":"tools/list"}

          < HTTP/1.1 200 OK
          < content-type: application/json

          {"jsonrpc":"2.0","id":2,"result":{}}`,
      },
    ],
    bad: [
      {
        name: 'an old token, a minute after the new one came',
        http: `
          # at 12:00:00
          \${opening only token}

          # at 13:00:00
          \${opening only refresh}

          # at 13:01:00
          \${opening only mcp unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token"`,
        expect: { variant: 'superseded', severity: 'error', fault: 'client' },
      },
    ],
  },
})

/** Clocks may differ, and calls be under way, for so long, in milliseconds. */
const leeway = 60_000
const underWay = 10_000

/** A later token of the same client that was there well before this call was sent. */
function supersededBy(call: McpCall | Challenge, flow: Flow): TokenCall | undefined {
  const held = flow.issuedBy(call.presented)
  if (held === undefined) return undefined
  return flow
    .before(call, 'token')
    .findLast(
      (token) =>
        token.ok &&
        token.order > held.order &&
        token.clientId === held.clientId &&
        token.accessToken?.value !== held.accessToken?.value &&
        call.exchange.startedAt - (token.exchange.endedAt ?? token.exchange.startedAt) > underWay,
    )
}
