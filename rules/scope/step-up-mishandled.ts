import {
  type Challenge,
  type Draft,
  type Flow,
  before,
  blind,
  defineRule,
  atLeast,
  endingOf,
  holdsScope,
  isOfLogin,
  isSameCall,
  lacksScope,
  parameterPlace,
  presentedScopes,
  quoted,
  scopesOf,
  undetermined,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'scope/step-up-mishandled',
  title: 'The client does not answer insufficient_scope by asking for the scope',
  severity: ['warning', 'error'],
  fault: ['client', 'undetermined'],
  spec: ['MCP 2025-11-25 Step-Up Authorization Flow', 'RFC 6749 §6'],
  revisions: 'from 2025-11-25; from 2026-07-28 the scopes it had before as well',
  reads: ['authorization'],
  why: 'The MCP server said which scope is missing; without a new authorization request for it the call can never succeed.',
  remedy:
    'Send a new authorization request for the scopes you had and those of the challenge, and repeat the call once with the new token.',
  explains: ['bearer/fresh-token-rejected', 'flow/reauth-loop', 'flow/stalled', 'flow/step-failed'],

  on: 'challenge',

  *check(step, flow) {
    const wanted = scopesOf(step.scope)
    if (!lacksScope(step) || wanted.length === 0) return 'silent'
    if (before(flow.revision.client, '2025-11-25')) return 'silent'
    // Only a client that got its token here can get another; machines may give up (MCP 2025-11-25).
    const issued = flow.issuedBy(step.presented)
    if (issued === undefined || issued.grantType === 'client_credentials') return 'silent'
    // Where the login itself was out of sight, another one would be.
    if (flow.before(step, 'authorize').length === 0) return blind('the authorization request')
    // After a second equal refusal to give up is right: that is `scope/step-up-loop`.
    if (flow.before(step, 'challenge').some((call) => lacksScope(call) && isSameCall(call, step)))
      return 'silent'
    const had = presentedScopes(step, flow)
    if (had !== undefined && wanted.every((scope) => holdsScope(had, scope))) return 'silent'
    const draft = reaction(step, wanted, had ?? [], flow)
    if (draft !== undefined) yield draft
  },

  examples: {
    good: [
      {
        name: 'asked for, with what was there before',
        http: `
          \${opening until token}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}

          {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"write"}}

          < HTTP/1.1 403 Forbidden
          < www-authenticate: Bearer error="insufficient_scope", scope="write"

          > GET https://as.example/authorize?response_type=code&client_id=app&state=s2&scope=read%20write

          < HTTP/1.1 200 OK`,
      },
    ],
    bad: [
      {
        name: 'nothing follows',
        http: `
          \${opening until mcp unanswered}

          < HTTP/1.1 403 Forbidden
          < www-authenticate: Bearer error="insufficient_scope", scope="write"`,
        expect: { variant: 'not-attempted', severity: 'error' },
      },
      {
        name: 'a new login that asks for something else',
        http: `
          \${opening until token}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}

          {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"write"}}

          < HTTP/1.1 403 Forbidden
          < www-authenticate: Bearer error="insufficient_scope", scope="write"

          > GET https://as.example/authorize?response_type=code&client_id=app&state=s2&scope=read

          < HTTP/1.1 200 OK`,
        expect: { variant: 'challenge-dropped' },
      },
    ],
  },
})

/** What the client did about the challenge, where that is not what it ought to have done. */
function reaction(
  step: Challenge,
  wanted: readonly string[],
  had: readonly string[],
  flow: Flow,
): Draft | undefined {
  const challenge = {
    step,
    at: 'response.header.www-authenticate' as const,
    note: 'what is missing',
  }
  const next = flow.after(step, 'authorize', 'pushed-request')[0]
  const again = flow.after(step, 'mcp', 'challenge').find((call) => isSameCall(call, step))
  const lost = again === undefined || again.kind === 'challenge'
  if (next === undefined) return withoutLogin(step, lost, flow)
  if (next.kind === 'authorize' && next.opaque) return undefined
  const asked = scopesOf(next.scope)
  const request = { ...parameterPlace(next, 'scope', flow), note: 'what the client asks for' }
  const dropped = wanted.filter((scope) => !holdsScope(asked, scope))
  if (dropped.length > 0)
    return {
      variant: 'challenge-dropped',
      severity: again?.kind === 'challenge' ? 'error' : 'warning',
      message: `the challenge wants scope ${quoted(wanted.join(' '))}, and the new authorization request lacks ${dropped.map(quoted).join(', ')}`,
      evidence: [challenge, request],
    }
  const forgotten = had.filter((scope) => !isOfLogin(scope) && !holdsScope(asked, scope))
  if (forgotten.length === 0 || wasGivenUp(step, flow)) return undefined
  const missed = flow
    .after(next, 'challenge')
    .find(
      (call) => lacksScope(call) && scopesOf(call.scope).some((one) => holdsScope(forgotten, one)),
    )
  const isDuty = atLeast(flow.revision.client, '2026-07-28')
  if (missed === undefined && !isDuty) return undefined
  return {
    variant: 'prior-scopes-dropped',
    severity: missed !== undefined && endingOf(flow).lost !== undefined ? 'error' : 'warning',
    ...(isDuty
      ? { fault: 'client' }
      : undetermined({
          client: 'it asks for the scope of the challenge alone, and gives up those that it had',
          'resource-server': 'its challenge does not repeat the scopes that the token had',
        })),
    message:
      `the new authorization request gives up ${forgotten.map(quoted).join(', ')}, which the token before it carried` +
      (missed === undefined ? '' : ', and a later call lacks it'),
    evidence: [
      challenge,
      request,
      missed && {
        step: missed,
        at: 'response.header.www-authenticate',
        note: 'wants what was given up',
      },
    ],
  }
}

/** An earlier token had all that is wanted: that the client gave it up is told where it did. */
function wasGivenUp(step: Challenge, flow: Flow): boolean {
  const wanted = scopesOf(step.scope)
  return flow
    .before(step, 'challenge')
    .filter(lacksScope)
    .map((earlier) => presentedScopes(earlier, flow) ?? [])
    .some((had) => wanted.every((scope) => holdsScope(had, scope)))
}

/** No new authorization request: the client gave up, or asked for a token of the same scopes again. */
function withoutLogin(step: Challenge, lost: boolean, flow: Flow): Draft | undefined {
  if (!lost || !flow.waited('user') || wasGivenUp(step, flow)) return undefined
  const tokens = flow.after(step, 'token')
  // A new login took place out of sight.
  if (tokens.some(({ grantType }) => grantType !== 'refresh_token')) return undefined
  const [refresh] = tokens
  // A program that goes on with other calls may have told its user, who cannot make this call all the same.
  const isOver = endingOf(flow).lost === step
  return {
    variant: refresh === undefined ? 'not-attempted' : 'refresh-used',
    severity: isOver ? 'error' : 'warning',
    message:
      `the MCP server wants scope ${quoted(step.scope)}, and the client sends no new authorization request` +
      (refresh === undefined ? '' : '; it refreshes its token, which brings no new scope'),
    evidence: [
      { step, at: 'response.header.www-authenticate', note: 'what is missing' },
      refresh && { step: refresh, at: 'request.form.grant_type' },
    ],
  }
}
