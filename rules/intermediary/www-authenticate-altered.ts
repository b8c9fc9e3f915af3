import {
  type Challenge,
  type Draft,
  type Flow,
  type Party,
  defineRule,
  gatewayOf,
  isRenamed,
  origin,
  otherServer,
  quoted,
  throughGateway,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'intermediary/www-authenticate-altered',
  title: 'A gateway renames, removes or replaces the challenge',
  severity: ['error', 'warning'],
  fault: ['intermediary'],
  spec: ['RFC 9110 §11.6.1', 'RFC 9110 §7.7'],
  revisions: 'all',
  reads: ['www-authenticate'],
  seed: [{ item: 'U-1', when: ({ authorization }) => authorization.length === 0 }, 'U-5'],
  why: 'The MCP server says where to log in, and the client never hears it.',
  remedy:
    'Let the 401 of the MCP server pass as it is, or have the gateway send the Bearer challenge with `resource_metadata` itself.',
  explains: [
    'challenge/no-bearer-scheme',
    'challenge/www-authenticate-missing',
    'flow/auth-not-started',
    'flow/stalled',
    'flow/step-failed',
  ],

  on: 'challenge',

  *check(step, flow) {
    if (step.status !== 401) return 'silent'
    const altered = alterationOf(step, flow)
    if (altered === undefined) return
    const wentOn = flow
      .after(step, 'registration', 'authorize', 'pushed-request', 'token')
      .some(({ ok }) => ok)
    const gateway = gatewayOf(step.exchange.response?.headers ?? [])
    yield {
      ...altered,
      severity: wentOn ? 'warning' : 'error',
      evidence: [
        ...altered.evidence,
        gateway && { step, at: 'response.status', note: throughGateway(gateway) },
      ],
    }
  },

  examples: {
    good: [
      { name: 'the challenge arrives', http: '${opening only challenge}' },
      {
        name: 'another name beside the right one',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer
          < x-amzn-remapped-www-authenticate: Bearer`,
      },
    ],
    bad: [
      {
        name: 'Amazon API Gateway gives it another name',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 401 Unauthorized
          < x-amzn-remapped-www-authenticate: Bearer resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"
          < x-amz-apigw-id: a1`,
        expect: { variant: 'remapped', severity: 'error', fault: 'intermediary' },
      },
      {
        name: 'a gateway asks for Basic in place of the application',
        http: `
          > GET https://mcp.example/mcp
          > accept: text/event-stream

          < HTTP/1.1 401 Unauthorized
          < server: nginx
          < www-authenticate: Basic realm="Restricted"

          \${opening only challenge unanswered}

          < HTTP/1.1 401 Unauthorized
          < server: uvicorn
          < www-authenticate: Bearer`,
        expect: { variant: 'replaced', severity: 'error' },
      },
    ],
  },
})

const field = 'response.header.www-authenticate'

/** What became of the challenge on its way. That it was taken off or replaced, only a 401 that got through can show. */
function alterationOf(step: Challenge, flow: Flow): (Draft & { fault: Party }) | undefined {
  if (isRenamed(step))
    return step.challenges.lines.length > 0
      ? undefined
      : {
          variant: 'remapped',
          fault: 'intermediary',
          message: `the 401 of ${step.target} carries its challenge as x-amzn-remapped-www-authenticate, which no client reads`,
          evidence: [
            { step, at: 'response.header.x-amzn-remapped-www-authenticate' },
            { step, at: field, note: 'there is no such field' },
          ],
        }
  if (step.usable.length > 0) return undefined
  const whole = flow
    .of('challenge')
    .find(
      (one) => one.status === 401 && one.usable.length > 0 && origin(one.url) === origin(step.url),
    )
  const stranger = whole && otherServer(step, whole)
  if (whole === undefined || stranger === undefined) return undefined
  const removed = step.challenges.lines.length === 0
  return {
    variant: removed ? 'removed' : 'replaced',
    fault: 'intermediary',
    confidence: 'likely',
    message: `a 401 of ${step.target} comes from ${quoted(stranger.own)} ${removed ? 'without a challenge' : `with the challenge ${quoted(step.challenges.lines.join(', '))}`}; the one of ${quoted(stranger.others)} asks for Bearer`,
    evidence: [
      { step, at: field, ...(removed ? { note: 'there is no such field' } : {}) },
      { step, at: 'response.header.server', note: 'who answers' },
      { step: whole, at: field, note: 'what the application sends' },
      { step: whole, at: 'response.header.server' },
    ],
  }
}
