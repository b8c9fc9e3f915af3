import {
  type Challenge,
  type Draft,
  type Flow,
  type McpCall,
  answersAnybody,
  claimedExpiry,
  defineRule,
  header,
  quoted,
  withoutResponse,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'bearer/server-accepts-unauthenticated',
  title: 'The MCP server serves protected calls without a valid token',
  severity: ['error', 'warning'],
  fault: ['resource-server'],
  spec: [
    'MCP 2025-11-25 Token Handling',
    'MCP 2025-11-25 security Session Hijacking',
    'OAuth 2.1 §5.2',
  ],
  revisions: 'all',
  reads: ['authorization'],
  weakness: true,
  why: 'Whoever knows a session id or an old token calls the server in the name of somebody else.',
  remedy:
    'Validate the token of every request, and never take a session, a connection or an expired token for authentication.',

  on: 'mcp',

  *check(step, flow) {
    if (!step.ok || step.answer?.result !== true || step.answer.toolError !== undefined)
      return 'silent'
    if (!step.isRequest || open.has(step.rpc?.method ?? '') || isCached(step)) return 'silent'
    const guard = guardOf(step, flow)
    if (guard === undefined) return 'silent'
    const fault = withoutToken(step, guard) ?? withBadToken(step, flow)
    if (fault === undefined) return
    yield {
      ...fault,
      message: `${step.target} answers ${quoted(step.rpc?.method)} ${fault.message}`,
      evidence: [
        ...fault.evidence,
        { step, at: 'request.json/method' },
        { step, at: 'response.status', note: 'served' },
        { step: guard, at: 'response.status', note: 'without a token it was refused before' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'the token is good',
        http: `
          \${opening only challenge}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${jwt {"aud":"https://mcp.example/mcp","exp":1767272400}}

          {"jsonrpc":"2.0","id":2,"method":"tools/list"}

          < HTTP/1.1 200 OK

          {"jsonrpc":"2.0","id":2,"result":{"tools":[]}}`,
      },
    ],
    bad: [
      {
        name: 'the token expired an hour ago',
        http: `
          \${opening only challenge}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${jwt {"aud":"https://mcp.example/mcp","exp":1767265200}}

          {"jsonrpc":"2.0","id":2,"method":"tools/list"}

          < HTTP/1.1 200 OK

          {"jsonrpc":"2.0","id":2,"result":{"tools":[]}}`,
        expect: { variant: 'expired-jwt', severity: 'error' },
      },
    ],
  },
})

type Fault = Pick<Draft, 'variant' | 'severity' | 'confidence' | 'message' | 'evidence'>

/** What servers answer to everybody by design. */
const open = new Set(['initialize', 'ping', 'server/discover'])

/** Clocks may differ by so much, in milliseconds. */
const leeway = 300_000

/** The refusal that shows that this server wants a token for such a call: of initialize, or of the same call. */
function guardOf(step: McpCall, flow: Flow) {
  if (answersAnybody(step, flow) && step.authorization.length > 0) return undefined
  return flow
    .of('challenge')
    .find(
      ({ status, authorization, rpc, target }) =>
        status === 401 &&
        authorization.length === 0 &&
        withoutResponse(target) === withoutResponse(step.target) &&
        (rpc?.method === 'initialize' ||
          (rpc?.method === step.rpc?.method && rpc?.target === step.rpc?.target)),
    )
}

/** A cache in front of the server may have answered. */
function isCached({ exchange }: McpCall): boolean {
  const headers = exchange.response?.headers ?? []
  return ['age', 'x-cache', 'cf-cache-status'].some((name) => header(headers, name) !== undefined)
}

/** Fields under whose name servers take other credentials: API keys, tokens of gateways, cookies of a login page. */
const credentialField = /auth|key|token|secret|assertion|credential|cookie/i

/** The call carries what may be a credential of another kind, and the refused one did not. */
function hasOtherCredential({ exchange }: McpCall, guard: Challenge): boolean {
  const refused = guard.exchange.request.headers
  return exchange.request.headers.some(
    ([name, value]) => credentialField.test(name) && header(refused, name) !== value,
  )
}

function withoutToken(step: McpCall, guard: Challenge): Fault | undefined {
  if (step.authorization.length > 0) return undefined
  const [beside] = step.beside
  if (beside !== undefined)
    return {
      variant: 'query-token',
      severity: 'warning',
      message: `with a credential in ${beside.where === 'query' ? 'the URL' : `a ${beside.where}`} alone`,
      evidence: [
        beside.where === 'cookie'
          ? { step, at: 'request.header.cookie', note: 'must not be looked for here' }
          : { step, at: 'request.url', note: 'must not be looked for here' },
      ],
    }
  if (step.sessionId === undefined || hasOtherCredential(step, guard)) return undefined
  return {
    variant: 'session-as-auth',
    severity: 'error',
    message: 'to whoever names the session, without Authorization',
    evidence: [
      { step, at: 'request.header.authorization', note: 'there is no such field' },
      { step, at: 'request.header.mcp-session-id', note: 'a session is no authentication' },
    ],
  }
}

function withBadToken(step: McpCall, flow: Flow): Fault | undefined {
  const token = step.presented?.token
  if (token === undefined || answersAnybody(step, flow)) return undefined
  if (placeholders.has(token.value))
    return {
      variant: 'malformed-header',
      severity: 'error',
      message: 'to a placeholder in place of a token',
      evidence: [{ step, at: 'request.header.authorization', note: 'no token' }],
    }
  const expiry = claimedExpiry(token)
  if (expiry === undefined || expiry + leeway >= clockOf(step)) return undefined
  return {
    variant: 'expired-jwt',
    severity: 'error',
    message: `with a token that expired ${Math.floor((clockOf(step) - expiry) / 60_000)} minutes before`,
    evidence: [
      { step, at: 'request.jwt.exp', note: `expired at ${new Date(expiry).toISOString()}` },
      {
        step,
        at: 'response.header.date',
        note: `served at ${new Date(clockOf(step)).toISOString()}`,
      },
    ],
  }
}

const placeholders = new Set([
  '',
  'undefined',
  'null',
  '[object',
  '<access_token>',
  '${access_token}',
])

/** The earlier of both clocks: that of the server, as far as it tells, and ours. */
function clockOf({ exchange }: McpCall): number {
  const told = Date.parse(header(exchange.response?.headers ?? [], 'date') ?? '')
  return Number.isNaN(told) ? exchange.startedAt : Math.min(told, exchange.startedAt)
}
