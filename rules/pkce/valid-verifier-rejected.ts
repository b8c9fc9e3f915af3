import {
  blind,
  defineRule,
  fitsChallenge,
  parameterPlace,
  quoted,
  said,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'pkce/valid-verifier-rejected',
  title: 'The authorization server blames PKCE, and the verifier fits',
  severity: ['error', 'warning'],
  fault: ['authorization-server'],
  spec: ['RFC 7636 §4.6', 'RFC 6749 §5.2'],
  revisions: 'all',
  why: 'The client did what it should and gets no token; the server compares with another challenge than the one it was sent.',
  remedy:
    'Compare with the challenge that came with this very code: share the store of codes between instances, and use the method that the request named.',
  explains: ['flow/reauth-loop', 'flow/stalled', 'flow/step-failed', 'token/error-response'],

  on: 'token',

  *check(step, flow) {
    if (step.grantType !== 'authorization_code' || step.refusal === undefined)
      return step.ok ? undefined : 'silent'
    const words = said(step, 'pkce')
    if (words === undefined || step.codeVerifier === undefined) return 'silent'
    const found = flow.authorizationOf(step)
    if (found === undefined || found.step.opaque) return blind('the authorization request')
    const fits = fitsChallenge(step, found.step)
    if (fits === undefined) return blind('what was removed from this capture')
    if (!fits || found.step.codeChallengeMethod !== 'S256') return
    // That a code is spent is another matter, whatever words it is told in.
    if (flow.before(step, 'token').some(({ code }) => code === step.code)) return 'silent'
    const recovered = flow.after(step, 'token').some(({ ok }) => ok)
    yield {
      severity: recovered ? 'warning' : 'error',
      confidence: found.by === 'code' ? 'certain' : 'likely',
      message: `the S256 of the code_verifier is the code_challenge of the authorization request, and the token endpoint answers ${quoted(words.words)}`,
      evidence: [
        { step, at: words.at, note: 'what the server says' },
        { step, at: 'request.form.code_verifier', note: `its S256 is ${step.codeVerifierS256}` },
        { ...parameterPlace(found.step, 'code_challenge', flow), note: 'the same' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'the verifier does not fit',
        http: `
          \${opening only authorize callback}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app&code_verifier=v9

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_grant","error_description":"code verifier does not match"}`,
      },
    ],
    bad: [
      {
        name: 'the verifier fits',
        http: `
          \${opening only authorize callback token unanswered}

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_grant","error_description":"PKCE verification failed"}`,
        expect: { severity: 'error', fault: 'authorization-server' },
      },
    ],
  },
})
