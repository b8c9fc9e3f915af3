import rule from '../../../rules/token/error-response.ts'
import { testExamples } from '../examples.ts'

testExamples(rule, {
  bad: [
    {
      name: 'a refresh token has expired, and the user logs in again',
      http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=refresh_token&refresh_token=r1&client_id=app

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_grant"}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer"}`,
      expect: { variant: 'invalid_grant', severity: 'info' },
    },
  ],
})
