import { describe } from 'vitest'
import loop from '../../../rules/scope/step-up-loop.ts'
import { testExamples } from '../examples.ts'
import { call, lacks, token } from './scopes.ts'

describe('scope/step-up-loop', () => {
  testExamples(loop, {
    bad: [
      {
        name: 'twice for a scope that was granted',
        http: ['one', 'two']
          .map((name) => `${token(name, 'write', ',"scope":"write"')}${call(name, lacks('write'))}`)
          .join(''),
        expect: { fault: 'resource-server' },
      },
    ],
  })
})
