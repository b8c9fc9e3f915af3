import rule from '../../../rules/token/redirect-uri-mismatch.ts'
import { testExamples } from '../examples.ts'

testExamples(rule, {
  good: [
    {
      name: 'the same string both times, and the code comes in the redirect',
      http: `
          > GET https://as.example/authorize?response_type=code&client_id=app&state=s1&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb

          < HTTP/1.1 302 Found
          < location: http://127.0.0.1:5000/cb?code=c1&state=s1

          > POST https://as.example/token

          grant_type=authorization_code&code=c1&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer"}`,
    },
    {
      name: 'left out as OAuth 2.1 has it, and accepted',
      http: `
          > GET https://as.example/authorize?response_type=code&client_id=app&state=s1&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb

          < HTTP/1.1 302 Found
          < location: http://127.0.0.1:5000/cb?code=c1&state=s1

          > POST https://as.example/token

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer"}`,
    },
  ],
  bad: [
    {
      name: 'another port, and the code comes in the redirect',
      http: `
          > GET https://as.example/authorize?response_type=code&client_id=app&state=s1&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb

          < HTTP/1.1 302 Found
          < location: http://127.0.0.1:5000/cb?code=c1&state=s1

          > POST https://as.example/token

          grant_type=authorization_code&code=c1&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A5001%2Fcb

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_grant"}`,
      expect: { variant: 'different', severity: 'error' },
    },
  ],
})
