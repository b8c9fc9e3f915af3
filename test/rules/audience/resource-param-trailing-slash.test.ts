import rule from '../../../rules/audience/resource-param-trailing-slash.ts'
import { testExamples } from '../examples.ts'

testExamples(rule, {
  good: [
    {
      name: 'another resource altogether is another mistake',
      http: `
        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 200 OK

        {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}

        # handed-over
        > GET https://as.example/a?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&resource=https%3A%2F%2Fmcp.example%2Fother`,
    },
  ],
  bad: [
    {
      name: 'the authorization server does not know the other spelling',
      http: `
        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 200 OK

        {"resource":"https://mcp.example/mcp/","authorization_servers":["https://as.example"]}

        > POST https://as.example/token

        grant_type=authorization_code&code=c1&client_id=app&resource=https%3A%2F%2Fmcp.example%2Fmcp

        < HTTP/1.1 400 Bad Request

        {"error":"invalid_target"}`,
      expect: { variant: 'removed-slash', severity: 'error' },
    },
    {
      name: 'the MCP server refuses the token that was issued for the other spelling',
      http: `
        > GET https://mcp.example/.well-known/oauth-protected-resource

        < HTTP/1.1 200 OK

        {"resource":"https://MCP.example","authorization_servers":["https://as.example"]}

        > POST https://as.example/token

        grant_type=authorization_code&code=c1&client_id=app&resource=https%3A%2F%2Fmcp.example

        < HTTP/1.1 200 OK

        {"access_token":"\${jwt {"aud":"https://mcp.example"}}","token_type":"Bearer"}

        > POST https://mcp.example/
        > authorization: Bearer \${jwt {"aud":"https://mcp.example"}}

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer error="invalid_token"`,
      expect: { variant: 'lowercased', severity: 'error' },
    },
  ],
})
