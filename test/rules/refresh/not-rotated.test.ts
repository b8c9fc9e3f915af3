import { describe } from 'vitest'
import notRotated from '../../../rules/refresh/not-rotated.ts'
import { testExamples } from '../examples.ts'
import { refresh, renewed, token } from './logins.ts'

describe('refresh/not-rotated', () => {
  testExamples(notRotated, {
    good: [
      {
        name: 'a repeated answer right after a rotation',
        http:
          refresh(renewed(token('one'))) +
          refresh(`< HTTP/1.1 200 OK\n\n          {"token_type":"Bearer",${token('two')}}`),
      },
    ],
  })
})
