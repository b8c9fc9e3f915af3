import { describe, expect, test } from 'vitest'
import rule from '../../../rules/claims/issuer-mismatch.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'
import { login } from './judged-tokens.ts'

testExamples(rule, {
  bad: [
    {
      name: 'the server refuses the issuer that its own metadata names',
      http: `
          \${opening}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 200 OK

          {"access_token":"\${jwt {"iss":"https://as.example"}}","token_type":"Bearer"}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${jwt {"iss":"https://as.example"}}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token", error_description="The issuer 'https://as.example' is invalid"`,
      expect: { variant: 'expectation', severity: 'error', fault: 'resource-server' },
    },
  ],
})

describe('claims/issuer-mismatch', () => {
  testExamples(rule, {
    bad: [
      {
        name: 'another host of the same tenant',
        http: login({ iss: 'https://as.example/v2' }, 'invalid issuer', 'https://as.example/v1'),
        expect: { variant: 'alias', severity: 'error' },
      },
      {
        name: 'the other of two versions of a tenant',
        http: login(
          { iss: 'https://sts.windows.net/t1/' },
          'invalid issuer',
          'https://login.microsoftonline.com/t1/v2.0',
        ),
        expect: { variant: 'version', severity: 'error' },
      },
      {
        name: 'a server that nobody lists',
        http: login({ iss: 'https://login.example' }, 'signature verification failed'),
        expect: { variant: 'unlisted', severity: 'error', fault: 'authorization-server' },
      },
    ],
  })

  test.each(['invalid audience', 'token expired', 'missing required claim: sub'])(
    'is no matter of it where the server says %j',
    (words) => {
      expect(run(rule, login({ iss: 'https://login.example' }, words)).outcome).toBe('pass')
    },
  )
})
