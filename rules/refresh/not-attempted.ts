import {
  type Authorize,
  type Flow,
  type TokenCall,
  defineRule,
  expiryOf,
  parameterPlace,
  sameUrl,
  withoutResponse,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'refresh/not-attempted',
  title: 'The client starts a new login although it holds a refresh token',
  severity: ['warning'],
  fault: ['client'],
  spec: ['OAuth 2.1 §4.3', 'MCP 2026-07-28 Refresh Tokens'],
  revisions: 'all',
  why: 'People are sent to the login page at every expiry, although nobody would have to be asked.',
  remedy:
    'Try the refresh token grant first, and log in anew only when it is answered invalid_grant.',

  on: 'authorize',

  *check(step, flow) {
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
    if (!isSpent(token, step, flow) || isWider(step, token) || elsewhere) return 'silent'
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

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer","expires_in":60,"refresh_token":"r1"}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 200 OK

          # at 13:00:00.000
          > POST https://as.example/token

          grant_type=refresh_token&refresh_token=r1&client_id=app

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_grant"}

          # handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&state=s2`,
      },
    ],
    bad: [
      {
        name: 'an hour later the user has to log in again',
        http: `
          # at 12:00:00.000
          > POST https://as.example/token

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer","expires_in":60,"refresh_token":"r1"}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 200 OK

          # at 13:00:00.000 handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&state=s2`,
      },
    ],
  },
})

/** The latest refresh token of this client, not used since it was issued. */
function unused(step: Authorize, flow: Flow): TokenCall | undefined {
  const token = [...(flow.follows?.of('token') ?? []), ...flow.before(step, 'token')].findLast(
    ({ ok, clientId }) => ok && clientId === step.clientId,
  )
  return token?.issuedRefreshToken === undefined ? undefined : token
}

/** The access token was of no more use: expired, or refused as invalid. */
function isSpent(token: TokenCall, step: Authorize, flow: Flow): boolean {
  if ((expiryOf(token) ?? Infinity) <= step.exchange.startedAt) return true
  return usesOf(token, flow).some(
    (call) =>
      call.kind === 'challenge' && call.error === 'invalid_token' && call.order < step.order,
  )
}

/** Calls with a token that may have been issued in the attempt before. */
function usesOf(token: TokenCall, flow: Flow) {
  return [...(flow.follows?.usesOf(token) ?? []), ...flow.usesOf(token)]
}

/** More is asked for than a refresh can give. */
function isWider(step: Authorize, token: TokenCall): boolean {
  const had = new Set((token.issuedScope ?? token.scope ?? '').split(' '))
  return (step.scope ?? '').split(' ').some((scope) => scope !== '' && !had.has(scope))
}
