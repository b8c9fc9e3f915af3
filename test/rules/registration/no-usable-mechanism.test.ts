import rule from '../../../rules/registration/no-usable-mechanism.ts'
import { testExamples } from '../examples.ts'

testExamples(rule, {
  good: [
    {
      name: 'no way of its own, and the client has an id already',
      http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example"}

          > GET https://as.example/authorize?response_type=code&client_id=configured&state=s1

          < HTTP/1.1 200 OK`,
    },
  ],
  bad: [
    {
      name: 'a guess that happens to work',
      http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize"}

          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["http://127.0.0.1:5000/cb"]}

          < HTTP/1.1 201 Created

          {"client_id":"app","redirect_uris":["http://127.0.0.1:5000/cb"]}`,
      expect: { variant: 'endpoint-not-advertised', severity: 'warning' },
    },
  ],
})
