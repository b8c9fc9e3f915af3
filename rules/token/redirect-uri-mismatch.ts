import {
  clientSide,
  defineRule,
  difference,
  parameterPlace,
  quoted,
  said,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'token/redirect-uri-mismatch',
  title: 'The token request names another redirect URI than the authorization request',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['RFC 6749 §4.1.3', 'OAuth 2.1 §10.2'],
  revisions: 'all',
  needs: ['authorize'],
  seed: ['P-4'],
  why: 'The authorization server binds the code to the redirect URI and refuses to redeem it with another one.',
  remedy: 'Send the same redirect_uri in the token request as in the authorization request.',
  explains: ['token/error-response', 'flow/stalled', 'flow/reauth-loop'],

  on: 'token',

  *check(step, flow) {
    if (step.grantType !== 'authorization_code') return 'silent'
    const request = flow.authorizationOf(step)
    if (request === undefined) return
    const place = parameterPlace(request.step, 'redirect_uri', flow)
    // What the client itself said both times: the proxy puts a redirect URI of its own in between.
    const asked = clientSide(place.step, place.at, request.step.redirectUri)
    const redeemed = clientSide(step, 'request.form.redirect_uri', step.redirectUri)
    if (asked === undefined) return 'silent'
    if (redeemed === asked) return
    // OAuth 2.1 dropped the parameter from the token request; a 2.0 server still wants it.
    const words = said(step, 'redirect-uri')
    if (redeemed === undefined && words === undefined) return
    yield {
      variant: redeemed === undefined ? 'absent' : 'different',
      severity: step.ok ? 'warning' : 'error',
      confidence: request.by === 'order' ? 'likely' : 'certain',
      message:
        redeemed === undefined
          ? `the token request has no redirect_uri, the authorization request had ${quoted(asked)}, and the server answers ${quoted(words?.words)}`
          : `the token request says ${quoted(redeemed)}, the authorization request said ${quoted(asked)} (they differ in ${difference(redeemed, asked)})`,
      found: redeemed,
      expected: asked,
      evidence: [
        { step, at: 'request.form.redirect_uri', note: `must be ${asked}` },
        place,
        words !== undefined
          ? { step, at: words.at }
          : step.error !== undefined && { step, at: 'response.json/error' },
      ],
    }
  },

  examples: {
    good: [
      { name: 'the same string both times', http: '${opening only authorize callback token}' },
    ],
    bad: [
      {
        name: 'another port',
        http: `
          \${opening only authorize callback}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A5001%2Fcb&code_verifier=v1&resource=https%3A%2F%2Fmcp.example%2Fmcp

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_grant"}`,
        expect: { variant: 'different', severity: 'error' },
      },
      {
        name: 'left out, and the server wants it',
        http: `
          \${opening only authorize callback}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app&code_verifier=v1&resource=https%3A%2F%2Fmcp.example%2Fmcp

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_request","error_description":"redirect_uri is required"}`,
        expect: { variant: 'absent', severity: 'error' },
      },
    ],
  },
})
