import {
  type Authorize,
  type Draft,
  type Flow,
  type TokenCall,
  defineRule,
  earlierRequests,
  isLabel,
  isUpstreamHop,
  parameterPlace,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'pkce/verifier-weak-or-reused',
  title: 'PKCE values are used again, or can be guessed',
  severity: ['warning'],
  fault: ['client'],
  spec: ['RFC 7636 §7.1', 'RFC 9700 §2.1.1', 'OAuth 2.1 §4.1.1'],
  revisions: 'all',
  seed: ['P-1'],
  why: 'Whoever knows or guesses the verifier can redeem a code that leaks, which is what PKCE is there to prevent.',
  remedy:
    'Make the verifier anew from 32 random bytes for every authorization request, and send it to the token endpoint alone.',

  on: ['authorize', 'token'],

  *check(step, flow) {
    const draft = step.kind === 'authorize' ? reused(step, flow) : weak(step, flow)
    if (draft === 'silent') return 'silent'
    if (draft !== undefined) yield draft
  },

  examples: {
    good: [
      {
        name: 'a challenge of its own for every request',
        http: `
          \${opening only authorize}

          # handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&state=s2&code_challenge=\${s256 v2}&code_challenge_method=S256`,
      },
    ],
    bad: [
      {
        name: 'one challenge for two requests',
        http: `
          \${opening only authorize}

          # handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&state=s2&code_challenge=\${s256 v1}&code_challenge_method=S256`,
        expect: { variant: 'reused' },
      },
      {
        name: 'the verifier is the state',
        http: `
          # handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&state=0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a6978&code_challenge=\${s256 0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a6978}&code_challenge_method=S256

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app&code_verifier=0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a6978

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer"}`,
        expect: { variant: 'leaked-in-url' },
      },
    ],
  },
})

/** One challenge in two requests that are not one request opened twice. */
function reused(step: Authorize, flow: Flow): Draft | 'silent' | undefined {
  const challenge = step.codeChallenge
  if (challenge === undefined || challenge === '' || isUpstreamHop(step, flow)) return 'silent'
  const earlier = earlierRequests(step, flow).find(
    (one) => one.codeChallenge === challenge && one.state !== step.state,
  )
  if (earlier === undefined) return undefined
  return {
    variant: 'reused',
    message: 'two authorization requests with different states have one code_challenge',
    evidence: [
      { ...parameterPlace(earlier, 'code_challenge', flow), note: 'used here' },
      { ...parameterPlace(step, 'code_challenge', flow), note: 'and here again' },
    ],
  }
}

/** The verifier is seen elsewhere, or is of little variety. */
function weak(step: TokenCall, flow: Flow): Draft | 'silent' | undefined {
  const verifier = step.codeVerifier
  const isRemoved = verifier !== undefined && isLabel(verifier)
  if (verifier === undefined || (verifier.length < 43 && !isRemoved)) return 'silent'
  const request = flow.authorizationOf(step)?.step
  const leak = request?.params.find(
    // A challenge that is the verifier itself is verifier-mismatch, or the plain method.
    ([name, value]) => value.includes(verifier) && name !== 'code_challenge',
  )
  if (request !== undefined && leak !== undefined)
    return {
      variant: 'leaked-in-url',
      message: `the code_verifier stands in ${leak[0]} of the authorization request, which everybody on the way can read`,
      evidence: [
        { ...parameterPlace(request, leak[0], flow), note: 'holds the verifier' },
        { step, at: 'request.form.code_verifier', note: 'the same value' },
      ],
    }
  const bits = isRemoved ? Infinity : entropy(verifier)
  if (bits >= leastEntropy) return undefined
  return {
    variant: 'low-entropy',
    confidence: 'likely',
    message: `the code_verifier has ${bits.toFixed(1)} bits of entropy per character, where random ones have four or more`,
    evidence: [
      { step, at: 'request.form.code_verifier', note: `${bits.toFixed(1)} bits per character` },
    ],
  }
}

/** Random digits have 3.3, hexadecimal 4, base64url 5 or 6. */
const leastEntropy = 2.8

function entropy(text: string): number {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  return [...counts.values()].reduce((sum, count) => {
    const share = count / text.length
    return sum - share * Math.log2(share)
  }, 0)
}
