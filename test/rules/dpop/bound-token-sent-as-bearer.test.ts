import { describe } from 'vitest'
import bearer from '../../../rules/dpop/bound-token-sent-as-bearer.ts'
import { testExamples } from '../examples.ts'
import * as flow from '../whole-flow.ts'
import { call, opaque, redeem } from './proofs.ts'

describe('a token', () => {
  testExamples(bearer, {
    good: [{ name: 'of type DPoP, as DPoP', http: redeem() + call() }],
    bad: [
      {
        name: 'of type Bearer, as DPoP',
        http: redeem('', 'Bearer') + call(),
        expect: { variant: 'bearer-as-dpop', severity: 'error' },
      },
      {
        name: 'that is bound, where nobody asks for DPoP',
        http: redeem() + flow.call('tools/list', opaque),
        expect: { variant: 'dpop-as-bearer', severity: 'info' },
      },
    ],
  })
})
