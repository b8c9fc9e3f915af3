import rule from '../../../rules/audience/aud-near-miss.ts'
import { testExamples } from '../examples.ts'

testExamples(rule, {
  good: [
    {
      name: 'another spelling, and the server takes it',
      http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${jwt {"aud":"https://mcp.example/mcp/"}}

          {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

          < HTTP/1.1 200 OK
          < content-type: application/json

          {"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25"}}`,
    },
  ],
})
