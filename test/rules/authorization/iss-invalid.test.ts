import rule from '../../../rules/authorization/iss-invalid.ts'
import { testExamples } from '../examples.ts'

testExamples(rule, {
  good: [
    {
      name: 'neither sent nor advertised',
      http: `
        > GET https://as.example/.well-known/oauth-authorization-server

        < HTTP/1.1 200 OK

        {"issuer":"https://as.example"}

        > GET https://as.example/authorize?response_type=code&client_id=app&state=s1&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb

        < HTTP/1.1 302 Found
        < location: http://127.0.0.1:5000/cb?code=c1&state=s1`,
    },
  ],
  bad: [
    {
      name: 'sent and not advertised',
      http: `
        > GET https://as.example/.well-known/oauth-authorization-server

        < HTTP/1.1 200 OK

        {"issuer":"https://as.example"}

        > GET http://127.0.0.1:5000/cb?code=c1&state=s1&iss=https%3A%2F%2Fas.example

        < HTTP/1.1 200 OK`,
      expect: { variant: 'unadvertised', severity: 'info' },
    },
  ],
})
