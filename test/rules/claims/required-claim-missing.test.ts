import { describe } from 'vitest'
import required from '../../../rules/claims/required-claim-missing.ts'
import { testExamples } from '../examples.ts'
import { login } from './judged-tokens.ts'

describe('claims/required-claim-missing', () => {
  testExamples(required, {
    good: [
      {
        name: 'the same under another name',
        http: login({ scp: 'mcp' }, 'missing required claim: scope'),
      },
    ],
    bad: [
      {
        name: 'no client_id under any name',
        http: login({ sub: '1' }, 'missing required claim: client_id'),
        expect: { variant: 'client_id', severity: 'error' },
      },
    ],
  })
})
