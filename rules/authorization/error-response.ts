import {
  type Draft,
  type Said,
  type Step,
  defineRule,
  quoted,
  said,
  undetermined,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'authorization/error-response',
  title: 'The authorization server answered the login with an error',
  severity: ['error', 'warning', 'info'],
  fault: ['undetermined', 'client', 'authorization-server'],
  spec: ['RFC 6749 §4.1.2.1', 'OAuth 2.1 §4.1.2.1'],
  revisions: 'all',
  seed: [
    { item: 'A-5', variants: ['unauthorized-client'] },
    {
      item: 'A-5',
      variants: ['access-denied-policy'],
      when: (step) => said(step, 'consent') !== undefined,
    },
  ],
  why: 'The client gets an error instead of a code, so it has nothing to redeem.',
  remedy:
    'Do what the error and its description say; the log of the authorization server says more.',
  explains: ['flow/stalled', 'flow/step-failed'],
  aggregates: true,

  on: ['authorize', 'callback'],

  *check(step, flow) {
    const response = step.kind === 'callback' ? step : step.answer
    if (response?.error === undefined) return response === undefined ? 'silent' : undefined
    // The callback that the browser brings to the client tells the same.
    if (step.kind === 'authorize' && flow.after(step, 'callback').length > 0) return 'silent'
    const known = flow.causesOf(this, step).find(({ severity }) => severity === 'error')
    const { error, description } = response.error
    const variant = variantOf(error, step)
    const words = policyOf(step)
    const described = placeOf(step, 'error_description')
    yield {
      variant,
      severity: severities[variant] ?? 'error',
      ...(known === undefined || known.fault === 'authtap'
        ? whose(variant)
        : { fault: known.fault as 'client' | 'authorization-server' }),
      message: `the login is answered ${error}${description === undefined ? '' : ` (${quoted(description)})`}`,
      ...remedyOf(variant),
      found: `${error} ${description ?? ''}`.trim(),
      evidence: [
        { step, at: placeOf(step, 'error') },
        { step, at: described },
        words !== undefined && words.at !== described && { step, at: words.at },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'the login is answered with a code',
        http: `
          \${opening only authorize}

          # handed-over
          > GET http://127.0.0.1:1/cb?code=c1&state=s1`,
      },
    ],
    bad: [
      {
        name: 'the person says no',
        http: `
          \${opening only authorize}

          # handed-over
          > GET http://127.0.0.1:1/cb?error=access_denied&state=s1`,
        expect: { variant: 'access-denied', severity: 'info' },
      },
      {
        name: 'a policy says no',
        http: `
          \${opening only authorize}

          # handed-over
          > GET http://127.0.0.1:1/cb?error=access_denied&error_description=AADSTS50105%3A%20the%20user%20is%20not%20assigned%20to%20a%20role&state=s1`,
        expect: {
          variant: 'access-denied-policy',
          severity: 'error',
          fault: 'authorization-server',
        },
      },
      {
        name: 'the server fails',
        http: `
          \${opening only authorize}

          # handed-over
          > GET http://127.0.0.1:1/cb?error=server_error&state=s1`,
        expect: { variant: 'server-error', severity: 'error', fault: 'authorization-server' },
      },
    ],
  },
})

function placeOf(
  step: Step,
  name: string,
): `request.${'form' | 'query'}.${string}` | `response.query.${string}` {
  if (step.kind === 'authorize') return `response.query.${name}`
  return `request.${step.exchange.request.method === 'POST' ? 'form' : 'query'}.${name}`
}

/** A person who declines is nobody's fault; words that nobody knows may tell of that, or of another reason. */
const severities: Readonly<Record<string, 'warning' | 'info'>> = {
  'access-denied': 'info',
  'access-denied-otherwise': 'warning',
}

function variantOf(error: string, step: Step): string {
  if (error === 'access_denied') {
    if (policyOf(step) !== undefined) return 'access-denied-policy'
    const isUnknown = saysMore(step) && said(step, 'declined') === undefined
    return isUnknown ? 'access-denied-otherwise' : 'access-denied'
  }
  if (error === 'server_error' || error === 'temporarily_unavailable') return 'server-error'
  return error
    .replaceAll(/[^a-z0-9]+/gi, '-')
    .slice(0, 40)
    .toLowerCase()
}

/** Beyond that access is denied, which the code says. */
function saysMore({ refusal }: Step): boolean {
  const letters = (refusal?.text ?? '').toLowerCase().replaceAll(/[^\p{L}]/gu, '')
  return letters !== '' && letters !== 'accessdenied'
}

/** Words by which a refusal is a policy's and no person's. */
function policyOf(step: Step): Said | undefined {
  const consent = said(step, 'declined') === undefined ? said(step, 'consent') : undefined
  return said(step, 'policy') ?? consent
}

function whose(variant: string): Pick<Draft, 'fault' | 'candidates'> {
  if (variant === 'server-error' || variant === 'access-denied-policy')
    return { fault: 'authorization-server' }
  if (variant === 'access-denied')
    return undetermined({
      'authorization-server':
        'if the person agreed, a policy of the server refuses this user or client',
    })
  if (variant === 'access-denied-otherwise')
    return undetermined({
      'authorization-server': 'it refuses this user or client for the reason that it gives',
      client: 'it may have asked for something that it may not have',
    })
  return undetermined({
    client: 'the request lacks or repeats a parameter, or asks for something it may not have',
    'authorization-server':
      'it refuses what an MCP client has to send, or is not set up for this client',
  })
}

function remedyOf(variant: string): Pick<Draft, 'remedy'> {
  switch (variant) {
    case 'access-denied':
      return {
        remedy: 'Log in again and agree; if you did agree, check who may use this application.',
      }
    case 'access-denied-policy':
      return {
        remedy:
          'Allow this user and this client in the authorization server: look at its assignment, consent and approval settings.',
      }
    default:
      return {}
  }
}
