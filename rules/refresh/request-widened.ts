import {
  type Draft,
  type Flow,
  type TokenCall,
  audiences,
  claimedScopes,
  defineRule,
  grantedScopes,
  holdsScope,
  isOfLogin,
  lacksScope,
  loginBehind,
  quoted,
  resourcesBehind,
  sameUrl,
  scopesOf,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'refresh/request-widened',
  title: 'A refresh asks for more than was granted, or brings another token',
  severity: ['warning', 'error'],
  fault: ['client', 'authorization-server'],
  spec: ['RFC 6749 §6', 'OAuth 2.1 §4.3.1', 'RFC 8707 §2.2'],
  revisions: 'all',
  seed: [{ item: 'A-3', variants: ['audience-changed', 'resource-changed'] }],
  why: 'A refresh renews what a person agreed to and nothing else: a server refuses more, and a token that changed on the way is refused by the MCP server.',
  remedy:
    'Refresh with the scopes and the resource of the login, or without `scope`; ask for more in a new authorization request.',
  explains: [
    'audience/as-rejects-resource',
    'audience/aud-mismatch',
    'bearer/fresh-token-rejected',
    'scope/rejected-by-as',
    'scope/server-refuses-own-scope',
    'token/error-response',
    'flow/reauth-loop',
    'flow/stalled',
    'flow/step-failed',
  ],

  on: 'token',

  *check(step, flow) {
    if (step.grantType !== 'refresh_token') return 'silent'
    const login = loginBehind(step, flow)
    if (login === undefined) return 'silent'
    const before = renewedBy(step, login, flow)
    const drafts = [
      ...widened(step, login, flow),
      ...moved(step, flow),
      ...(step.ok ? changed(step, before, flow) : []),
    ]
    yield* drafts.slice(0, 1)
  },

  examples: {
    good: [
      {
        name: 'the same resource, and fewer scopes',
        http: `
          ${login('read write', '"access_token":"${secret at_ one}"')}

          ${refresh('&scope=read&resource=https%3A%2F%2Fmcp.example%2Fmcp', '"access_token":"${secret at_ two}"')}`,
      },
    ],
    bad: [
      {
        name: 'a scope that was never granted, refused',
        http: `
          ${login('read', '"access_token":"${secret at_ one}"')}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=refresh_token&refresh_token=r1&client_id=app&scope=read+write

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_scope"}`,
        expect: { variant: 'scope-widened', severity: 'error', fault: 'client' },
      },
      {
        name: 'the new token is for somebody else',
        http: `
          ${login('read', '"access_token":"${jwt {"aud":"https://mcp.example/mcp"}}"')}

          ${refresh('&resource=https%3A%2F%2Fmcp.example%2Fmcp', '"access_token":"${jwt {"aud":"api://default"}}"')}`,
        expect: { variant: 'audience-changed', severity: 'warning', fault: 'authorization-server' },
      },
    ],
  },
})

function login(scope: string, members: string): string {
  return `> POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app&scope=${encodeURIComponent(scope)}&resource=https%3A%2F%2Fmcp.example%2Fmcp

          < HTTP/1.1 200 OK

          {${members},"token_type":"Bearer","refresh_token":"r1"}`
}

function refresh(params: string, members: string): string {
  return `> POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=refresh_token&refresh_token=r1&client_id=app${params}

          < HTTP/1.1 200 OK

          {${members},"token_type":"Bearer","refresh_token":"r2"}`
}

/** The answer that this refresh renews: the latest of the login and its refreshes. */
function renewedBy(step: TokenCall, login: TokenCall, flow: Flow): TokenCall {
  const refreshes = flow
    .before(step, 'token')
    .filter(
      ({ ok, grantType, order }) => ok && grantType === 'refresh_token' && order > login.order,
    )
  return refreshes.at(-1) ?? login
}

/** Scopes beyond those of the login (RFC 6749 §6). */
function* widened(step: TokenCall, login: TokenCall, flow: Flow): Generator<Draft> {
  const granted = grantedScopes(login, flow)
  const more = scopesOf(step.scope).filter(
    (scope) => granted !== undefined && !isOfLogin(scope) && !holdsScope(granted, scope),
  )
  if (granted === undefined || more.length === 0) return
  yield {
    variant: 'scope-widened',
    severity: step.ok ? 'warning' : 'error',
    message: `the refresh asks for scope ${more.map(quoted).join(', ')}, and ${quoted(granted.join(' '))} was granted`,
    found: more.join(' '),
    expected: `within ${granted.join(' ')}`,
    evidence: [
      { step, at: 'request.form.scope', note: 'what the refresh asks for' },
      { step: login, at: 'response.json/scope', note: `granted: ${granted.join(' ')}` },
      { step, at: 'response.status' },
    ],
  }
}

/** A resource that the login was not for (RFC 8707 §2.2); another spelling is the business of other rules. */
function* moved(step: TokenCall, flow: Flow): Generator<Draft> {
  const known = resourcesBehind(step, flow)
  const other = step.resources.find((one) => !known?.resources.some((old) => sameUrl(old, one)))
  if (known === undefined || known.resources.length === 0 || other === undefined) return
  yield {
    variant: 'resource-changed',
    severity: step.ok ? 'warning' : 'error',
    message: `the refresh is for resource ${quoted(other)}, and the login was for ${quoted(known.resources[0])}`,
    found: other,
    expected: known.resources[0],
    evidence: [
      { step, at: 'request.form.resource', note: 'what the refresh asks for' },
      { ...known.place, note: 'what the login asked for' },
      { step, at: 'response.status' },
    ],
  }
}

/** A token that differs from the one before it, though the request asked for nothing else. */
function* changed(step: TokenCall, before: TokenCall, flow: Flow): Generator<Draft> {
  const [old, fresh] = [before.accessToken, step.accessToken]
  if (old?.format !== 'jwt' || fresh?.format !== 'jwt') return
  const uses = flow.usesOf(step)
  const refused = uses.some(({ kind }) => kind === 'challenge') && !uses.some(({ ok }) => ok)
  const [was, is] = [audiences(old), audiences(fresh)]
  // Without the parameter the server was not told whom the token is for.
  const told = step.resources.length > 0 || before.resources.length === 0
  if (told && was.length > 0 && is.length > 0 && !was.some((one) => is.includes(one)))
    yield {
      variant: 'audience-changed',
      fault: 'authorization-server',
      severity: refused ? 'error' : 'warning',
      message: `the token before the refresh is for ${quoted(was.join(' '))}, the one after it for ${quoted(is.join(' '))}`,
      remedy: 'Issue the refreshed token for the audience of the first one.',
      found: is.join(' '),
      expected: was.join(' '),
      evidence: [
        { step: before, at: 'response.jwt.aud', note: 'before' },
        { step, at: 'response.jwt.aud', note: 'after' },
      ],
    }
  const had = claimedScopes(old) ?? []
  const has = claimedScopes(fresh)
  if (has === undefined || step.issuedScope !== undefined || step.scope !== undefined) return
  const gone = had.filter((scope) => !has.includes(scope))
  if (gone.length === 0) return
  yield {
    variant: 'scope-shrunk',
    fault: 'authorization-server',
    severity: uses.some(lacksScope) ? 'error' : 'warning',
    message: `the refreshed token lacks ${gone.map(quoted).join(', ')}, which the one before it carried, and the response does not say so`,
    remedy:
      'Return `scope` whenever a refreshed token carries other scopes than the one before it.',
    evidence: [
      { step: before, at: 'response.jwt.scope', note: 'before' },
      { step, at: 'response.jwt.scope', note: 'after' },
      { step, at: 'response.json/scope', note: 'must say so' },
    ],
  }
}
