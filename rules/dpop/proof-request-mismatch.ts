import {
  type Draft,
  type Proven,
  blind,
  callWithProof,
  defineRule,
  origin,
  proofFinding,
  proxyArtifact,
  quoted,
  sameUrl,
  stringMember,
  tokenHash,
  withoutResponse,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'dpop/proof-request-mismatch',
  title: 'The DPoP proof describes another request',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['RFC 9449 §4.2', 'RFC 9449 §4.3'],
  revisions: 'an extension, in draft',
  reads: ['authorization', 'dpop'],
  why: 'A proof holds for one method, one URL and one token, so the server refuses it for another.',
  remedy:
    'Sign the method of the request, its URL without query and fragment, and the SHA-256 of the very token that is sent; behind a proxy servers compare with the public URL.',
  explains: [
    'bearer/fresh-token-rejected',
    'flow/reauth-loop',
    'flow/stalled',
    'token/error-response',
  ],

  on: ['mcp', 'challenge', 'token'],

  *check(step) {
    const claims = step.proof?.claims
    if (claims === undefined || step.status === undefined) return 'silent'
    if (proxyArtifact(step) !== undefined) return 'silent'
    const fault = methodFault(step) ?? urlFault(step) ?? tokenFault(step)
    if (fault === 'unseen') return blind('the Authorization header')
    if (fault !== undefined) yield proofFinding(step, fault)
  },

  examples: {
    good: [{ name: 'this method, this URL, this token', http: callWithProof({}) }],
    bad: [
      {
        name: 'another URL',
        http: callWithProof({ htu: 'https://mcp.example/' }),
        expect: { variant: 'htu', severity: 'error' },
      },
      { name: 'another method', http: callWithProof({ htm: 'GET' }), expect: { variant: 'htm' } },
      {
        name: 'with the query',
        http: callWithProof({ htu: 'https://mcp.example/mcp?a=b' }),
        expect: { variant: 'query-in-htu', severity: 'warning' },
      },
    ],
  },
})

type Fault = Pick<Draft, 'variant' | 'severity' | 'message' | 'evidence'>

function methodFault(step: Proven): Fault | undefined {
  const htm = stringMember(step.proof?.claims, 'htm')
  const { method } = step.exchange.request
  if (htm === undefined || htm === method) return undefined
  return {
    variant: 'htm',
    message: `the proof is for ${quoted(htm)}, and the request is a ${method}`,
    evidence: [
      { step, at: 'request.proof.htm' },
      { step, at: 'request.method' },
    ],
  }
}

function urlFault(step: Proven): Fault | undefined {
  const htu = stringMember(step.proof?.claims, 'htu')
  if (htu === undefined) return undefined
  const [bare, url] = [withoutResponse(htu), withoutResponse(step.url)]
  const isSame = sameUrl(bare, url)
  // An empty path is "/" (RFC 3986 §6.2.3).
  const isSlash =
    isSame && bare.endsWith('/') !== url.endsWith('/') && !sameUrl(url, origin(url) ?? '')
  if (isSame && !isSlash && bare === htu) return undefined
  const isQuery = isSame && !isSlash
  return {
    variant: isQuery ? 'query-in-htu' : 'htu',
    message: isQuery
      ? 'htu of the proof holds a query or a fragment'
      : `the proof is for ${quoted(htu)}, and the request goes to ${quoted(url)}`,
    severity: isSame ? 'warning' : undefined,
    evidence: [
      { step, at: 'request.proof.htu', note: `must be ${url}` },
      { step, at: 'request.url' },
    ],
  }
}

function tokenFault(step: Proven): Fault | 'unseen' | undefined {
  const ath = stringMember(step.proof?.claims, 'ath')
  if (step.kind === 'token' || ath === undefined || step.presented === undefined) return undefined
  const expected = tokenHash(step.presented.token)
  if (expected === undefined) return 'unseen'
  if (ath === expected) return undefined
  return {
    variant: 'ath',
    message: 'ath of the proof is not the hash of the token that is sent',
    evidence: [
      { step, at: 'request.proof.ath', note: `must be ${expected}` },
      { step, at: 'request.header.authorization' },
    ],
  }
}
