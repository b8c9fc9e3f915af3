import { describe } from 'vitest'
import rule from '../../../rules/claims/time-invalid.ts'
import { testExamples } from '../examples.ts'
import { call, issue, jwt, refused } from './judged-tokens.ts'

testExamples(rule, {
  bad: [
    {
      name: 'the clock of the MCP server is a day ahead',
      http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 200 OK

          {"access_token":"\${jwt {"iat":1767268800,"exp":1767272400}}","token_type":"Bearer"}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${jwt {"iat":1767268800,"exp":1767272400}}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < date: Fri, 02 Jan 2026 12:00:00 GMT
          < www-authenticate: Bearer error="invalid_token", error_description="Token has expired"`,
      expect: { variant: 'clock-skew', fault: 'resource-server' },
    },
  ],
})

describe('claims/time-invalid', () => {
  testExamples(rule, {
    good: [
      {
        name: 'a clock half a minute ahead',
        http: `${issue(jwt({ iat: 1767268830 }))}${call(jwt({ iat: 1767268830 }), refused('no'))}`,
      },
      {
        name: 'milliseconds, which the server takes',
        http: `${issue(jwt({ exp: 1767272400000 }))}${call(jwt({ exp: 1767272400000 }), '< HTTP/1.1 200 OK')}`,
      },
    ],
    bad: [
      {
        name: 'milliseconds',
        http: `${issue(jwt({ exp: 1767272400000 }))}${call(jwt({ exp: 1767272400000 }), refused('no'))}`,
        expect: { variant: 'milliseconds', severity: 'error', fault: 'authorization-server' },
      },
    ],
  })
})
