import rejected from '../../../rules/discovery/client-used-rejected-metadata.ts'
import { testExamples } from '../examples.ts'

testExamples(rejected, {
  good: [
    {
      name: 'a second document that is valid names the same endpoints',
      http: `
        \${opening only challenge resource-metadata}

        > GET https://as.example/.well-known/openid-configuration

        < HTTP/1.1 200 OK

        {"issuer":"https://evil.example","token_endpoint":"https://as.example/token","registration_endpoint":"https://as.example/register"}

        \${opening only server-metadata registration}`,
    },
  ],
  bad: [
    {
      name: 'the endpoints of another issuer, before the revision that forbids it in so many words',
      http: `
        \${opening only challenge resource-metadata}

        > GET https://as.example/.well-known/oauth-authorization-server

        < HTTP/1.1 200 OK

        {"issuer":"https://evil.example","token_endpoint":"https://evil.example/token","registration_endpoint":"https://evil.example/register"}

        > POST https://evil.example/register

        {"redirect_uris":["http://127.0.0.1:5000/cb"]}

        < HTTP/1.1 201 Created

        {"client_id":"app"}`,
      expect: { variant: 'issuer', severity: 'warning' },
    },
  ],
})
