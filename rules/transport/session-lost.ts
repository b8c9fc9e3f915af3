import {
  type Challenge,
  type Draft,
  type Flow,
  type McpCall,
  type Token,
  areAtOnce,
  atLeast,
  bodyText,
  defineRule,
  header,
  htmlPage,
  quoted,
  said,
  undetermined,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'transport/session-lost',
  title: 'A good token is refused because of the MCP session',
  severity: ['error', 'warning'],
  fault: ['resource-server', 'client', 'undetermined'],
  spec: ['MCP 2025-11-25 Session Management'],
  revisions: '2025-03-26 to 2025-11-25',
  seed: ['T-4'],
  why: 'Clients take a 401 for a bad token and log in anew, which brings no session back; people are asked to log in again and again.',
  remedy:
    'Answer 404 to a session that is not known, so that the client begins another; bind sessions to the user rather than to one access token, and share them between instances.',
  explains: [
    'bearer/fresh-token-rejected',
    'challenge/wrong-status',
    'flow/reauth-loop',
    'flow/stalled',
    'flow/step-failed',
    'challenge/www-authenticate-missing',
  ],

  on: ['mcp', 'challenge'],

  *check(step, flow) {
    if (step.presented === undefined || atLeast(flow.revision.server, '2026-07-28')) return 'silent'
    if (step.ok) return
    const status = step.status ?? 0
    const session = sessionOf(step)
    const blamed = said(step, 'session')
    if (status === 404) return yield* keptOn(step, flow, blamed)
    const owner = blamed === undefined ? ownerOf(step, session, flow) : undefined
    if (![400, 401, 403].includes(status)) return 'silent'
    if (blamed === undefined && owner === undefined) return 'silent'
    if (said(step, 'expired', 'audience', 'issuer', 'signature') !== undefined) return 'silent'
    if (refusesAnyway(step, flow)) return 'silent'
    // A first call needs no session; whoever demands one for a later call may answer 400.
    if (status === 400 && session === undefined && step.rpc?.method !== 'initialize')
      return 'silent'
    const earlier = flow.mcpCalls.find(
      (call) =>
        call.order < step.order &&
        call !== step &&
        (isRefusedSo(call) || (owner !== undefined && isSameRefusal(call, step))),
    )
    if (earlier !== undefined) return 'silent'
    const started =
      owner ??
      flow
        .before(step, 'mcp')
        .findLast((call) => call.ok && session !== undefined && call.sessionId === session)
    const renewed =
      started?.presented !== undefined &&
      started.presented.token.value !== step.presented.token.value
    const recovered = flow
      .after(step, 'mcp')
      .some((call) => call.ok && call.method === 'POST' && call.presented !== undefined)
    yield {
      severity: recovered ? 'warning' : 'error',
      confidence: 'likely',
      message:
        blamed === undefined
          ? `the server answers ${status} to a call with a new token that says the same as the one before, in a session that was begun with that one`
          : `the server answers ${status} to a call with a token and says ${quoted(blamed.words)}, which is about the session and not the token` +
            (renewed ? '; the session was begun with another token, before the refresh' : ''),
      evidence: [
        blamed === undefined
          ? { step, at: 'response.status' as const }
          : { step, at: blamed.at, note: 'what the server says' },
        {
          step,
          at: 'request.header.mcp-session-id',
          note: session === undefined ? 'none was sent' : 'the session that is refused',
        },
        started && {
          step: started,
          at: 'response.status',
          note: renewed ? 'the session worked with the token before' : 'the session worked before',
        },
      ],
    }
  },

  examples: {
    good: [{ name: 'a token that is accepted', http: '${opening only challenge token mcp}' }],
    bad: [
      {
        name: 'the session belongs to the token before the refresh',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_ 1}

          {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

          < HTTP/1.1 200 OK
          < content-type: application/json
          < mcp-session-id: one

          {"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25"}}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_ 2}
          > mcp-session-id: one

          {"jsonrpc":"2.0","id":2,"method":"tools/list"}

          < HTTP/1.1 403 Forbidden
          < content-type: application/json

          {"error":"caller identity does not match session owner"}`,
        expect: { severity: 'error', fault: 'resource-server' },
      },
      {
        name: 'a 401 for want of a session',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_ 1}

          {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

          < HTTP/1.1 401 Unauthorized
          < content-type: text/plain

          No valid session ID provided`,
        expect: { severity: 'error' },
      },
      {
        name: 'a session that has ended is used again and again',
        http: `
          \${opening until mcp}
${ended()}
${ended()}`,
        expect: { variant: 'used-after-404', severity: 'error', fault: 'client' },
      },
    ],
  },
})

/** A call in the session of the usual opening, which the server knows no longer. */
function ended(): string {
  return `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_ 1}
          > mcp-session-id: session-1

          {"jsonrpc":"2.0","id":3,"method":"tools/list"}

          < HTTP/1.1 404 Not Found

          {"error":"Session not found"}`
}

/**
 * That a session has ended, 404 says rightly, and the client has to begin another (MCP Session Management). One that goes on
 * with the old one stands still; where the session ended with the token before, the server made that happen at every refresh.
 */
function* keptOn(
  step: Call,
  flow: Flow,
  blamed: ReturnType<typeof said>,
): Generator<Draft, 'silent' | undefined, unknown> {
  const session = sessionOf(step)
  if (session === undefined || blamed === undefined) return 'silent'
  const gone = flow.mcpCalls.filter((call) => call.status === 404 && sessionOf(call) === session)
  if (gone[0] !== step) return 'silent'
  // Calls that were under way already tell nothing, and a client that closes may end what it takes for its session.
  const again = gone.find((call) => call.isRequest && !areAtOnce(call, step))
  const anew = flow.after(step, 'mcp', 'challenge').some(({ rpc }) => rpc?.method === 'initialize')
  if (again === undefined || anew) return 'silent'
  const started = flow.callOf(session)
  const renewed = started !== undefined && !isTakenHere(step, session, flow)
  yield {
    variant: 'used-after-404',
    ...(renewed
      ? undetermined({
          'resource-server': 'it ends the session when the token is renewed',
          client: 'it begins no other session after the 404',
        })
      : { fault: 'client' }),
    message:
      `the server answers 404 and says ${quoted(blamed.words)}, and the client goes on with that session` +
      (renewed ? '; the session was begun with another token, before the refresh' : ''),
    remedy:
      'After a 404 to a call with a session, begin another with initialize and no session id' +
      (renewed ? '; in the server, keep the session of a user when the token is renewed.' : '.'),
    evidence: [
      { step, at: blamed.at, note: 'what the server says' },
      { step, at: 'request.header.mcp-session-id', note: 'the session that has ended' },
      { step: again, at: 'request.header.mcp-session-id', note: 'sent again' },
      started && { step: started, at: 'response.status', note: 'the session worked before' },
    ],
  }
  return undefined
}

/** The session worked with the token of this call. */
function isTakenHere({ presented }: Call, session: string, flow: Flow): boolean {
  return [flow.callOf(session), ...flow.of('mcp')].some(
    (call) =>
      call?.ok === true &&
      call.sessionId === session &&
      call.presented?.token.value === presented?.token.value,
  )
}

type Call = McpCall | Challenge

/**
 * The call that began the session with an earlier token, where a plain 403 to a new one that says the same cannot be about the
 * token: who may do what did not change, and no new token gets through in this session.
 */
function ownerOf(step: Call, session: string | undefined, flow: Flow): McpCall | undefined {
  if (session === undefined || step.status !== 403 || step.refusal?.says.length !== 0)
    return undefined
  if (step.kind === 'challenge' && (step.error !== undefined || step.scope !== undefined))
    return undefined
  // A page is no answer of an MCP server.
  const { response } = step.exchange
  if (response === undefined || htmlPage(response.headers, bodyText(response))) return undefined
  // A tool or a resource may be forbidden for itself.
  const refused = flow.mcpCalls.filter((one) => isSameRefusal(one, step))
  if (refused.every(({ rpc }) => /^(?:tools|resources|prompts)\/(?!list)/.test(rpc?.method ?? '')))
    return undefined
  const call = flow.callOf(session)
  const [first, token] = [call?.presented?.token, step.presented?.token]
  if (call === undefined || first === undefined || token === undefined) return undefined
  const isBound = flow
    .of('mcp')
    .every(
      (one) => !one.ok || sessionOf(one) !== session || one.presented?.token.value === first.value,
    )
  return call.order < step.order &&
    isBound &&
    first.value !== token.value &&
    saysTheSame(first, token, flow)
    ? call
    : undefined
}

function sessionOf(call: Call): string | undefined {
  return header(call.exchange.request.headers, 'mcp-session-id')
}

function isSameRefusal(call: Call, step: Call): boolean {
  return call.status === 403 && sessionOf(call) === sessionOf(step)
}

/**
 * What decides over access: the claims of both, or what was granted where neither can be read. Where no claim says for whom,
 * only a refresh shows that it is the same user.
 */
function saysTheSame(earlier: Token, later: Token, flow: Flow): boolean {
  const names = ['iss', 'aud', 'sub', 'client_id', 'azp', 'scope', 'scp', 'roles']
  const [before, after] = [earlier, later].map(({ value }) =>
    flow.of('token').findLast(({ accessToken }) => accessToken?.value === value),
  )
  const isRenewed = after?.grantType === 'refresh_token'
  if (earlier.claims !== undefined && later.claims !== undefined)
    return (
      (isRenewed || earlier.claims['sub'] !== undefined) &&
      names.every((name) => isSame(earlier.claims?.[name], later.claims?.[name]))
    )
  return isRenewed && before !== undefined && before.issuedScope === after.issuedScope
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function isRefusedSo(call: Call): boolean {
  return [400, 401, 403].includes(call.status ?? 0) && said(call, 'session') !== undefined
}

/** The token itself is said to be no good: on a call without a session as well. */
function refusesAnyway(step: Call, flow: Flow): boolean {
  return flow
    .of('challenge')
    .some(
      (call) =>
        call !== step &&
        call.error === 'invalid_token' &&
        call.presented?.token.value === step.presented?.token.value &&
        said(call, 'session') === undefined,
    )
}
