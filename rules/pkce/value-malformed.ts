import {
  type Authorize,
  type Flow,
  type PushedRequest,
  type TokenCall,
  blind,
  defineRule,
  isLabel,
  isUpstreamHop,
  parameterPlace,
  quoted,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'pkce/value-malformed',
  title: 'The code_challenge or code_verifier is malformed',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['RFC 7636 §4.1', 'RFC 7636 §4.2', 'RFC 7636 App. A', 'OAuth 2.1 §4.1.1'],
  revisions: 'all',
  seed: [
    {
      item: 'P-1',
      variants: [
        'challenge-charset',
        'challenge-hex',
        'challenge-length',
        'challenge-padding',
        'challenge-standard-base64',
      ],
    },
    {
      item: 'P-2',
      variants: ['verifier-charset', 'verifier-decoded', 'verifier-too-long', 'verifier-too-short'],
    },
  ],
  why: 'A strict server refuses the request; a lenient one compares a value that no right verifier hashes to.',
  remedy:
    'Make the verifier from 32 random bytes in base64url without padding, and the challenge from the SHA-256 of its ASCII text in the same way.',
  explains: [
    'authorization/error-response',
    'flow/stalled',
    'flow/step-failed',
    'pkce/valid-verifier-rejected',
    'pkce/verifier-mismatch',
    'token/error-response',
  ],
  weakness: true,

  on: ['authorize', 'pushed-request', 'token'],

  *check(step, flow) {
    const name = step.kind === 'token' ? 'code_verifier' : 'code_challenge'
    if (step.kind === 'authorize' && step.opaque) return blind('the authorization request')
    if (step.kind === 'authorize' && step.requestUri !== undefined) return 'silent'
    if (step.kind !== 'token' && isUpstreamHop(step, flow)) return 'silent'
    const value = step.kind === 'token' ? step.codeVerifier : step.codeChallenge
    if (value === undefined || value === '') return 'silent'
    if (isLabel(value))
      return step.kind === 'token' && isKnownSound(step)
        ? undefined
        : blind('what was removed from this capture')
    const flaw = step.kind === 'token' ? flawOfVerifier(value) : flawOfChallenge(value, step)
    if (flaw === undefined) return
    yield {
      variant: flaw,
      severity: isTaken(step, flow) ? 'warning' : 'error',
      message:
        step.kind === 'token'
          ? `the code_verifier has ${value.length} characters, ${explanations[flaw]}`
          : `the code_challenge ${quoted(value)} has ${value.length} characters, ${explanations[flaw]}`,
      evidence: [{ ...parameterPlace(step, name, flow), note: explanations[flaw] }],
    }
  },

  examples: {
    good: [
      {
        name: '43 characters of base64url',
        http: `
          # handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&code_challenge=\${s256 v1}&code_challenge_method=S256`,
      },
    ],
    bad: [
      {
        name: 'the challenge with padding',
        http: `
          # handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&code_challenge=\${s256 v1}%3D&code_challenge_method=S256`,
        expect: { variant: 'challenge-padding', severity: 'error' },
      },
      {
        name: 'a verifier that is too short is refused',
        http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app&code_verifier=v1

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_request"}`,
        expect: { variant: 'verifier-too-short', severity: 'error' },
      },
    ],
  },
})

const explanations = {
  'challenge-padding': 'the last of them padding, which base64url has not here',
  'challenge-hex': 'a hash in hexadecimal in place of base64url',
  'challenge-standard-base64': 'with characters of base64 that base64url has not',
  'challenge-length': 'where an S256 challenge has 43',
  'challenge-charset': 'some of which a challenge cannot have',
  'verifier-too-short': 'where 43 are the least',
  'verifier-too-long': 'where 128 are the most',
  'verifier-decoded': 'blanks among them, as where a "+" was sent without being escaped',
  'verifier-charset': 'some of which a verifier cannot have',
}

const unreserved = /^[A-Za-z0-9\-._~]+$/

function flawOfVerifier(value: string): keyof typeof explanations | undefined {
  if (value.includes(' ')) return 'verifier-decoded'
  if (!unreserved.test(value)) return 'verifier-charset'
  if (value.length < 43) return 'verifier-too-short'
  return value.length > 128 ? 'verifier-too-long' : undefined
}

/** What a redacted capture keeps of the verifier shows that nothing is wrong with it. */
function isKnownSound({ codeVerifierLength: length = 0, codeVerifierUnreserved }: TokenCall) {
  return codeVerifierUnreserved === true && length >= 43 && length <= 128
}

/** By the form of S256; of the method plain only what no verifier may be (RFC 7636 §4.2). */
function flawOfChallenge(
  value: string,
  { codeChallengeMethod }: Authorize | PushedRequest,
): keyof typeof explanations | undefined {
  if (codeChallengeMethod !== 'S256')
    return unreserved.test(value) ? undefined : 'challenge-charset'
  if (/^[A-Za-z0-9\-_]{43}$/.test(value)) return undefined
  if (/^[0-9a-f]{64}$/i.test(value)) return 'challenge-hex'
  if (/^[A-Za-z0-9+/ ]{43}=?$/.test(value) && /[+/ ]/.test(value))
    return 'challenge-standard-base64'
  if (value.endsWith('=')) return 'challenge-padding'
  return unreserved.test(value) ? 'challenge-length' : 'challenge-charset'
}

/** The server took it all the same. */
function isTaken(step: Authorize | PushedRequest | TokenCall, flow: Flow): boolean {
  return step.kind === 'token' ? step.ok : flow.after(step, 'token').some(({ ok }) => ok)
}
