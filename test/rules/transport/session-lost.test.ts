import lost from '../../../rules/transport/session-lost.ts'
import { testExamples } from '../examples.ts'

const begun = (token: string) => `
  > POST https://mcp.example/mcp
  > authorization: Bearer \${secret at_ ${token}}

  {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

  < HTTP/1.1 200 OK
  < content-type: application/json
  < mcp-session-id: session-1

  {"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25"}}
`

const call = (token: string, answer: string, type = 'application/json') => `
  > POST https://mcp.example/mcp
  > authorization: Bearer \${secret at_ ${token}}
  > mcp-session-id: session-1

  {"jsonrpc":"2.0","id":3,"method":"tools/list"}

  < HTTP/1.1 404 Not Found
  < content-type: ${type}

  ${answer}
`

const gone = '{"error":"Session not found"}'
const goneAsRpc =
  '{"jsonrpc":"2.0","id":null,"error":{"code":-32001,"message":"Session not found"}}'
const usedAgain = (answer: string, type?: string) =>
  begun('1') + call('1', answer, type) + call('1', answer, type)

testExamples(lost, {
  good: [
    {
      name: 'the client begins another session after the 404',
      http: begun('1') + call('1', gone) + begun('1'),
    },
  ],
  bad: [
    {
      name: 'a session that the server has lost is used again',
      http: usedAgain(gone),
      expect: { variant: 'used-after-404', severity: 'error', fault: 'client' },
    },
    {
      name: 'the server says so in JSON-RPC',
      http: usedAgain(goneAsRpc),
      expect: { variant: 'used-after-404', fault: 'client' },
    },
    {
      name: 'the server says so in plain words',
      http: usedAgain('Unknown session', 'text/plain'),
      expect: { variant: 'used-after-404', fault: 'client' },
    },
    {
      name: 'the session ends with the token that began it, and is used again',
      http: begun('1') + call('2', gone) + call('2', gone),
      expect: { variant: 'used-after-404', severity: 'error', fault: 'undetermined' },
    },
  ],
})
