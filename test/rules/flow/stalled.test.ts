import rule from '../../../rules/flow/stalled.ts'
import { testExamples } from '../examples.ts'

testExamples(rule, {
  good: [
    {
      name: 'a client that is let in renews its token while it has nothing to ask',
      http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 200 OK

          > POST https://as.example/token

          grant_type=refresh_token&refresh_token=r1

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_ two}","token_type":"Bearer"}`,
    },
    {
      name: 'a client that is let in looks at the metadata again',
      http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 200 OK

          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 200 OK

          {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}`,
    },
  ],
  bad: [
    {
      name: 'the call is refused, the token is renewed, and the call is not made again',
      http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token"

          > POST https://as.example/token

          grant_type=refresh_token&refresh_token=r1

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_ two}","token_type":"Bearer"}`,
      expect: { variant: 'token-never-used', fault: 'client' },
    },
  ],
})
