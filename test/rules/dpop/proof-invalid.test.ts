import { describe } from 'vitest'
import invalid from '../../../rules/dpop/proof-invalid.ts'
import { testExamples } from '../examples.ts'
import * as flow from '../whole-flow.ts'
import { call, jwk, opaque, proof, redeem } from './proofs.ts'

describe('a proof', () => {
  const bad = (name: string, fields: string, variant: string) => ({
    name,
    http: call(fields),
    expect: { variant, severity: 'error' as const },
  })
  const ath = { ath: `\${s256 ${opaque}}` }
  testExamples(invalid, {
    good: [{ name: 'of a token request needs no ath', http: redeem() }],
    bad: [
      bad('twice', proof(flow.endpoint, ath) + proof(flow.endpoint, ath), 'multiple'),
      bad('that is no JWT', '\n> dpop: yes', 'not-jws'),
      bad('of another typ', proof(flow.endpoint, ath, { typ: 'JWT' }), 'typ'),
      bad('with a shared secret', proof(flow.endpoint, ath, { alg: 'HS256' }), 'alg'),
      bad('without a key', proof(flow.endpoint, ath, { jwk: undefined }), 'jwk'),
      bad(
        'with the private key',
        proof(flow.endpoint, ath, { jwk: { ...jwk, d: 'secret' } }),
        'private-key',
      ),
    ],
  })
})
