import {
  areAtOnce,
  defineRule,
  endingOf,
  othersPresenting,
  proxyArtifact,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'token/code-reused',
  title: 'The client redeems an authorization code more than once',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['RFC 6749 §4.1.2', 'OAuth 2.1 §4.1.3'],
  revisions: 'all',
  why: 'A code is good for one use. The server refuses the second request, and may revoke the tokens that it issued for the first.',
  remedy:
    'Redeem each code once: handle the callback once, keep the tokens, and do not send the request again when the page reloads.',
  explains: [
    'bearer/fresh-token-rejected',
    'dpop/proof-replayed-or-stale',
    'flow/reauth-loop',
    'flow/stalled',
    'flow/step-failed',
    'token/error-not-oauth',
    'token/error-response',
  ],

  on: 'token',

  *check(step, flow) {
    if (step.grantType !== 'authorization_code' || step.code === undefined) return 'silent'
    const [earlier] = othersPresenting(step, flow)
    if (earlier === undefined || earlier.order > step.order) return
    // To try again is right where nothing was processed: no answer, or a nonce that was asked for (RFC 9449 §8).
    if (earlier.status === undefined || earlier.error?.error === 'use_dpop_nonce') return
    if (proxyArtifact(earlier) !== undefined) return 'silent'
    const through = endingOf(flow).outcome === 'authorized'
    yield {
      variant: earlier.ok
        ? areAtOnce(earlier, step)
          ? 'concurrent'
          : 'after-success'
        : 'after-failure',
      // What a refusal of the first request is due to was there before the second.
      severity: !earlier.ok || through || step.ok ? 'warning' : 'error',
      message: `the client redeems one code twice: the first request was answered ${earlier.status}, the second ${step.status ?? 'not at all'}`,
      found: 'one code redeemed twice',
      evidence: [
        { step: earlier, at: 'request.form.code', note: 'redeemed here' },
        { step: earlier, at: 'response.status' },
        { step, at: 'request.form.code', note: 'and here again' },
        { step, at: 'response.status' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'a second try after the first was never answered',
        http: `
          \${opening only token unanswered}

          ! tcp ECONNRESET

          \${opening only token}`,
      },
    ],
    bad: [
      {
        name: 'the code that got a token is sent once more',
        http: `
          \${opening only token}

          \${opening only token unanswered}

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_grant"}`,
        expect: { variant: 'after-success', severity: 'error', fault: 'client' },
      },
    ],
  },
})
