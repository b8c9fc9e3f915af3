import {
  type Authorize,
  type Flow,
  type TokenCall,
  defineRule,
  expiryOf,
  isRefreshOver,
  parameterPlace,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'refresh/token-discarded',
  title: 'The client loses its refresh token',
  severity: ['error'],
  fault: ['client'],
  spec: ['RFC 6749 §6', 'OAuth 2.1 §4.3.1'],
  revisions: 'all',
  why: 'If a refresh returns no new refresh token, the old one stays valid. A client that loses it sends the user to the login page whenever the access token expires.',
  remedy:
    'Keep the old refresh token whenever a refresh returns none, and use it the next time the access token expires.',
  explains: ['refresh/not-attempted', 'flow/reauth-loop', 'flow/stalled', 'flow/step-failed'],

  on: 'authorize',

  *check(step, flow) {
    const tokens = tokensBefore(step, flow)
    const latest = tokens.at(-1)
    if (latest?.grantType !== 'refresh_token' || latest.issuedRefreshToken !== undefined)
      return 'silent'
    const given = tokens.findLast(({ issuedRefreshToken }) => issuedRefreshToken !== undefined)
    // What was issued out of sight may have been revoked out of sight.
    if (given === undefined || latest.refreshToken !== given.issuedRefreshToken) return 'silent'
    if (isRefreshOver(given, step, flow)) return 'silent'
    if ((expiryOf(latest) ?? Infinity) > step.exchange.startedAt) return
    yield {
      message:
        'the refresh returned no new refresh token, so the old one stays valid; when the access token expires, the client starts a new login instead of using it',
      evidence: [
        { step: given, at: 'response.json/refresh_token', note: 'issued, and never revoked' },
        { step: latest, at: 'response.json/refresh_token', note: 'no new refresh token' },
        { step: latest, at: 'response.json/expires_in', note: 'has passed' },
        { ...parameterPlace(step, 'client_id', flow), note: 'a new login' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'the old refresh token is used again',
        http: `
          \${opening until refresh unanswered}

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_ 2}","token_type":"Bearer","expires_in":3600}

          # at 15:00:00
          \${opening only refresh unanswered}

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_ 3}","token_type":"Bearer","expires_in":3600}

          # handed-over at 15:30:00
          > GET https://as.example/authorize?response_type=code&client_id=app&state=s2`,
      },
    ],
    bad: [
      {
        name: 'it is forgotten, and the person has to log in again',
        http: `
          \${opening until refresh unanswered}

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_ 2}","token_type":"Bearer","expires_in":3600}

          # handed-over at 15:00:00
          > GET https://as.example/authorize?response_type=code&client_id=app&state=s2`,
        expect: { severity: 'error', fault: 'client' },
      },
    ],
  },
})

/** Token answers of this client before the step, in the attempt before as well. */
function tokensBefore(step: Authorize, flow: Flow): TokenCall[] {
  return [...(flow.follows?.of('token') ?? []), ...flow.before(step, 'token')].filter(
    ({ ok }) => ok,
  )
}
