import { describe } from 'vitest'
import altered from '../../../rules/intermediary/www-authenticate-altered.ts'
import { testExamples } from '../examples.ts'
import { call, challenge } from './gateways.ts'

describe('intermediary/www-authenticate-altered', () => {
  testExamples(altered, {
    good: [
      {
        name: 'the application itself forgets the field for a refused token',
        http: `${call(challenge('< server: uvicorn\n          < www-authenticate: Bearer'))}${call(challenge('< server: uvicorn'), '${secret at_}')}`,
      },
    ],
    bad: [
      {
        name: 'the challenge is gone from an answer of the gateway',
        http: `${call(challenge('< server: uvicorn\n          < www-authenticate: Bearer'))}${call(challenge('< server: awselb/2.0'), '${secret at_}')}`,
        expect: { variant: 'removed', severity: 'error' },
      },
    ],
  })
})
