import {
  type Challenge,
  type Flow,
  type McpCall,
  type Pointer,
  bodyText,
  claimedExpiry,
  defineRule,
  expiryOf,
  gatewayOf,
  header,
  htmlPage,
  isLoginUrl,
  origin,
  quoted,
  said,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'challenge/wrong-status',
  title: 'A missing or invalid token does not get a 401',
  severity: ['error'],
  fault: ['resource-server', 'intermediary'],
  spec: ['RFC 6750 §3.1', 'RFC 9110 §15.5.2', 'MCP 2025-11-25 Error Handling'],
  revisions: 'all',
  reads: ['authorization'],
  seed: [{ item: 'U-1', when: ({ authorization }) => authorization.length === 0 }, 'U-5'],
  threads: [
    'https://github.com/OpenLiberty/open-liberty/issues/33634',
    'https://github.com/BerriAI/litellm/issues/27489',
  ],
  why: 'A client logs in or refreshes only after a 401. It shows any other status to the user as a failure.',
  remedy:
    'Answer 401 with a Bearer challenge whenever a token is missing, expired or invalid, before you read the message.',
  explains: [
    'challenge/error-code-misuse',
    'flow/auth-not-started',
    'flow/stalled',
    'flow/step-failed',
    'scope/step-up-mishandled',
  ],

  on: ['mcp', 'challenge'],

  *check(step, flow) {
    const { status, answer } = step
    if (status === 401) return
    if (status === undefined || (step.ok && answer?.toolError === undefined)) return 'silent'
    if (versionErrors.has(answer?.error?.code ?? 0)) return 'silent'
    const spent = isSpent(step, flow)
    if (step.kind === 'challenge' && step.error === 'insufficient_scope' && !spent) return 'silent'
    if (isElsewhere(step)) return 'silent'
    const bare = step.authorization.length === 0
    const reason = bare ? reasonWithout(step, flow) : reasonWithToken(step, spent)
    if (reason === undefined) return 'silent'

    const variant = variantOf(step)
    const location = header(step.exchange.response?.headers ?? [], 'location') ?? ''
    const away = variant === 'redirect' && ![undefined, origin(step.url)].includes(origin(location))
    const evidence: Pointer[] = [
      {
        step,
        at: 'request.header.authorization',
        note: bare ? 'none was sent' : 'the token that was sent',
      },
      { step, at: 'response.status', note: 'must be 401' },
    ]
    if (variant === 'redirect') evidence.push({ step, at: 'response.header.location' })
    if (reason === 'said') evidence.push({ step, at: step.refusal?.at ?? 'response.body' })
    if (spent && !bare) evidence.push({ step, at: 'request.jwt.exp', note: 'had passed' })
    yield {
      variant,
      fault: away || (status >= 502 && status <= 504) ? 'intermediary' : 'resource-server',
      confidence: reason === 'said' ? 'certain' : 'likely',
      message:
        `${bare ? 'a request without a token' : 'a bad token'} is answered with ${status}` +
        (variant === 'redirect' ? ` to ${location}` : '') +
        (reason === 'said' ? ` and the words ${quoted(step.refusal?.text)}` : '') +
        `, not with 401, by ${step.target}`,
      found: `${status} in place of 401`,
      evidence,
    }
  },

  examples: {
    good: [{ name: 'no token, 401', http: '${opening only challenge}' }],
    bad: [
      {
        name: 'no token, 403',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 403 Forbidden
          < content-type: application/json

          {"message":"Forbidden"}`,
        expect: { variant: '403', fault: 'resource-server' },
      },
      {
        name: 'the refusal is a JSON-RPC error with status 200',
        http: `
          > POST https://mcp.example/mcp

          {"jsonrpc":"2.0","id":1,"method":"tools/list"}

          < HTTP/1.1 200 OK
          < content-type: application/json

          {"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"Unauthorized"}}`,
        expect: { variant: '200-jsonrpc-error' },
      },
    ],
  },
})

type Call = McpCall | Challenge

/** JSON-RPC errors of MCP 2026-07-28 about versions, headers and capabilities. */
const versionErrors = new Set([-32020, -32021, -32022])

/** The answer speaks of a credential that is missing or no good, or of a login. */
function wantsLogin(step: Call): boolean {
  return said(step, 'credential-missing', 'unauthenticated', 'credential-refused') !== undefined
}

/** Codes that servers use for authorization; "invalid token" under another one is a parser speaking. */
const authorizationErrors = new Set([-32000, -32001, 401, 403])

/** The answer is that of something before the server, or about something else than the credential. */
function isElsewhere(step: Call): boolean {
  const { response } = step.exchange
  const fields = response?.headers ?? []
  const body = response === undefined ? '' : bodyText(response).slice(0, 2000)
  if (htmlPage(fields, body) !== undefined && gatewayOf(fields) !== undefined) return true
  if (header(fields, 'x-amzn-errortype')?.startsWith('MissingAuthenticationToken') === true)
    return true
  if (step.status !== 403) return false
  if (gatewayOf(fields) !== undefined && !body.startsWith('{')) return true
  const origin = header(step.exchange.request.headers, 'origin') !== undefined
  return (origin || body.toLowerCase().includes('host')) && !wantsLogin(step)
}

/** The same call was answered as soon as it carried a token. */
function worksWithToken(step: Call, flow: Flow): boolean {
  return flow
    .after(step, 'mcp')
    .some(
      (call) =>
        call.ok &&
        call.presented !== undefined &&
        call.method === step.method &&
        call.rpc?.method === step.rpc?.method,
    )
}

/** The words blame a credential that was sent. */
function blamesToken(step: Call): boolean {
  const { status = 0, answer } = step
  if (said(step, 'credential-refused') === undefined) return false
  return status >= 400 || authorizationErrors.has(answer?.error?.code ?? 0)
}

/** The token that was presented had expired, by its own claims or by what was said when it was issued. */
function isSpent(step: Call, flow: Flow): boolean {
  const issued = flow.issuedBy(step.presented)
  const end = claimedExpiry(step.presented?.token) ?? (issued && expiryOf(issued)) ?? Infinity
  return end <= step.exchange.startedAt
}

/** Why the answer to a request with a token ought to have been 401; undefined when it need not. */
function reasonWithToken(step: Call, spent: boolean): 'said' | 'shown' | undefined {
  // A tool may speak of a token for an API behind it; of the one that was sent only when that is spent.
  if (step.answer?.toolError !== undefined)
    return spent && said(step, 'credential-refused') ? 'said' : undefined
  if (step.kind === 'challenge' && step.error === 'invalid_token') return 'said'
  if (blamesToken(step)) return 'said'
  return spent && step.status === 403 ? 'shown' : undefined
}

/** The same for a request without one. */
function reasonWithout(step: Call, flow: Flow): 'said' | 'shown' | undefined {
  const { status = 0, answer } = step
  // What a tool reports of an API behind it is none of our business, unless it speaks of the call's own credential.
  if (answer?.toolError !== undefined) {
    const isProtected =
      flow.resourceMetadata !== undefined || flow.of('challenge').some((one) => one.status === 401)
    return isProtected && said(step, 'credential-missing') ? 'said' : undefined
  }
  if (wantsLogin(step) && (!said(step, 'credential-refused') || blamesToken(step))) return 'said'
  if (status === 403) return 'shown'
  if (status >= 300 && status < 400) {
    const location = header(step.exchange.response?.headers ?? [], 'location')
    return location !== undefined && isLoginUrl(location) ? 'shown' : undefined
  }
  const contrast = [400, 404, 405, 500].includes(status) && step.sessionId === undefined
  return contrast && worksWithToken(step, flow) ? 'shown' : undefined
}

function variantOf({ status = 0, answer }: Call): string {
  if (status >= 500) return '5xx'
  if (status >= 300 && status < 400) return 'redirect'
  if (status >= 400) return String(status)
  return answer?.toolError === undefined ? '200-jsonrpc-error' : '200-tool-error'
}
