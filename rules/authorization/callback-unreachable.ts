import { defineRule, isLoopback } from '../../src/core/kit.ts'

export default defineRule({
  id: 'authorization/callback-unreachable',
  title: 'The browser cannot bring the authorization response to the client',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['RFC 8252 §7.3', 'RFC 8252 §8.3'],
  revisions: 'all',
  why: 'The person has logged in and agreed, and the browser shows a connection error; the client waits for a code that never arrives.',
  remedy:
    'Listen on the address that the redirect URI names (for localhost on 127.0.0.1 and ::1) until the response has come; when the browser is on another machine, forward the port or let people paste the URL.',
  explains: ['authorization/valid-response-rejected', 'flow/stalled', 'flow/step-failed'],

  on: 'callback',

  *check(step, flow) {
    const { failure, response, handedOver } = step.exchange
    if (response !== undefined) return
    if (handedOver === true || failure === undefined || failure.phase === 'client-gone')
      return 'silent'
    const arrived =
      flow.after(step, 'callback').some(({ status }) => status !== undefined) ||
      flow.after(step, 'token').length > 0
    const local = isLoopback(step.redirectUri)
    yield {
      variant: failure.phase,
      severity: arrived ? 'warning' : 'error',
      confidence: local ? 'certain' : 'likely',
      message: `nothing answers at ${step.redirectUri}, where the browser brings the authorization response (${failure.code})`,
      evidence: [{ step, at: 'request.url', note: `${failure.phase} ${failure.code}` }],
    }
  },

  examples: {
    good: [
      {
        name: 'the client answers',
        http: `
          \${opening only authorize callback unanswered}

          < HTTP/1.1 200 OK

          You may close this window.`,
      },
    ],
    bad: [
      {
        name: 'nobody listens any more',
        http: `
          \${opening only authorize callback unanswered}

          ! tcp ECONNREFUSED`,
        expect: { variant: 'tcp', severity: 'error', fault: 'client' },
      },
    ],
  },
})
