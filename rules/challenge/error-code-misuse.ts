import { type Challenge, type Flow, defineRule, quoted } from '../../src/core/kit.ts'

export default defineRule({
  id: 'challenge/error-code-misuse',
  title: 'The error code of the challenge is missing, unknown or contradicts the status',
  severity: ['warning', 'info'],
  fault: ['resource-server'],
  spec: ['RFC 6750 §3', 'RFC 6750 §3.1', 'OAuth 2.1 §5.3'],
  revisions: 'all',
  reads: ['authorization', 'www-authenticate'],
  seed: [
    'U-5',
    {
      item: 'A-6',
      variants: ['missing-on-invalid-token'],
      when: ({ refusal }) => (refusal?.text ?? '') === '',
    },
  ],
  why: 'The code tells a client whether its token is bad and has to be renewed, is missing, or has too little scope.',
  remedy:
    'Send error="invalid_token" with 401 where a token is bad, insufficient_scope with 403, and no error where none was presented.',
  aggregates: true,

  on: 'challenge',

  *check(step, flow) {
    if (step.usable.length === 0) return 'silent'
    const variant = variantOf(step)
    if (variant === undefined) return
    const { error } = step
    const told = flow
      .before(step, 'challenge')
      .some(
        (one) => one.error === error && one.status === step.status && variantOf(one) === variant,
      )
    // A server that did not get the token speaks as it has to.
    if (flow.found('intermediary/authorization-stripped', step).length > 0) return 'silent'
    // With a token that the server should have taken, something else is the matter.
    if (told || (variant === 'missing-on-invalid-token' && isWrongly(step, flow))) return 'silent'
    const sent = step.presented === undefined ? 'without a token' : 'with a token'
    yield {
      variant,
      severity: step.presented === undefined ? 'info' : 'warning',
      message:
        `a call ${sent} is answered ${step.status} ` +
        (error === undefined ? 'without an error code' : `with error ${quoted(error)}`),
      remedy: readings[variant].remedy,
      evidence: [
        { step, at: 'response.header.www-authenticate', note: readings[variant].note },
        { step, at: 'response.status' },
        { step, at: 'request.header.authorization', note: sent },
      ],
    }
  },

  examples: {
    good: [{ name: 'no token, and no error', http: '${opening only challenge}' }],
    bad: [
      {
        name: 'a bad token, and nothing says so',
        http: `
          \${opening only mcp unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer realm="mcp"`,
        expect: { variant: 'missing-on-invalid-token', severity: 'warning' },
      },
      {
        name: 'an error where no token was sent',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token"`,
        expect: { variant: 'present-without-credentials', severity: 'info' },
      },
    ],
  },
})

/** The status that goes with each registered code of a resource server (RFC 6750 §3.1, RFC 9449 §7.1, RFC 9470 §3). */
const statuses: Readonly<Record<string, number>> = {
  insufficient_scope: 403,
  insufficient_user_authentication: 401,
  invalid_dpop_proof: 401,
  invalid_request: 400,
  invalid_token: 401,
  use_dpop_nonce: 401,
}

const readings = {
  'missing-on-invalid-token': {
    note: 'must have error="invalid_token"',
    remedy: 'Add error="invalid_token" to the challenge where a token was refused.',
  },
  'present-without-credentials': {
    note: 'should have no error',
    remedy: 'Leave error out of the challenge where no token was presented.',
  },
  'status-mismatch': { note: 'goes with another status', remedy: undefined },
  'unregistered-code': { note: 'must be a registered code', remedy: undefined },
}

function variantOf({ error, presented, status }: Challenge): keyof typeof readings | undefined {
  if (presented === undefined)
    return error === undefined ? undefined : 'present-without-credentials'
  if (!/^(bearer|dpop)$/i.test(presented.scheme)) return undefined
  if (error === undefined) return status === 401 ? 'missing-on-invalid-token' : undefined
  if (!Object.hasOwn(statuses, error)) return 'unregistered-code'
  return statuses[error] === status ? undefined : 'status-mismatch'
}

/** The token never reached the server, or was good a moment before. */
function isWrongly(step: Challenge, flow: Flow): boolean {
  const value = step.presented?.token.value
  return flow.mcpCalls.some((call) => call.ok && call.presented?.token.value === value)
}
