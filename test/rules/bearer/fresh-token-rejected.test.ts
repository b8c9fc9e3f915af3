import rule from '../../../rules/bearer/fresh-token-rejected.ts'
import { testExamples } from '../examples.ts'

testExamples(rule, {
  good: [
    {
      name: 'the token lives for a second, and is used after two',
      http: `
        # at 12:00:00.000
        > POST https://as.example/token

        grant_type=authorization_code&code=c1

        < HTTP/1.1 200 OK

        {"access_token":"\${secret at_}","token_type":"Bearer","expires_in":1}

        # at 12:00:02.000
        > POST https://mcp.example/mcp
        > authorization: Bearer \${secret at_}

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer error="invalid_token"`,
    },
  ],
  bad: [
    {
      name: 'the audience is the published one, and the server objects to it',
      http: `
        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 200 OK

        {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}

        > POST https://as.example/token

        grant_type=authorization_code&code=c1&resource=https%3A%2F%2Fmcp.example%2Fmcp

        < HTTP/1.1 200 OK

        {"access_token":"\${jwt {"iss":"https://as.example","aud":"https://mcp.example/mcp"}}","token_type":"Bearer"}

        > POST https://mcp.example/mcp
        > authorization: Bearer \${jwt {"iss":"https://as.example","aud":"https://mcp.example/mcp"}}

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer error="invalid_token", error_description="invalid audience"`,
      expect: { variant: 'audience-as-published', fault: 'resource-server' },
    },
    {
      name: 'refused at first, and accepted a moment later',
      http: `
        > POST https://as.example/token

        grant_type=authorization_code&code=c1

        < HTTP/1.1 200 OK

        {"access_token":"\${secret at_}","token_type":"Bearer"}

        > POST https://mcp.example/mcp
        > authorization: Bearer \${secret at_}

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer error="invalid_token"

        > POST https://mcp.example/mcp
        > authorization: Bearer \${secret at_}

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 200 OK
        < content-type: application/json

        {"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25"}}`,
      expect: { severity: 'warning', fault: 'undetermined' },
    },
  ],
})
