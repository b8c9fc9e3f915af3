import {
  type Authorize,
  type Draft,
  type Flow,
  type Pointer,
  type TokenCall,
  blind,
  defineRule,
  fitsChallenge,
  parameterPlace,
  pkceDefect,
  pkceDefects,
  quoted,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'pkce/verifier-mismatch',
  title: 'The code_verifier does not match the code_challenge',
  severity: ['error'],
  fault: ['client'],
  spec: ['RFC 7636 §4.6', 'OAuth 2.1 §4.1.3', 'MCP 2025-11-25 Authorization Code Protection'],
  revisions: 'all',
  seed: [
    {
      item: 'P-1',
      variants: ['hex-digest', 'padded', 'plain-vs-s256', 'raw-bytes', 'standard-base64'],
    },
    {
      item: 'P-2',
      variants: ['double-decoded', 'double-encoded', 'other-request', 'truncated', 'unexplained'],
    },
  ],
  threads: [
    'https://github.com/cloudflare/agents/issues/490',
    'https://github.com/punkpeye/mcp-remote/issues/235',
  ],
  why: 'The authorization server compares the hash of the verifier with the challenge. If they differ it answers invalid_grant, as it does for an expired code.',
  remedy:
    'Keep one verifier for each `state`, make no new one after the redirect, and hash exactly the text that you send.',
  explains: [
    'flow/reauth-loop',
    'flow/stalled',
    'pkce/as-does-not-enforce',
    'token/error-response',
  ],

  on: 'token',

  *check(step, flow) {
    const verifier = step.codeVerifier
    if (step.grantType !== 'authorization_code' || verifier === undefined || verifier === '')
      return 'silent'
    const found = flow.authorizationOf(step)
    if (found === undefined || found.step.opaque) return blind('the authorization request')
    const challenge = found.step.codeChallenge
    if (challenge === undefined) return 'silent'

    const fits = fitsChallenge(step, found.step)
    if (fits === true) {
      // Where nothing ties the code to this request, it may be that of another one.
      if (found.by !== 'code' && !step.ok) yield* refusedBesideAnother(step, found.step, flow)
      return
    }
    if (fits === undefined || step.codeVerifierS256 === undefined)
      return blind('what was removed from this capture')
    // By order alone it may be the code of a request that was not seen, unless the server refused the grant.
    if (found.by === 'order' && step.error?.error !== 'invalid_grant')
      return blind('the authorization request')

    const requests = [...flow.of('authorize'), ...flow.requestsOf(found.step.clientId)]
    const owner = requests.find(
      (other) => other !== found.step && fitsChallenge(step, other) === true,
    )
    const variant = owner === undefined ? defectOf(step, verifier, challenge) : 'other-request'
    const method = found.step.codeChallengeMethod ?? 'plain, as none is named'
    const place = (request: Authorize) => parameterPlace(request, 'code_challenge', flow)
    yield {
      variant,
      confidence: found.by === 'code' ? 'certain' : 'likely',
      message: `the S256 of the code_verifier is ${quoted(step.codeVerifierS256)}, the code_challenge of the authorization request was ${quoted(challenge)}: ${explanations[variant]}`,
      found: `S256 ${step.codeVerifierS256}`,
      expected: challenge,
      evidence: [
        { step, at: 'request.form.code_verifier', note: `its S256 is ${step.codeVerifierS256}` },
        { ...place(found.step), note: `method ${method}` },
        owner && { ...place(owner), note: 'the request that this verifier belongs to' },
        ...answer(step),
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'the verifier hashes to the challenge',
        http: `
          \${opening only authorize callback token unanswered}

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_grant","error_description":"the code has expired"}`,
      },
    ],
    bad: [
      {
        name: 'the verifier is a new one',
        http: `
          \${opening only authorize callback}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app&code_verifier=v9

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_grant"}`,
        expect: { variant: 'unexplained', severity: 'error', fault: 'client' },
      },
      {
        name: 'a second login has overwritten the verifier of the first',
        http: `
          \${opening only authorize}

          # handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&state=s2&code_challenge=\${s256 v2}&code_challenge_method=S256

          \${opening only callback}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app&code_verifier=v2

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_grant"}`,
        expect: { variant: 'other-request' },
      },
    ],
  },
})

const explanations = {
  ...pkceDefects,
  'other-request': 'it belongs to another authorization request of this client',
  unexplained: 'most likely it was made anew after the redirect',
}

/** The verifier fits the newest request, and was refused while another was pending: that one's code, most likely. */
function* refusedBesideAnother(step: TokenCall, match: Authorize, flow: Flow): Generator<Draft> {
  const other = otherPending(step, match, flow)
  if (other === undefined || step.error?.error !== 'invalid_grant') return
  yield {
    variant: 'other-request',
    confidence: 'likely',
    message:
      'two authorization requests were pending, and the client sent the verifier of one with, most likely, the code of the other',
    evidence: [
      { step, at: 'request.form.code_verifier' },
      { ...parameterPlace(match, 'code_challenge', flow), note: 'matches the verifier' },
      { ...parameterPlace(other, 'code_challenge', flow), note: 'does not match' },
      { step, at: 'response.json/error' },
    ],
  }
}

/** Requests of this client, before the redemption, whose challenge the verifier does not match. */
function otherPending(step: TokenCall, match: Authorize, flow: Flow): Authorize | undefined {
  return flow
    .requestsOf(match.clientId)
    .findLast(
      (other) =>
        other !== match &&
        other.order < step.order &&
        other.codeChallenge !== undefined &&
        other.codeChallenge !== match.codeChallenge,
    )
}

function defectOf(step: TokenCall, verifier: string, challenge: string) {
  if (step.codeVerifierS256 === challenge) return 'plain-vs-s256'
  return pkceDefect(verifier, challenge) ?? 'unexplained'
}

function answer(step: TokenCall): Pointer[] {
  if (step.error === undefined) return []
  return [{ step, at: 'response.json/error', note: step.error.description ?? 'the answer' }]
}
