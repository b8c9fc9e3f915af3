import {
  type Authorize,
  type Draft,
  type Flow,
  bodyText,
  defineRule,
  edgeAnswer,
  isLoopback,
  isUpstreamHop,
  namesEndpoint,
  quoted,
  said,
  shortened,
  textOfPage,
  undetermined,
  withoutResponse,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'authorization/endpoint-error-page',
  title: 'The authorization endpoint shows an error in place of a login',
  severity: ['error', 'warning'],
  fault: ['undetermined', 'client', 'authorization-server'],
  spec: ['OAuth 2.1 §4.1.2.1', 'RFC 6749 §4.1.2.1'],
  revisions: 'all',
  why: 'The person reads it and the client does not: no response is sent where client or redirect URI are not trusted, and the client waits.',
  remedy:
    'Compare what the page says with the client id, the redirect URI and the endpoint that the client used.',
  explains: ['flow/stalled', 'flow/step-failed'],
  aggregates: true,

  on: 'authorize',

  *check(step, flow) {
    const { response } = step.exchange
    if (response === undefined || isUpstreamHop(step, flow)) return 'silent'
    if (response.status === 429 || (response.status >= 300 && response.status < 400))
      return step.ok ? undefined : 'silent'
    const forbidden = response.status < 300 && isForbidden(step, flow)
    // A success shows a login, unless it is an error in JSON, or says that somebody's policy forbids it.
    if (response.status < 300 && step.ok && !forbidden) return
    if (edgeAnswer(response.headers, bodyText(response)) !== undefined) return 'silent'
    // Another rule says what is wrong with this request.
    const known = flow.findings.some(
      ({ rule, severity, evidence }) =>
        rule !== this.id &&
        !rule.startsWith('flow/') &&
        severity === 'error' &&
        evidence.some(({ exchange }) => exchange === step.exchange.id),
    )
    if (known) return 'silent'
    const words = shortened(textOfPage(bodyText(response)), 160)
    const served = flow.after(step, 'callback', 'token').some(({ ok }) => ok)
    yield {
      ...kindOf(step, flow),
      severity: served ? 'warning' : 'error',
      message: `the authorization endpoint ${withoutResponse(step.url)} answers ${response.status}${words === '' ? '' : ` (${quoted(words)})`}`,
      found: `an error page, ${response.status}${words === '' ? '' : ` (${quoted(words)})`}`,
      evidence: [
        { step, at: 'response.status' },
        { step, at: 'request.url' },
        words !== '' && { step, at: 'response.body', note: 'what the person reads' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'a page to log in',
        http: `
          > GET https://as.example/authorize?response_type=code&client_id=app&state=s1

          < HTTP/1.1 200 OK
          < content-type: text/html

          <title>Sign in</title>`,
      },
    ],
    bad: [
      {
        name: 'the metadata names a page that is not there',
        http: `
          \${opening until server-metadata}

          > GET https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&state=s1&code_challenge=\${s256 v1}&code_challenge_method=S256&resource=https%3A%2F%2Fmcp.example%2Fmcp

          < HTTP/1.1 404 Not Found`,
        expect: { variant: 'not-found', severity: 'error', fault: 'authorization-server' },
      },
      {
        name: 'the server fails',
        http: `
          > GET https://as.example/authorize?response_type=code&client_id=app&state=s1&code_challenge=\${s256 v1}&code_challenge_method=S256&resource=https%3A%2F%2Fmcp.example%2Fmcp

          < HTTP/1.1 500 Internal Server Error`,
        expect: { variant: 'server-error', severity: 'error', fault: 'authorization-server' },
      },
    ],
  },
})

type Kind = Pick<Draft, 'variant' | 'fault' | 'candidates' | 'confidence' | 'remedy'>

/** A page that looks like a success tells of a policy, and the person got no further. */
function isForbidden(step: Authorize, flow: Flow): boolean {
  if (said(step, 'consent') === undefined || !flow.waited('user')) return false
  return flow.after(step, 'authorize', 'callback', 'token').length === 0
}

function kindOf(step: Authorize, flow: Flow): Kind {
  if ((step.status ?? 0) < 300 && isForbidden(step, flow))
    return {
      variant: 'policy',
      fault: 'authorization-server',
      remedy:
        'Have an administrator of the authorization server allow this client, or the domain of its redirect URI, and log in again.',
    }
  if (step.status === 500 || step.status === 501)
    return {
      variant: 'server-error',
      fault: 'authorization-server',
      remedy: 'Look into the log of the authorization server at this time.',
    }
  const variant = variantOf(step)
  if (variant === 'not-found' && isNamed(step, flow))
    return {
      variant,
      fault: 'authorization-server',
      remedy: 'Serve the authorization endpoint at the URL that the metadata names, for GET.',
    }
  const isOfLoopback = variant === 'redirect-uri' && isLoopback(step.redirectUri ?? '')
  const [client, server] = reasons[isOfLoopback ? 'loopback-uri' : variant]
  return {
    variant,
    ...undetermined({ client, 'authorization-server': server }),
    confidence: 'likely',
  }
}

/** Why it may be the client, and why the server. */
const reasons = {
  'server-error': ['its request may be what the server fails at', 'it is down or overloaded'],
  'redirect-uri': [
    'its redirect URI may not be the registered one',
    'it may compare the redirect URI too strictly, or have lost it',
  ],
  'loopback-uri': [
    'its redirect URI may not be the registered one',
    'it may compare the port of a loopback redirect URI (RFC 8252 §7.3), or have lost it',
  ],
  'client-unknown': [
    'its client id may be of another server, or of before a restart',
    'it may have lost the registration',
  ],
  'not-found': [
    'it may ask at another place than the metadata names',
    'its authorization endpoint may not be served',
  ],
  refused: ['something that it sent is refused', 'it refuses a request that may be in order'],
} as const

function variantOf(step: Authorize): Exclude<keyof typeof reasons, 'loopback-uri'> {
  const { status = 0 } = step
  if (status >= 500) return 'server-error'
  if (said(step, 'redirect-uri') !== undefined) return 'redirect-uri'
  if (said(step, 'client-unknown') !== undefined) return 'client-unknown'
  return [404, 405, 410].includes(status) ? 'not-found' : 'refused'
}

/** The metadata names this very endpoint. */
function isNamed(step: Authorize, flow: Flow): boolean {
  const metadata = flow.serverMetadataOf(step)
  return metadata !== undefined && namesEndpoint(metadata, step.url)
}
