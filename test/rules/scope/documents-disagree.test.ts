import { describe } from 'vitest'
import disagree from '../../../rules/scope/documents-disagree.ts'
import { testExamples } from '../examples.ts'
import { asks, challenged, invalidScope, listing, token } from './scopes.ts'

describe('scope/documents-disagree', () => {
  testExamples(disagree, {
    good: [
      {
        name: 'another scope is refused',
        http: `${challenged('mcp')}${listing('["mcp"]')}${asks('mcp x', invalidScope)}`,
      },
      {
        name: 'offline_access and openid are no scopes of a resource',
        http: `${challenged('mcp openid offline_access')}${listing('["mcp"]')}${asks('mcp offline_access', invalidScope)}`,
      },
    ],
    bad: [
      {
        name: 'the scope is left out of the grant',
        http: `${challenged('mcp')}${listing('["openid"]')}${token('one', 'mcp openid', ',"scope":"openid"')}`,
        expect: { severity: 'warning', fault: 'resource-server' },
      },
    ],
  })
})
