import {
  type Flow,
  type Step,
  type StepOf,
  defineRule,
  foreignPage,
  header,
  origin,
  quoted,
  stepKinds,
  stoppedAt,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'cors/allow-origin-wrong',
  title: 'A browser client may not read the answer',
  severity: ['error', 'warning'],
  fault: ['resource-server', 'authorization-server'],
  spec: ['Fetch CORS protocol', 'RFC 9700 §2.6', 'OAuth 2.1 §3.2'],
  revisions: 'all',
  seed: [{ item: 'D-3', severity: 'error' }],
  why: 'The script is told of a network error in place of the answer: it sees neither the status nor that OAuth is wanted.',
  remedy:
    'Send Access-Control-Allow-Origin with every answer, errors included: put CORS outermost. An asterisk does, without credentials.',
  explains: [
    'authorization/valid-response-rejected',
    'cors/response-headers-not-exposed',
    'flow/auth-not-started',
    'flow/stalled',
  ],

  on: ['mcp', 'challenge', 'resource-metadata', 'server-metadata', 'registration', 'token', 'jwks'],

  *check(step, flow) {
    const page = foreignPage(step)
    const answer = step.exchange.response?.headers
    if (answer === undefined || page === undefined || !isBrowser(step, page)) return 'silent'
    const allowed = header(answer, 'access-control-allow-origin')
    const fault =
      stepKinds[step.kind].answers === 'resource-server'
        ? 'resource-server'
        : 'authorization-server'
    if (allowed === page) return
    const hasCookie = header(step.exchange.request.headers, 'cookie') !== undefined
    if (allowed === '*' && !(isForCredentials(step) && (hasCookie || isStuck(step, flow)))) return
    // Told once for each sort of request and answer.
    const told = flow
      .before(step, step.kind)
      .some((one) => one.url === step.url && one.status === step.status)
    if (told) return 'silent'
    // Requests that a page did not make may carry Origin as well; one that goes on could read the answer.
    if (allowed === undefined && goesOn(step, flow)) return
    const elsewhere = allowsElsewhere(step, flow)
    yield {
      variant:
        allowed === undefined
          ? elsewhere
            ? 'missing-on-error'
            : 'missing'
          : allowed === '*'
            ? 'wildcard-with-credentials'
            : 'mismatch',
      severity:
        // A failure that the script cannot read is a failure all the same, and told as one.
        allowed !== '*' && step.ok && flow.waited('backChannel') && !goesOn(step, flow)
          ? 'error'
          : 'warning',
      confidence:
        (allowed === '*' && !hasCookie) || (allowed === undefined && !elsewhere)
          ? 'likely'
          : 'certain',
      fault,
      message:
        `the answer of ${step.url} (${step.status}) to a page of ${page} ` +
        (allowed === undefined
          ? 'has no Access-Control-Allow-Origin'
          : `allows ${quoted(allowed)}${allowed === '*' ? ' and credentials, which browsers refuse together' : ''}`) +
        (elsewhere ? ', which other answers of it have' : ''),
      evidence: [
        { step, at: 'request.header.origin' },
        { step, at: 'response.header.access-control-allow-origin', note: `must be ${page}, or *` },
        allowed === '*' && {
          step,
          at: 'response.header.access-control-allow-credentials',
          note: hasCookie
            ? 'the request has a cookie'
            : 'the request may have been one with credentials',
        },
        { step, at: 'response.status' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'everybody may read it',
        http: `
          > POST https://mcp.example/mcp
          > origin: https://app.example
          > sec-fetch-site: cross-site

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer
          < access-control-allow-origin: *`,
      },
    ],
    bad: [
      {
        name: 'the challenge may not be read, and the client does not go on',
        http: `
          > POST https://mcp.example/mcp
          > origin: https://app.example
          > sec-fetch-site: cross-site

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer`,
        expect: { variant: 'missing', severity: 'error', fault: 'resource-server' },
      },
      {
        name: 'another page may read it',
        http: `
          > POST https://mcp.example/mcp
          > origin: https://app.example
          > sec-fetch-site: cross-site

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer
          < access-control-allow-origin: https://other.example`,
        expect: { variant: 'mismatch', severity: 'error' },
      },
    ],
  },
})

type Subject = StepOf<
  'mcp' | 'challenge' | 'resource-metadata' | 'server-metadata' | 'registration' | 'token' | 'jwks'
>

/** A browser says so itself; clients that are no pages send Origin as well. */
function isBrowser({ exchange }: Subject, page: string): boolean {
  const site = header(exchange.request.headers, 'sec-fetch-site')
  return site !== undefined && site !== 'none' && page.startsWith('http')
}

/** An asterisk does not serve a request with credentials, which such an answer lets pages make. */
function isForCredentials({ exchange }: Subject): boolean {
  const fields = exchange.response?.headers ?? []
  return header(fields, 'access-control-allow-credentials') === 'true'
}

/** Where no cookie proves that there were credentials, only a client that stops is a sign of it. */
function isStuck(step: Subject, flow: Flow): boolean {
  return step.kind !== 'mcp' && stoppedAt(step, flow)
}

/** The client went on from there: whatever was sent, it could read the answer. */
function goesOn(step: Subject, flow: Flow): boolean {
  return flow.steps.some(
    (later) => later.order > step.order && later.kind !== 'preflight' && later.kind !== step.kind,
  )
}

function allowsElsewhere(step: Subject, flow: Flow): boolean {
  const host = origin(step.url)
  return flow.steps.some(
    (other: Step) =>
      other !== step &&
      other.kind !== 'preflight' &&
      origin(other.url) === host &&
      header(other.exchange.response?.headers ?? [], 'access-control-allow-origin') !== undefined,
  )
}
