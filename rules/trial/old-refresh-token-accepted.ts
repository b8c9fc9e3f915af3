import { defineRule } from '../../src/core/kit.ts'

export default defineRule({
  id: 'trial/old-refresh-token-accepted',
  title: 'A refresh token that was replaced still works',
  severity: ['info'],
  fault: ['authorization-server'],
  spec: ['OAuth 2.1 §4.3.1', 'RFC 9700 §4.14.2'],
  revisions: 'all',
  why: 'Whoever stole the old token goes on with it unnoticed. Some servers let it work for seconds, so that a client that lost an answer may ask again: then this is as it should be.',
  remedy:
    'Refuse a refresh token once its successor was issued, at the latest after a grace period of some seconds, and revoke what was issued from it.',
  trials: true,

  on: 'token',

  *check(step, flow) {
    if (step.exchange.trial?.sort !== 'old-refresh-token' || step.status === undefined)
      return 'silent'
    if (!step.ok) return
    const renewal = flow
      .of('token')
      .findLast(({ ok, refreshToken }) => ok && refreshToken === step.refreshToken)
    if (renewal === undefined) return 'silent'
    yield {
      confidence: 'likely',
      message: `${step.url} takes a refresh token again, right after it replaced it by another`,
      evidence: [
        { step, at: 'response.status', note: 'must be 400' },
        { step, at: 'request.form.refresh_token', note: 'sent again by authtap' },
        { step: renewal, at: 'response.json/refresh_token', note: 'its successor' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'it is refused',
        http: `
          \${opening until refresh}

          # trial=old-refresh-token:1
          \${opening only refresh unanswered}

          < HTTP/1.1 400 Bad Request
          < content-type: application/json

          {"error":"invalid_grant"}`,
      },
    ],
    bad: [
      {
        name: 'it works again',
        http: `
          \${opening until refresh}

          # trial=old-refresh-token:1
          \${opening only refresh unanswered}

          < HTTP/1.1 200 OK
          < content-type: application/json

          {"access_token":"\${secret at_3}","token_type":"Bearer","expires_in":3600,"refresh_token":"r3"}`,
        expect: { severity: 'info' },
      },
    ],
  },
})
