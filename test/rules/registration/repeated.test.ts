import { describe } from 'vitest'
import repeated from '../../../rules/registration/repeated.ts'
import { testExamples } from '../examples.ts'
import { registration } from './registrations.ts'

describe('registration/repeated', () => {
  const one = (id: string) =>
    registration(
      '{"client_name":"app","redirect_uris":["http://127.0.0.1:5000/cb"]}',
      undefined,
      `{"client_id":"${id}"}`,
    )
  testExamples(repeated, {
    good: [
      { name: 'two that race', http: `${one('a')}${one('b')}` },
      {
        name: 'other ports, for a server that compares them',
        http: ['5001', '5002', '5003'].map((port) => one(port).replace('5000', port)).join('\n'),
      },
    ],
  })
})
