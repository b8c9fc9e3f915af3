import {
  type Draft,
  type Flow,
  type Proven,
  blind,
  callWithProof,
  defineRule,
  lacks,
  member,
  objectOf,
  pointerPart,
  proofFinding,
  proofsOf,
  proxyArtifact,
  quoted,
  stringMember,
  stringsMember,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'dpop/proof-invalid',
  title: 'The DPoP proof is missing or not well formed',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['RFC 9449 §4.2', 'RFC 9449 §4.3', 'RFC 9449 §7.1'],
  revisions: 'an extension, in draft',
  reads: ['authorization', 'dpop'],
  why: 'The server cannot tell that the client holds the key, and refuses the request.',
  remedy:
    'Sign a new proof for every request: typ dpop+jwt, an algorithm that is advertised, the public key in jwk, and jti, htm, htu and iat, beside a token ath as well.',
  explains: [
    'bearer/fresh-token-rejected',
    'flow/reauth-loop',
    'flow/stalled',
    'token/error-response',
  ],

  on: ['mcp', 'challenge', 'token'],

  *check(step, flow) {
    if (step.status === undefined || proxyArtifact(step) !== undefined) return 'silent'
    const isCall = step.kind !== 'token'
    if (isCall && step.presented?.scheme.toLowerCase() !== 'dpop') return 'silent'
    const proofs = proofsOf(step)
    if (!isCall && proofs.length === 0) return 'silent'
    const fault = faultOf(step, proofs, flow) ?? signatureFault(step)
    if (fault !== undefined) yield proofFinding(step, fault)
    else if (step.proof?.signature === undefined) return blind('the signing keys')
  },

  examples: {
    good: [{ name: 'a proof with everything, signed by the key in it', http: callWithProof({}) }],
    bad: [
      {
        name: 'no ath',
        http: callWithProof({ ath: undefined }),
        expect: { variant: 'claim-missing' },
      },
      {
        name: 'no proof at all',
        http: callWithProof({}).replace(/\n *> dpop: .*/, ''),
        expect: { variant: 'missing', severity: 'error' },
      },
      {
        name: 'another key has signed than the one in it',
        http: callWithProof({}, 'other'),
        expect: { variant: 'signature', severity: 'error' },
      },
    ],
  },
})

type Fault = Pick<Draft, 'variant' | 'message' | 'evidence'>

const field = 'request.header.dpop'

function faultOf(step: Proven, proofs: readonly string[], flow: Flow): Fault | undefined {
  const fault = (variant: string, message: string, at: string, note: string): Fault => ({
    variant,
    message,
    evidence: [{ step, at: at as typeof field, note }],
  })
  if (proofs.length === 0)
    return fault(
      'missing',
      'a DPoP token is presented without a proof',
      field,
      'there is no such field',
    )
  if (proofs.length > 1)
    return fault(
      'multiple',
      `the request carries ${proofs.length} DPoP proofs`,
      field,
      'must be one',
    )
  const { proof } = step
  if (proof?.claims === undefined)
    return fault(
      'not-jws',
      'the DPoP proof is no signed JWT',
      field,
      'three parts that dots separate',
    )
  const typ = stringMember(proof.header, 'typ')
  if (typ?.toLowerCase() !== 'dpop+jwt')
    return fault(
      'typ',
      `the proof has the typ ${quoted(typ)}`,
      'request.proof.typ',
      'must be dpop+jwt',
    )
  const alg = stringMember(proof.header, 'alg')
  const listed = listedAlgorithms(step, flow)
  if (
    alg === undefined ||
    alg === 'none' ||
    alg.startsWith('HS') ||
    listed?.includes(alg) === false
  )
    return fault(
      'alg',
      `the proof is signed with ${quoted(alg)}` +
        (listed === undefined ? '' : `, and the server lists ${quoted(listed)}`),
      'request.proof.alg',
      'must be an asymmetric algorithm that the server takes',
    )
  const jwk = member(proof.header, 'jwk')
  if (typeof jwk !== 'object' || jwk === null)
    return fault('jwk', 'the proof holds no public key', 'request.proof.jwk', 'required; absent')
  const secret = ['d', 'p', 'q', 'k'].find((name) => Object.hasOwn(jwk, name))
  if (secret !== undefined)
    return fault(
      'private-key',
      `the proof gives the private key away (${secret})`,
      field,
      'a key that is burnt',
    )
  const claims = ['jti', 'htm', 'htu', 'iat', ...(step.kind === 'token' ? [] : ['ath'])]
  const missing = claims.filter((name) => lacks(proof.claims!, name))
  return missing.length === 0
    ? undefined
    : fault(
        'claim-missing',
        `the proof has no ${missing.join(', ')}`,
        `request.proof.${pointerPart(missing[0]!)}`,
        'required; absent',
      )
}

/** The key is in the proof, so that anybody can check it (RFC 9449 §4.3); where it is of no use, nothing is said. */
function signatureFault(step: Proven): Fault | undefined {
  const outcome = step.proof?.signature?.outcome
  if (outcome === undefined || outcome === 'verified') return undefined
  return {
    variant: 'signature',
    message:
      outcome === 'algorithm'
        ? `the proof is signed with ${quoted(stringMember(step.proof?.header, 'alg'))}, for which its own key is not made`
        : 'the key in the proof does not make its signature',
    evidence: [
      { step, at: 'request.proof.alg' },
      { step, at: 'request.proof.jwk', note: 'the key in the proof' },
    ],
  }
}

/** The algorithms that the party asked lists (RFC 9449 §5.1, RFC 9728 §2). */
function listedAlgorithms(step: Proven, flow: Flow): string[] | undefined {
  const metadata = step.kind === 'token' ? flow.serverMetadata : flow.resourceMetadata
  return stringsMember(metadata && objectOf(metadata.document), 'dpop_signing_alg_values_supported')
}
