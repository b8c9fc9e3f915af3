import {
  type Challenge,
  type Flow,
  defineRule,
  isThrough,
  quoted,
  stoppedAt,
  undetermined,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'challenge/no-bearer-scheme',
  title: 'The challenge offers no scheme that MCP clients know, or offers it too late',
  severity: ['error', 'warning', 'info'],
  fault: ['resource-server', 'undetermined'],
  spec: ['RFC 6750 §3', 'RFC 9110 §11.6.1', 'RFC 9449 §7.1'],
  revisions: 'all',
  reads: ['www-authenticate'],
  seed: [
    { item: 'U-2', variants: ['basic-only', 'unknown-scheme'] },
    { item: 'U-5', variants: ['basic-only', 'unknown-scheme'] },
  ],
  why: 'A client that finds no Bearer challenge takes the server for one without OAuth; the TypeScript SDK looks at the first scheme alone.',
  remedy:
    'Put a Bearer challenge first, and remove those that a web server in front adds on its own.',
  explains: ['flow/auth-not-started', 'flow/stalled', 'flow/step-failed'],

  on: 'challenge',

  *check(step, flow) {
    const { strict, lenient } = step.challenges
    // What cannot be parsed, or names no scheme, is challenge/unparseable.
    if (step.status !== 401 || strict === undefined || strict.length === 0) return 'silent'
    // Who brings credentials of another sort was meant to.
    if (step.presented !== undefined && !isBearer(step.presented.scheme)) return 'silent'
    const schemes = [...new Set(lenient.map(({ scheme }) => scheme))]
    const variant = variantOf(schemes)
    if (variant === undefined || isAgain(step, variant, flow)) return
    const usable = variant === 'bearer-not-first' || variant === 'dpop-only'
    const metadata = flow.of('resource-metadata').some(({ ok }) => ok)
    const failed = !usable && !isThrough(flow) && stoppedAt(step, flow)
    yield {
      variant,
      severity: variant === 'dpop-only' ? 'info' : failed ? 'error' : 'warning',
      ...(usable || metadata
        ? {}
        : undetermined({
            'resource-server': 'a server that wants OAuth has to send a Bearer challenge',
            client: 'it was not given the credentials that the server asks for',
          })),
      message: `${step.target} offers ${schemes.map((scheme) => quoted(scheme)).join(', ')}${explanations[variant]}`,
      ...(usable
        ? {}
        : {
            remedy:
              'Send a Bearer challenge with resource_metadata; where the server is meant for other credentials, put those into the headers of the client.',
          }),
      found: schemes.join(', '),
      expected: 'Bearer',
      evidence: step.challenges.lines.map((_, line) => ({
        step,
        at: `response.header.www-authenticate[${line}]`,
        note: line === 0 ? 'Bearer must come first' : 'a further one',
      })),
    }
  },

  examples: {
    good: [
      {
        name: 'Bearer first, another scheme behind it',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: bearer realm="mcp", Basic realm="mcp"
          < www-authenticate: Negotiate`,
      },
    ],
    bad: [
      {
        name: 'a web server in front asks for a password',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Basic realm="staging"`,
        expect: { variant: 'basic-only', severity: 'error', fault: 'undetermined' },
      },
      {
        name: 'Bearer comes second',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Basic realm="mcp"
          < www-authenticate: Bearer resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"`,
        expect: { variant: 'bearer-not-first', severity: 'warning' },
      },
    ],
  },
})

const explanations = {
  'bearer-not-first': ', Bearer not first, and some clients read the first alone',
  'dpop-only': ' alone, which few MCP clients can use',
  'basic-only': ', and no Bearer',
  'unknown-scheme': ', and no Bearer',
}

const passwords = new Set(['basic', 'digest', 'negotiate', 'ntlm'])

function isBearer(scheme: string): boolean {
  return ['bearer', 'dpop', ''].includes(scheme.toLowerCase())
}

function variantOf(schemes: readonly string[]): keyof typeof explanations | undefined {
  const names = schemes.map((scheme) => scheme.toLowerCase())
  if (names.includes('bearer'))
    return names[0] === 'bearer' || names[0] === 'dpop' ? undefined : 'bearer-not-first'
  if (names.includes('dpop')) return 'dpop-only'
  return names.every((name) => passwords.has(name)) ? 'basic-only' : 'unknown-scheme'
}

/** The same was said to an earlier call. */
function isAgain(step: Challenge, variant: string, flow: Flow): boolean {
  return flow
    .before(step, 'challenge')
    .some(
      ({ status, challenges }) =>
        status === 401 && variantOf(challenges.lenient.map(({ scheme }) => scheme)) === variant,
    )
}
