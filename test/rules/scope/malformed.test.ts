import { describe } from 'vitest'
import malformed from '../../../rules/scope/malformed.ts'
import { testExamples } from '../examples.ts'
import { asks, listing, token } from './scopes.ts'

describe('scope/malformed', () => {
  testExamples(malformed, {
    bad: [
      {
        name: 'values that are known, with commas between them',
        http: `${listing('["read","write"]')}${asks('read,write')}`,
        expect: { variant: 'comma-separated', severity: 'warning', fault: 'client' },
      },
      {
        name: 'a list as text',
        http: asks('["read"]'),
        expect: { variant: 'json-array', severity: 'warning', fault: 'client' },
      },
      {
        name: 'a list in the token response',
        http: token('one', 'read', ',"scope":["read"]'),
        expect: { variant: 'json-array', severity: 'warning', fault: 'authorization-server' },
      },
      {
        name: 'a space at the end of the token response',
        http: token('one', 'read', ',"scope":"read "'),
        expect: { variant: 'extra-space', severity: 'info', fault: 'authorization-server' },
      },
      {
        name: 'quotation marks',
        http: asks('"read"'),
        expect: { variant: 'illegal-character', severity: 'warning' },
      },
    ],
  })
})
