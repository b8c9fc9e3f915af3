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
    {
      name: 'a client that has its token looks at the metadata',
      http: `
          \${opening only mcp}

          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize"}`,
    },
    {
      name: 'a person looks at the metadata',
      http: `
          > GET https://as.example/.well-known/oauth-authorization-server
          > user-agent: curl/8.5.0

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize"}`,
    },
  ],
  bad: [
    {
      name: 'one client stops here, where another gets through',
      http: `
          # client=configured
          \${opening only mcp}

          # client=other
          > POST https://mcp.example/mcp
          > user-agent: other

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer

          # client=other
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize"}`,
      expect: { variant: 'none', severity: 'info' },
    },
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
