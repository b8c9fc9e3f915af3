import { atLeast, defineRule } from '../../src/core/kit.ts'

export default defineRule({
  id: 'refresh/not-rotated',
  title: 'The authorization server does not replace the refresh token of a public client',
  severity: ['error', 'warning'],
  fault: ['authorization-server'],
  spec: ['OAuth 2.1 §4.3.1', 'RFC 9700 §2.2.2', 'MCP 2025-06-18 Token Theft'],
  revisions: 'from 2025-06-18 required; before, recommended',
  weakness: true,
  why: 'A refresh token stolen from a public client works until it expires, and nobody notices.',
  remedy:
    'Issue a new refresh token with every refresh of a public client and revoke the old one, or bind it to a DPoP key.',

  on: 'token',

  *check(step, flow) {
    if (step.grantType !== 'refresh_token' || !step.ok || step.clientAuth !== 'none')
      return 'silent'
    const bound = step.exchange.request.headers.some(([name]) => name.toLowerCase() === 'dpop')
    if (bound) return 'silent'
    if (step.issuedRefreshToken !== undefined && step.issuedRefreshToken !== step.refreshToken)
      return
    // Right after a rotation the server may repeat itself: a grace period, not a habit.
    const rotates = flow
      .of('token')
      .some(
        (other) =>
          other.grantType === 'refresh_token' &&
          other.issuedRefreshToken !== undefined &&
          other.issuedRefreshToken !== other.refreshToken,
      )
    if (rotates) return
    yield {
      severity: atLeast(flow.revision.authorizationServer, '2025-06-18') ? 'error' : 'warning',
      message:
        step.issuedRefreshToken === undefined
          ? 'the refresh of a public client returns no new refresh token, so the old one stays valid'
          : 'the refresh of a public client returns the refresh token that it was given',
      found: step.issuedRefreshToken === undefined ? undefined : 'the old one',
      expected: 'a new one',
      evidence: [{ step, at: 'response.json/refresh_token', note: 'must be a new one' }],
    }
  },

  examples: {
    good: [
      {
        name: 'a new one each time',
        http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=refresh_token&refresh_token=r1&client_id=app

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_ 1}","token_type":"Bearer","refresh_token":"r2"}`,
      },
    ],
    bad: [
      {
        name: 'the same one is returned',
        http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=refresh_token&refresh_token=r1&client_id=app

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_ 1}","token_type":"Bearer","refresh_token":"r1"}`,
        revision: '2025-11-25',
        expect: { severity: 'error' },
      },
      {
        name: 'none is returned, under 2025-03-26',
        http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=refresh_token&refresh_token=r1&client_id=app

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_ 1}","token_type":"Bearer"}`,
        revision: '2025-03-26',
        expect: { severity: 'warning' },
      },
    ],
  },
})
