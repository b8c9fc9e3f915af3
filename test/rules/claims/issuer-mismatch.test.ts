import rule from '../../../rules/claims/issuer-mismatch.ts'
import { testExamples } from '../examples.ts'

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
