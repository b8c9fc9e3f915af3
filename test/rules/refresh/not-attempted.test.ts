import rule from '../../../rules/refresh/not-attempted.ts'
import { testExamples } from '../examples.ts'

testExamples(rule, {
  bad: [
    {
      name: 'an hour later the user has to log in again',
      http: `
          # at 12:00:00.000
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer","expires_in":60,"refresh_token":"r1"}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 200 OK

          # at 13:00:00.000 handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&state=s2`,
    },
  ],
})
