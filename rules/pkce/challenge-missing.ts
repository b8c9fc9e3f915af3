import { blind, defineRule, isThrough, isUpstreamHop, parameterPlace } from '../../src/core/kit.ts'

export default defineRule({
  id: 'pkce/challenge-missing',
  title: 'The authorization request has no code_challenge',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['RFC 7636 §4.3', 'OAuth 2.1 §4.1.1', 'MCP 2025-11-25 Authorization Code Protection'],
  revisions: 'all',
  seed: ['P-1'],
  why: 'Without it a code that leaks can be redeemed by anybody, and authorization servers that require PKCE refuse the request.',
  remedy:
    'Make a new verifier for every authorization request, and send its S256 as `code_challenge` with `code_challenge_method=S256`.',
  explains: [
    'authorization/error-response',
    'flow/stalled',
    'flow/step-failed',
    'pkce/as-does-not-enforce',
    'token/error-response',
  ],
  weakness: true,

  on: ['authorize', 'pushed-request'],

  *check(step, flow) {
    if (isUpstreamHop(step, flow)) return 'silent'
    if (step.kind === 'authorize') {
      if (step.opaque) return blind('the authorization request')
      // What was pushed is judged where it was pushed.
      if (step.requestUri !== undefined) return 'silent'
      if (step.responseType?.split(' ').includes('code') !== true) return 'silent'
    } else if (step.params.some(([name]) => name === 'request')) {
      return blind('the authorization request')
    }
    if (step.codeChallenge !== undefined && step.codeChallenge !== '') return
    const place = parameterPlace(step, 'code_challenge', flow)
    yield {
      variant: step.codeChallenge === '' ? 'empty' : 'absent',
      severity: isThrough(flow) ? 'warning' : 'error',
      message: `the authorization request to ${step.url.split('?', 1)[0]} has ${step.codeChallenge === '' ? 'an empty' : 'no'} code_challenge`,
      expected: 'an S256',
      evidence: [{ ...place, note: 'must be the S256 of a verifier' }],
    }
  },

  examples: {
    good: [{ name: 'there is one', http: '${opening only authorize}' }],
    bad: [
      {
        name: 'there is none',
        http: `
          # handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&state=s1`,
        expect: { variant: 'absent', severity: 'error' },
      },
    ],
  },
})
