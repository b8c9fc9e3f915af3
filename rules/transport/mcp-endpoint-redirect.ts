import {
  type Challenge,
  type McpCall,
  type Pointer,
  defineRule,
  followUpOf,
  isLoginUrl,
  isLoopback,
  origin,
  quoted,
  redirectOf,
  sameUrl,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'transport/mcp-endpoint-redirect',
  title: 'The MCP endpoint redirects the client',
  severity: ['warning', 'error'],
  fault: ['resource-server'],
  spec: [
    'MCP 2025-11-25 transports Streamable HTTP',
    'RFC 9110 §15.4',
    'Fetch HTTP-redirect fetch',
  ],
  revisions: 'all',
  seed: [
    { item: 'T-1', variants: ['authorization-lost'] },
    { item: 'T-4', variants: ['authorization-lost'] },
  ],
  threads: ['https://github.com/zoho/analytics-mcp-server/issues/22'],
  why: 'A client that follows a redirect may turn POST into GET, or drop the Authorization field or the body. A client that does not follow never gets the challenge.',
  remedy:
    'Serve the endpoint at both spellings without a redirect, and build redirect targets from the public https URL.',
  explains: [
    'bearer/missing',
    'discovery/endpoint-unreachable',
    'flow/auth-not-started',
    'flow/stalled',
    'intermediary/authorization-stripped#after-redirect',
    'bearer/dropped-on-some-requests',
  ],

  on: 'mcp',

  *check(step, flow) {
    const to = redirectOf(step)
    if (to === undefined) return step.status === undefined ? 'silent' : undefined
    if (isLoginUrl(to)) return 'silent'
    const next = followUpOf(step, flow)
    const goesOn =
      next !== undefined ||
      flow.after(step, 'mcp', 'challenge').some((call) => redirectOf(call) === undefined)
    if (!goesOn && !flow.waited('backChannel')) return 'silent'
    const loss = lossOf(step, to, next)
    const detour = sameUrl(step.target, to)
      ? 'trailing-slash'
      : step.authorization.length === 0
        ? 'before-auth'
        : 'elsewhere'
    yield {
      variant: loss?.variant ?? detour,
      severity: loss !== undefined || !goesOn ? 'error' : 'warning',
      confidence: loss !== undefined || goesOn ? 'certain' : 'likely',
      message:
        `${step.target} redirects to ${quoted(to)} with ${step.status}` +
        (loss?.text ?? (goesOn ? '' : ', and the client does not follow')),
      evidence: [
        { step, at: 'response.status', note: 'expected an answer to the call' },
        { step, at: 'response.header.location' },
        next && wayOf(next, loss?.variant),
      ],
    }
  },

  examples: {
    good: [{ name: 'the endpoint answers by itself', http: '${opening only mcp}' }],
    bad: [
      {
        name: 'the redirect adds a slash, and the client follows as it should',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 307 Temporary Redirect
          < location: /mcp/

          > POST https://mcp.example/mcp/

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer`,
        expect: { variant: 'trailing-slash', severity: 'warning' },
      },
    ],
  },
})

/** What the redirect costs; undefined when it costs a detour. */
function lossOf(step: McpCall, to: string, next: McpCall | Challenge | undefined) {
  const isPlain = origin(to)?.startsWith('http://') === true && !isLoopback(to)
  if (isPlain && origin(step.url)?.startsWith('https://') === true)
    return { variant: 'scheme-downgrade', text: ', which would send the token unprotected' }
  if (next === undefined) return undefined
  if (next.method !== step.method)
    return { variant: 'method-changed', text: `, and the client goes on with ${next.method}` }
  if (step.authorization.length > 0 && next.authorization.length === 0)
    return { variant: 'authorization-lost', text: ', and the client goes on without its token' }
  return undefined
}

/** Where to look in the call that follows. */
function wayOf(next: McpCall | Challenge, variant: string | undefined): Pointer {
  return variant === 'authorization-lost'
    ? { step: next, at: 'request.header.authorization', note: 'no longer sent' }
    : { step: next, at: 'request.method', note: 'how the client goes on' }
}
