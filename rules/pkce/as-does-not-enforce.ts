import {
  type Authorize,
  type Flow,
  type TokenCall,
  blind,
  defineRule,
  fitsChallenge,
  isLoopback,
  param,
  parameterPlace,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'pkce/as-does-not-enforce',
  title: 'The authorization server issues a token without checking PKCE',
  severity: ['error', 'warning', 'info'],
  fault: ['authorization-server'],
  spec: ['RFC 7636 §4.6', 'OAuth 2.1 §4.1.3', 'RFC 9700 §2.1.1', 'RFC 9700 §4.8.2'],
  revisions: 'all',
  why: 'PKCE protects nobody where the server does not compare: a code that leaks can be redeemed without the verifier.',
  remedy:
    'Keep the challenge with the code, compare the verifier when the code is redeemed, and refuse where one of the two is missing.',
  weakness: true,

  on: 'token',

  *check(step, flow) {
    if (!step.ok || step.grantType !== 'authorization_code') return 'silent'
    const found = flow.authorizationOf(step)
    if (found === undefined || found.step.opaque) return blind('the authorization request')
    // Without the code in sight, it may be that of another request.
    if (found.by === 'order') return blind('the authorization response')
    const challenge = found.step.codeChallenge ?? ''
    const variant = variantOf(step, found.step)
    if (variant === 'blind') return blind('what was removed from this capture')
    if (variant === undefined || isAgain(step, flow)) return
    // RFC 9700 §2.1.1 lets a client that authenticates do with the nonce of OpenID Connect.
    const exempt = step.clientAuth !== 'none' && param(found.step.params, 'nonce') !== undefined
    const lenient = exempt && variant === 'no-challenge-accepted'
    yield {
      variant,
      severity: isLoopback(step.url) ? 'info' : lenient ? 'warning' : 'error',
      message: `${step.url} issues a token ${explanations[variant]}`,
      evidence: [
        {
          ...parameterPlace(found.step, 'code_challenge', flow),
          note: challenge === '' ? 'none was sent' : 'what the verifier has to match',
        },
        { step, at: 'request.form.code_verifier', note: notes(step) },
        { step, at: 'response.status', note: 'a token was issued' },
      ],
    }
  },

  examples: {
    good: [{ name: 'the verifier fits', http: '${opening only authorize callback token}' }],
    bad: [
      {
        name: 'a verifier that does not fit is taken',
        http: `
          \${opening only authorize callback}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app&code_verifier=v9&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&resource=https%3A%2F%2Fmcp.example%2Fmcp

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer"}`,
        expect: { variant: 'wrong-verifier-accepted', severity: 'error' },
      },
      {
        name: 'nothing is wanted at all',
        http: `
          \${opening only authorize callback}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&resource=https%3A%2F%2Fmcp.example%2Fmcp

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer"}`,
        expect: { variant: 'missing-verifier-accepted', severity: 'error' },
      },
    ],
  },
})

const explanations = {
  'missing-verifier-accepted': 'for a code with a code_challenge, and no code_verifier was sent',
  'wrong-verifier-accepted': 'for a code_verifier that does not fit the code_challenge',
  'no-challenge-accepted': 'for a code without any code_challenge',
  downgrade: 'for a code_verifier though the authorization request had no code_challenge',
}

function variantOf(
  step: TokenCall,
  request: Authorize,
): keyof typeof explanations | 'blind' | undefined {
  const verifier = step.codeVerifier ?? ''
  if ((request.codeChallenge ?? '') === '')
    return verifier === '' ? 'no-challenge-accepted' : 'downgrade'
  if (verifier === '') return 'missing-verifier-accepted'
  const fits = fitsChallenge(step, request)
  if (fits === undefined) return 'blind'
  return fits ? undefined : 'wrong-verifier-accepted'
}

function notes({ codeVerifier, codeVerifierS256 }: TokenCall): string {
  if (codeVerifier === undefined || codeVerifier === '') return 'none was sent'
  return codeVerifierS256 === undefined ? 'sent' : `its S256 is ${codeVerifierS256}`
}

/** An answer that a client got once more for one code. */
function isAgain(step: TokenCall, flow: Flow): boolean {
  return flow.before(step, 'token').some((one) => one.ok && one.code === step.code)
}
