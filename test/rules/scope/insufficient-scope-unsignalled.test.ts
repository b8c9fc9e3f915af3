import { describe } from 'vitest'
import unsignalled from '../../../rules/scope/insufficient-scope-unsignalled.ts'
import { testExamples } from '../examples.ts'
import { call, fine, lacks, token } from './scopes.ts'

describe('scope/insufficient-scope-unsignalled', () => {
  testExamples(unsignalled, {
    good: [
      {
        name: 'a role is missing, which no scope brings',
        http: `${call('one', lacks('write'), 'other')}${call('one', '< HTTP/1.1 403 Forbidden\n\n          {"message":"You do not have the required role"}')}`,
      },
    ],
    bad: [
      {
        name: 'a challenge without an error',
        http: call(
          'one',
          '< HTTP/1.1 403 Forbidden\n          < www-authenticate: Bearer scope="write"',
        ),
        expect: { variant: 'missing-error', severity: 'error' },
      },
      {
        name: 'an error of a tool that names the code',
        http: call(
          'one',
          '< HTTP/1.1 200 OK\n\n          {"jsonrpc":"2.0","id":1,"result":{"isError":true,"content":[{"type":"text","text":"insufficient_scope: write"}]}}',
        ),
        expect: { variant: 'hidden-in-200', severity: 'warning' },
      },
      {
        name: 'one scope after the other',
        http: `${call('one', lacks('read'))}${token('two', 'read')}${call('two', lacks('write'))}`,
        expect: { variant: 'incremental', severity: 'warning' },
      },
      {
        name: 'the scopes are not named, and the client finds them all the same',
        http: `${call('one', '< HTTP/1.1 403 Forbidden\n          < www-authenticate: Bearer error="insufficient_scope"')}${call('two', fine)}`,
        expect: { variant: 'missing-scope', severity: 'warning' },
      },
    ],
  })
})
