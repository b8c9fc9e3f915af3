import {
  answeredAt,
  callWithProof,
  defineRule,
  member,
  proofFinding,
  proxyArtifact,
  stringMember,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'dpop/proof-replayed-or-stale',
  title: 'The DPoP proof is used twice, or out of its time',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['RFC 9449 §4.2', 'RFC 9449 §11.1'],
  revisions: 'an extension, in draft',
  reads: ['dpop'],
  why: 'Servers accept a proof once, and only for a few minutes, so that one that is overheard is worth nothing.',
  remedy:
    'Sign a new proof with a jti of its own and the present time for every request, repeated ones included, and keep the clock right.',
  explains: [
    'bearer/fresh-token-rejected',
    'flow/reauth-loop',
    'flow/stalled',
    'token/error-response',
  ],

  on: ['mcp', 'challenge', 'token'],

  *check(step, flow) {
    const claims = step.proof?.claims
    if (claims === undefined || step.status === undefined) return 'silent'
    if (proxyArtifact(step) !== undefined) return 'silent'
    const jti = stringMember(claims, 'jti')
    const earlier = flow
      .before(step, 'mcp', 'challenge', 'token')
      .find(({ proof }) => jti !== undefined && stringMember(proof?.claims, 'jti') === jti)
    if (earlier !== undefined && step.exchange.repeats === undefined) {
      yield proofFinding(step, {
        variant: 'jti-reused',
        message: `the proof of #${earlier.exchange.id} is used again`,
        evidence: [
          { step, at: 'request.proof.jti', note: 'must be unique' },
          { step: earlier, at: 'request.proof.jti', note: 'the same' },
        ],
      })
      return
    }
    const iat = member(claims, 'iat')
    // A nonce of the server tells that a proof is fresh, whatever its time (RFC 9449 §8).
    if (typeof iat !== 'number' || (step.ok && member(claims, 'nonce') !== undefined)) return
    const answered = answeredAt(step)
    const age = answered / 1000 - iat
    if (Math.abs(age) <= window) return
    yield proofFinding(step, {
      variant: age > 0 ? 'iat-old' : 'iat-future',
      message: `the proof was signed ${Math.round(Math.abs(age))} s ${age > 0 ? 'before' : 'after'} the request by the clock of the server`,
      evidence: [
        { step, at: 'request.proof.iat', note: new Date(iat * 1000).toISOString() },
        {
          step,
          at: 'response.header.date',
          note: `answered at ${new Date(answered).toISOString()}`,
        },
      ],
    })
  },

  examples: {
    good: [{ name: 'a proof for each call', http: call('1') + call('2') }],
    bad: [
      {
        name: 'one proof for two calls',
        http: call('1') + call('1'),
        expect: { variant: 'jti-reused' },
      },
      {
        name: 'an hour old',
        http: call('1', 1767265200),
        expect: { variant: 'iat-old', severity: 'error' },
      },
      { name: 'an hour ahead', http: call('1', 1767272400), expect: { variant: 'iat-future' } },
    ],
  },
})

/** Seconds by which the clocks of both may differ (SEP-1932). */
const window = 300

function call(jti: string, iat = 1767268800): string {
  return callWithProof({ jti, iat })
}
