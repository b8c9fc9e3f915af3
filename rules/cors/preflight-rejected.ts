import {
  type Draft,
  type Flow,
  type Pointer,
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
    const { variant, message, note } = problem
    if (cameAllTheSame(step, flow) || isAllowedLater(step, flow)) return
    yield {
      variant,
      ...answererOf(step, flow),
      message: `the preflight for ${step.url} is answered ${status}${message}, so a page at ${step.origin} may not call it`,
      found: `the preflight is answered ${status}`,
      evidence: [
        { step, at: 'response.status' },
        { step, at: 'request.url' },
        { step, at: 'request.header.origin' },
        note !== undefined && { step, at: 'response.header.access-control-allow-origin', note },
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

type Problem = Pick<Draft, 'variant' | 'message'> & Pick<Pointer, 'note'>

/** What is wrong with an answer; Access-Control-Allow-Origin, which the note is about, is read after a success only. */
function problemOf(step: Preflight): Problem | undefined {
  const { status = 0 } = step
  if (status === 401 || status === 403) return { variant: 'auth-required', message: '' }
  if (status === 404) return { variant: 'not-found', message: '' }
  if (status === 405) return { variant: 'method', message: '' }
  if (status >= 300) return { variant: status < 400 ? 'redirect' : 'error-status', message: '' }
  const allowed = header(step.exchange.response?.headers ?? [], 'access-control-allow-origin')
  if (allowed === '*' || allowed === step.origin) return undefined
  return {
    variant: 'no-allow-origin',
    message:
      allowed === undefined ? ' without Access-Control-Allow-Origin' : ` for ${quoted(allowed)}`,
    note: `must ${allowed === undefined ? 'name the origin' : `be ${step.origin}`}, or *`,
  }
}

/** It was allowed at another try. */
function isAllowedLater(step: Preflight, flow: Flow): boolean {
  return flow
    .after(step, 'preflight')
    .some((later) => later.url === step.url && problemOf(later) === undefined)
}
