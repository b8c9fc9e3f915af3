import { describe } from 'vitest'
import mishandled from '../../../rules/scope/step-up-mishandled.ts'
import { testExamples } from '../examples.ts'
import { asks, call, fine, lacks, token } from './scopes.ts'

describe('scope/step-up-mishandled', () => {
  testExamples(mishandled, {
    good: [
      {
        name: 'the client goes on with other calls',
        http: `${asks('read')}${token('one', 'read')}${call('one', lacks('write'))}${call('one', fine, 'read')}`,
      },
    ],
    bad: [
      {
        name: 'a refresh, which brings no new scope',
        http: `${asks('read')}${token('one', 'read', ',"refresh_token":"r1"')}${call('one', lacks('write'))}
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=refresh_token&refresh_token=r1&client_id=app

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_ two}","token_type":"Bearer","refresh_token":"r2"}
${call('two', lacks('write'))}`,
        expect: { variant: 'refresh-used' },
      },
      {
        name: 'the scopes that were there before are given up',
        revision: '2026-07-28',
        http: `${asks('read')}${token('one', 'read')}${call('one', lacks('write'))}${asks('write')}`,
        expect: { variant: 'prior-scopes-dropped', severity: 'warning' },
      },
    ],
  })
})
