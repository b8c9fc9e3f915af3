import { describe } from 'vitest'
import tooLarge from '../../../rules/intermediary/header-too-large.ts'
import { testExamples } from '../examples.ts'
import { call, challenge } from './gateways.ts'

describe('intermediary/header-too-large', () => {
  testExamples(tooLarge, {
    bad: [
      {
        name: 'an empty 400 to a long field, and a 401 without it',
        http: `${call(challenge('< www-authenticate: Bearer'))}${call('< HTTP/1.1 400 Bad Request', 'a'.repeat(9000))}`,
        expect: { severity: 'error', fault: 'undetermined' },
      },
      {
        name: 'a gateway with its status',
        http: call(
          '< HTTP/1.1 494 Request header too large\n          < cf-ray: 1',
          'a'.repeat(9000),
        ),
        expect: { severity: 'error', fault: 'intermediary' },
      },
    ],
  })
})
