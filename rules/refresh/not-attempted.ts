import {
  type Authorize,
  type Challenge,
  type Flow,
  type TokenCall,
  attemptOf,
  defineRule,
  expiryOf,
  grantedScopes,
  holdsScope,
  isOfLogin,
  isRefreshOver,
  objectOf,
  parameterPlace,
  said,
  sameUrl,
  scopesOf,
  stringsMember,
  withoutResponse,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'refresh/not-attempted',
  title: 'The client starts a new login although it holds a refresh token',
  severity: ['warning', 'error'],
  fault: ['client'],
  spec: ['OAuth 2.1 §4.3', 'MCP 2026-07-28 Refresh Tokens'],
  revisions: 'all',
  why: 'People are sent to the login page at every expiry, although nobody would have to be asked.',
  remedy:
    'Try the refresh token grant first, and log in anew only when it is answered invalid_grant.',

  explains: ['bearer/stale-or-expired-token', 'flow/reauth-loop', 'flow/step-failed'],

  on: ['authorize', 'challenge'],

  *check(step, flow) {
    if (step.kind === 'challenge') {
      const held = presentedInVain(step, flow)
      if (held === undefined) return 'silent'
      yield {
        severity: 'error',
        confidence: 'likely',
        message: `for the third time the client sends a token that has expired to ${step.target}, and it does not use the refresh token that it was given`,
        remedy:
          'Use the refresh token as soon as the access token has expired, or when the server answers invalid_token.',
        evidence: [
          { step, at: 'request.header.authorization', note: 'the token that has expired' },
          { step, at: 'response.status' },
          { step: held, at: 'response.json/refresh_token', note: 'given before, and never used' },
        ],
      }
      return
    }
    const token = unused(step, flow)
    if (token === undefined) return 'silent'
    // The token was accepted at least once: one that never worked is a matter of its own.
    if (!usesOf(token, flow).some(({ kind, ok }) => kind === 'mcp' && ok)) return 'silent'
    const attempts = [
      ...(flow.follows?.after(token, 'token') ?? []),
      ...flow.after(token, 'token'),
    ].filter((later) => later.order < step.order)
    if (attempts.some(({ grantType }) => grantType === 'refresh_token')) return
    const asked = [
      ...(flow.follows?.before(token, 'authorize') ?? []),
      ...flow.before(token, 'authorize'),
    ].at(-1)
    const elsewhere =
      asked !== undefined && !sameUrl(withoutResponse(asked.url), withoutResponse(step.url))
    if (!isSpent(token, step, flow) || isWider(step, token, flow) || elsewhere) return 'silent'
    if (declaresNoRefresh(step, flow)) return 'silent'
    yield {
      message: `the client asks for a new login at ${withoutResponse(step.url)}, and did not try the refresh token that it was given`,
      evidence: [
        { ...parameterPlace(step, 'client_id', flow), note: 'a new authorization request' },
        { step: token, at: 'response.json/refresh_token', note: 'given before, and never used' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'the refresh is tried, and refused',
        http: `
          # at 12:00:00.000
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer","expires_in":60,"refresh_token":"r1"}

          \${opening only mcp}

          # at 13:00:00.000
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=refresh_token&refresh_token=r1&client_id=app

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_grant"}

          # handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&state=s2`,
      },
    ],
    bad: [
      {
        name: 'three calls with a token that has expired',
        http: `
          # at 12:00:00.000
          \${opening only token mcp}

          ${[0, 10, 20]
            .map(
              (seconds) => `
          # at 14:00:${String(seconds).padStart(2, '0')}.000
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}

          {"jsonrpc":"2.0","id":2,"method":"tools/list"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token", error_description="The access token expired"`,
            )
            .join('\n')}`,
        expect: { severity: 'error' },
      },
    ],
  },
})

/** At the third call with a token that has expired: the answer that gave it together with a refresh token. */
function presentedInVain(step: Challenge, flow: Flow): TokenCall | undefined {
  const token = flow.issuedBy(step.presented)
  if (token?.issuedRefreshToken === undefined || !flow.waited('backChannel')) return undefined
  if (!flow.usesOf(token).some(({ kind, ok }) => kind === 'mcp' && ok)) return undefined
  const end = expiryOf(token) ?? Infinity
  const vain = flow
    .usesOf(token)
    .filter((call): call is Challenge => call.kind === 'challenge' && call.status === 401)
    .filter((call) => call.exchange.startedAt >= end || said(call, 'expired') !== undefined)
  if (vain[2] !== step || isRefreshOver(token, step, flow)) return undefined
  return flow.after(vain[0]!, 'token', 'authorize', 'pushed-request').length > 0 ? undefined : token
}

/** The latest refresh token of this client, not used since it was issued. */
function unused(step: Authorize, flow: Flow): TokenCall | undefined {
  const token = [...(flow.follows?.of('token') ?? []), ...flow.before(step, 'token')].findLast(
    ({ ok, clientId }) => ok && clientId === step.clientId,
  )
  if (token?.issuedRefreshToken === undefined || isRefreshOver(token, step, flow)) return undefined
  return token
}

/** The access token was of no more use: expired, or refused as invalid. */
function isSpent(token: TokenCall, step: Authorize, flow: Flow): boolean {
  if ((expiryOf(token) ?? Infinity) <= step.exchange.startedAt) return true
  return usesOf(token, flow).some(
    (call) =>
      call.kind === 'challenge' &&
      call.error === 'invalid_token' &&
      call.order < step.order &&
      // Another token would have been refused as well.
      said(call, 'session') === undefined,
  )
}

/** Calls with a token that may have been issued in the attempt before. */
function usesOf(token: TokenCall, flow: Flow) {
  return [...(flow.follows?.usesOf(token) ?? []), ...flow.usesOf(token)]
}

/** More is asked for than a refresh can give: scopes of the API that were not granted, others that were not asked for. */
function isWider(step: Authorize, token: TokenCall, flow: Flow): boolean {
  const attempt = attemptOf(token, flow)
  const granted = grantedScopes(token, attempt) ?? []
  const asked = scopesOf(token.scope ?? attempt.authorizationOf(token)?.step.scope)
  return scopesOf(step.scope).some(
    (scope) => !holdsScope(granted, scope) && !(isOfLogin(scope) && asked.includes(scope)),
  )
}

/** The client registered for other grants than this one, and may leave alone what it is given unasked. */
function declaresNoRefresh(step: Authorize, flow: Flow): boolean {
  const registration = flow.registrationOf(step.clientId)
  const declared = registration && stringsMember(objectOf(registration.sent), 'grant_types')
  return declared?.includes('refresh_token') === false
}
