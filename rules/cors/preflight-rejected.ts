import {
  type Flow,
  type Preflight,
  answererOf,
  cameAllTheSame,
  defineRule,
  header,
  quoted,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'cors/preflight-rejected',
  title: 'A CORS preflight fails, so the browser does not send the request',
  severity: ['error'],
  fault: ['resource-server', 'authorization-server'],
  spec: ['Fetch CORS-preflight fetch', 'OAuth 2.1 §3.2'],
  revisions: 'all',
  seed: ['D-3'],
  why: 'A browser asks before it sends a request with credentials or JSON. After a refusal it does not send the request, and the client sees a network error without a reason.',
  remedy:
    'Answer OPTIONS before authentication with 204, Access-Control-Allow-Origin, -Methods and -Headers: at the MCP endpoint, the metadata, the registration and the token endpoint.',
  explains: [
    'authorization/valid-response-rejected',
    'flow/auth-not-started',
    'flow/stalled',
    'flow/step-failed',
  ],

  on: 'preflight',

  *check(step, flow) {
    const { status } = step
    if (step.origin === undefined || status === undefined) return 'silent'
    const problem = problemOf(step)
    if (problem === undefined) return
    if (cameAllTheSame(step, flow) || isAllowedLater(step, flow)) return
    yield {
      variant: problem.variant,
      ...answererOf(step, flow),
      message: `the preflight for ${step.url} is answered ${status}${problem.message}, so a page at ${step.origin} may not call it`,
      evidence: [
        { step, at: 'response.status' },
        { step, at: 'request.url' },
        { step, at: 'request.header.origin' },
        problem.note !== undefined && {
          step,
          at: 'response.header.access-control-allow-origin',
          note: problem.note,
        },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'allowed, and the request follows',
        http: `
          > OPTIONS https://as.example/token
          > origin: https://app.example
          > access-control-request-method: POST

          < HTTP/1.1 204 No Content
          < access-control-allow-origin: https://app.example
          < access-control-allow-methods: POST`,
      },
    ],
    bad: [
      {
        name: 'authentication stands before it',
        http: `
          > OPTIONS https://mcp.example/mcp
          > origin: https://app.example
          > access-control-request-method: POST
          > access-control-request-headers: authorization, content-type

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer`,
        expect: { variant: 'auth-required' },
      },
      {
        name: 'a success that allows nobody',
        http: `
          > OPTIONS https://as.example/token
          > origin: https://app.example
          > access-control-request-method: POST

          < HTTP/1.1 204 No Content
          < allow: POST, OPTIONS`,
        expect: { variant: 'no-allow-origin' },
      },
    ],
  },
})

interface Problem {
  readonly variant: string
  readonly message: string
  /** What is to be said of Access-Control-Allow-Origin, which is read after a success only. */
  readonly note?: string
}

function problemOf(step: Preflight): Problem | undefined {
  const { status = 0 } = step
  if (status === 401 || status === 403) return { variant: 'auth-required', message: '' }
  if (status === 404) return { variant: 'not-found', message: '' }
  if (status === 405) return { variant: 'method', message: '' }
  if (status >= 300 && status < 400) return { variant: 'redirect', message: '' }
  if (status >= 400) return { variant: 'error-status', message: '' }
  const allowed = header(step.exchange.response?.headers ?? [], 'access-control-allow-origin')
  if (allowed === '*' || allowed === step.origin) return undefined
  return allowed === undefined
    ? {
        variant: 'no-allow-origin',
        message: ' without Access-Control-Allow-Origin',
        note: 'must name the origin, or *',
      }
    : {
        variant: 'no-allow-origin',
        message: ` for ${quoted(allowed)}`,
        note: `must be ${step.origin}, or *`,
      }
}

/** It was allowed at another try. */
function isAllowedLater(step: Preflight, flow: Flow): boolean {
  return flow
    .after(step, 'preflight')
    .some((later) => later.url === step.url && problemOf(later) === undefined)
}
