import {
  type Challenge,
  type Flow,
  type McpCall,
  type TokenCall,
  defineRule,
  expiryOf,
  said,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'bearer/missing',
  title: 'The client has a token and does not send it',
  severity: ['error'],
  fault: ['client'],
  spec: ['RFC 6750 §2.1', 'OAuth 2.1 §5.1.1', 'MCP 2025-11-25 Token Requirements'],
  revisions: 'all',
  reads: ['authorization'],
  seed: ['T-1', 'T-3'],
  threads: [
    'https://github.com/anthropics/claude-ai-mcp/issues/546',
    'https://github.com/anthropics/claude-ai-mcp/issues/100',
  ],
  why: 'The server gets calls without a token and answers 401, although the login worked. The user has to log in again, or is told that the server is broken.',
  remedy:
    'Send `Authorization: Bearer <access_token>` with every HTTP request to the MCP endpoint: POST, GET and DELETE, notifications included.',
  explains: [
    'bearer/fresh-token-rejected',
    'flow/auth-not-started',
    'flow/reauth-loop',
    'flow/stalled',
  ],

  on: ['mcp', 'challenge'],

  *check(step, flow) {
    const token = held(step, flow)
    if (token === undefined) return 'silent'
    if (step.authorization.length > 0) return
    if (step.status === undefined || !wasRefused(step)) return 'silent'
    const since = flow.mcpCalls.filter((call) => call.order > token.order)
    // Some carry it: another rule's matter, or the first request of a new connection.
    if (since.some((call) => call.authorization.length > 0)) return 'silent'
    const again = since.some((call) => call.order > step.order)
    if (!again && since[0] === step && !flow.waited('backChannel')) return 'silent'

    const sameClient = step.exchange.client === token.exchange.client
    yield {
      confidence: sameClient ? 'certain' : 'likely',
      message: `the client received an access token from ${flow.issuer ?? token.url}, and its requests to ${step.target} carry no Authorization`,
      expected: 'Bearer and the token',
      evidence: [
        { step, at: 'request.header.authorization', note: 'there is no such field' },
        {
          step: token,
          at: 'response.json/token_type',
          note: 'the token was issued before, and had not expired',
        },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'the token is sent as soon as it is there',
        http: '${opening only challenge token mcp}',
      },
    ],
    bad: [
      {
        name: 'the login succeeds and the next request has no Authorization',
        http: `
          \${opening only challenge token}

          \${opening only challenge}`,
      },
    ],
  },
})

/** The token the client had in hand when it sent a request: issued before, in JSON as it reads it, and not yet expired. */
function held(step: McpCall | Challenge, flow: Flow): TokenCall | undefined {
  const { startedAt } = step.exchange
  const latest = flow
    .before(step, 'token')
    .findLast(
      (call) =>
        call.ok &&
        call.answer.kind === 'object' &&
        (call.exchange.endedAt ?? Infinity) <= startedAt,
    )
  if (latest === undefined || (expiryOf(latest) ?? Infinity) <= startedAt) return undefined
  return latest
}

/** The server wanted a token: by its status, or in the words of its answer. */
function wasRefused(step: McpCall | Challenge): boolean {
  return (
    step.kind === 'challenge' ||
    (step.answer !== undefined &&
      said(step, 'credential-missing', 'unauthenticated', 'credential-refused') !== undefined)
  )
}
