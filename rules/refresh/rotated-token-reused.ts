import {
  type Flow,
  type TokenCall,
  areAtOnce,
  defineRule,
  othersPresenting,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'refresh/rotated-token-reused',
  title: 'A refresh token is used again after it was replaced',
  severity: ['error', 'info', 'warning'],
  fault: ['client'],
  spec: ['OAuth 2.1 §4.3.1', 'RFC 9700 §4.14'],
  revisions: 'all',
  threads: ['https://github.com/anthropics/claude-code/issues/85236'],
  why: 'A server that rotates refresh tokens takes a second use for theft and may revoke the whole grant, so the user has to log in again.',
  remedy:
    'Replace the stored refresh token before using the new access token, and let only one refresh run at a time across threads and processes.',
  explains: [
    'bearer/fresh-token-rejected#after-reuse',
    'token/error-response',
    'refresh/not-attempted',
    'flow/reauth-loop',
  ],

  on: 'token',

  *check(step, flow) {
    if (step.grantType !== 'refresh_token' || step.refreshToken === undefined) return 'silent'
    const rotated = rotation(step, flow)
    if (rotated === undefined) return
    const concurrent =
      Math.abs(step.exchange.startedAt - rotated.exchange.startedAt) <= overlap ||
      areAtOnce(step, rotated)
    const refused = step.error !== undefined
    const later = rotated.order < step.order
    const seconds = Math.round((step.exchange.startedAt - rotated.exchange.startedAt) / 1000)
    yield {
      variant: concurrent ? 'concurrent' : 'sequential',
      severity: refused ? 'error' : 'info',
      message:
        (later
          ? `the client presents a refresh token that was replaced ${seconds} s before`
          : 'the client presents one refresh token in two requests at once, and the other one replaced it') +
        (refused
          ? `, and the server answers ${step.error.error}`
          : step.ok
            ? '; the server allows it'
            : ''),
      found: later
        ? `a token that was replaced ${seconds} s before`
        : 'one token in two requests at once',
      evidence: [
        { step, at: 'request.form.refresh_token', note: 'the token that was replaced' },
        { step: rotated, at: 'response.json/refresh_token', note: 'the token that replaced it' },
        refused ? { step, at: 'response.json/error' } : { step, at: 'response.status' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'each refresh uses the newest token',
        http: `
          \${opening only refresh}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=refresh_token&refresh_token=r2&client_id=app

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_ 3}","token_type":"Bearer","refresh_token":"r3"}`,
      },
    ],
    bad: [
      {
        name: 'two sessions race for the same token',
        http: `
          \${opening only refresh}

          \${opening only refresh unanswered}

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_grant"}`,
        expect: { variant: 'concurrent', severity: 'error' },
      },
    ],
  },
})

/** So close together, two refreshes were under way at once, in milliseconds. */
const overlap = 30_000

/** The refresh that replaced this token by another one: before this request began, or while it was under way. */
function rotation(step: TokenCall, flow: Flow): TokenCall | undefined {
  const replacing = othersPresenting(step, flow).filter(
    ({ ok, issuedRefreshToken: next }) => ok && next !== undefined && next !== step.refreshToken,
  )
  return (
    replacing.findLast(({ order }) => order < step.order) ??
    (step.ok ? undefined : replacing.find((other) => areAtOnce(step, other)))
  )
}
