import {
  blind,
  defineRule,
  param,
  parameterPlace,
  queryParams,
  quoted,
  said,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'pkce/verifier-missing',
  title: 'The token request has no code_verifier',
  severity: ['error'],
  fault: ['client'],
  spec: ['RFC 7636 §4.5', 'OAuth 2.1 §4.1.3', 'MCP 2025-11-25 Authorization Code Protection'],
  revisions: 'all',
  seed: ['P-3', 'P-4'],
  threads: ['https://github.com/taylorwilsdon/google_workspace_mcp/issues/532'],
  why: 'The authorization request bound the code to a challenge. Without the verifier the authorization server must refuse to redeem the code.',
  remedy:
    'Keep the verifier until the browser comes back, and send it as `code_verifier` in the form of the token request.',
  explains: ['flow/stalled', 'pkce/as-does-not-enforce', 'token/error-response'],

  on: 'token',

  *check(step, flow) {
    if (step.grantType !== 'authorization_code') return 'silent'
    if (step.codeVerifier !== undefined && step.codeVerifier !== '') return
    // Sent in the wrong place: the encoding of the request is the fault.
    if (param(queryParams(step.url), 'code_verifier') !== undefined) return 'silent'

    const words = step.error?.description ?? ''
    const demanded = said(step, 'pkce') !== undefined
    const authorization = flow.authorizationOf(step)
    const request = authorization?.step
    if (request === undefined && !demanded) return blind('the authorization request')
    if (request?.opaque === true && !demanded) return blind('the authorization request')
    if (request !== undefined && !request.opaque && request.codeChallenge === undefined)
      return 'silent'

    const challenge = request?.codeChallenge
    yield {
      variant: step.codeVerifier === '' ? 'empty' : 'absent',
      confidence: authorization?.by === 'code' || demanded ? 'certain' : 'likely',
      message:
        `the client redeems the code ${step.codeVerifier === '' ? 'with an empty' : 'without a'} code_verifier` +
        (challenge === undefined
          ? `, which the authorization server demands: ${quoted(words)}`
          : `, although its authorization request had the code_challenge ${quoted(challenge)}`),
      found: 'no code_verifier',
      evidence: [
        {
          step,
          at: 'request.form.code_verifier',
          note: step.codeVerifier === '' ? 'it is empty' : 'the token request must carry it',
        },
        request !== undefined &&
          challenge !== undefined && {
            ...parameterPlace(request, 'code_challenge', flow),
            note: 'what the verifier has to match',
          },
        step.error !== undefined && { step, at: 'response.json/error', note: words },
      ],
    }
  },

  examples: {
    good: [{ name: 'the verifier goes with the code', http: '${opening only authorize token}' }],
    bad: [
      {
        name: 'the code comes back and is redeemed without the verifier',
        http: `
          \${opening only authorize callback}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_grant","error_description":"code_verifier is missing"}`,
        expect: { variant: 'absent', fault: 'client' },
      },
      {
        name: 'only the token request was seen, and the server says what it lacks',
        http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_request","error_description":"PKCE code_verifier required"}`,
        expect: { variant: 'absent' },
      },
    ],
  },
})
