import { expect, test } from 'vitest'
import codes from '../../../rules/challenge/error-code-misuse.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'
import { refused } from './challenges.ts'

const token = '> authorization: Bearer ${secret at_}'

testExamples(codes, {
  good: [
    {
      name: 'a code of a later RFC',
      http: `
          > POST https://mcp.example/mcp
          > authorization: DPoP \${secret at_}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: DPoP error="use_dpop_nonce"`,
    },
    {
      name: 'too little scope',
      http: refused('Bearer error="insufficient_scope", scope="a"', { sent: token, status: 403 }),
    },
    {
      name: 'step-up',
      http: refused('Bearer error="insufficient_user_authentication"', { sent: token }),
    },
  ],
  bad: [
    {
      name: 'a bad token with 403',
      http: refused('Bearer error="invalid_token"', { sent: token, status: 403 }),
      expect: { variant: 'status-mismatch', severity: 'warning' },
    },
    {
      name: 'too little scope with 401',
      http: refused('Bearer error="insufficient_scope"', { sent: token }),
      expect: { variant: 'status-mismatch' },
    },
    {
      name: 'a code of their own',
      http: refused('Bearer error="token_expired"', { sent: token }),
      expect: { variant: 'unregistered-code' },
    },
    {
      name: 'the same twice is told once',
      http: refused('Bearer error="token_expired"', { sent: token }).repeat(2),
      expect: { variant: 'unregistered-code' },
    },
  ],
})

test('a sanitised capture does not tell whether a token was sent', () => {
  const http = `  # missing=authorization${refused('Bearer error="invalid_token"')}`
  expect(run(codes, http).outcome).toBe('blind')
})
