import rule from '../../../rules/registration/auth-method-conflict.ts'
import { testExamples } from '../examples.ts'

testExamples(rule, {
  bad: [
    {
      name: 'none was asked for, and the answer does not say what holds',
      http: `
          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["http://127.0.0.1:5000/cb"],"token_endpoint_auth_method":"none"}

          < HTTP/1.1 201 Created

          {"client_id":"app","client_secret":"\${secret cs_}"}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 401 Unauthorized

          {"error":"invalid_client"}`,
      expect: { variant: 'method-not-echoed', severity: 'error' },
    },
  ],
})
