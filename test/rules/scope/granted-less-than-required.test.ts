import { describe } from 'vitest'
import less from '../../../rules/scope/granted-less-than-required.ts'
import { testExamples } from '../examples.ts'
import { call, fine, token } from './scopes.ts'

describe('scope/granted-less-than-required', () => {
  testExamples(less, {
    good: [
      {
        name: 'scopes of the login, and the name of the API before a scope',
        http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app&scope=openid+offline_access+api%3A%2F%2Fapp%2Fread

          < HTTP/1.1 200 OK

          {"access_token":"\${jwt {"scp":"read"}}","token_type":"Bearer"}`,
      },
      {
        name: 'less is granted, said so, and enough',
        http: `${token('one', 'read write', ',"scope":"read"')}${call('one', fine)}`,
      },
    ],
  })
})
