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

const issued = (token: string, grant = 'authorization_code&code=c1') => `
  > POST https://as.example/token
  > content-type: application/x-www-form-urlencoded

  grant_type=${grant}&client_id=app

  < HTTP/1.1 200 OK

  {"access_token":"\${secret at_ ${token}}","token_type":"Bearer","refresh_token":"r1","scope":"mcp"}
`
const renewed = issued('2', 'refresh_token&refresh_token=r1')

const forbidden = (answer: string, type = 'application/json') =>
  call('2', answer, type).replace('404 Not Found', '403 Forbidden')
const forbids = '{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"Forbidden"}}'

testExamples(lost, {
  good: [
    {
      name: 'a resource is forbidden for itself',
      http:
        issued('1') +
        begun('1') +
        renewed +
        forbidden(forbids).replace('tools/list', 'resources/read'),
    },
    {
      name: 'a firewall answers in the place of the server',
      http:
        issued('1') +
        begun('1') +
        renewed +
        forbidden('<html><title>Attention Required!</title></html>', 'text/html'),
    },
    {
      name: 'somebody else may have logged in',
      http: issued('1') + begun('1') + issued('2') + forbidden(forbids),
    },
    {
      name: 'the client begins another session after the 404',
      http: begun('1') + call('1', gone) + begun('1'),
    },
    {
      name: 'the client closes, and ends the session that is gone',
      http:
        begun('1') +
        call('1', gone) +
        call('1', gone)
          .replace('POST', 'DELETE')
          .replace(/\n {2}\{"jsonrpc.*\n/, ''),
    },
    {
      name: 'two calls were under way when the session ended',
      http:
        begun('1') +
        call('1', gone).replace('\n', '\n  # at 12:01:00.000\n') +
        call('1', gone).replace('\n', '\n  # at 12:01:00.010\n'),
    },
  ],
  bad: [
    {
      name: 'a session takes no renewed token',
      http: issued('1') + begun('1') + renewed + forbidden(forbids),
      expect: { severity: 'error', fault: 'resource-server' },
    },
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
    {
      name: 'the session had taken the new token, and another session worked since',
      http:
        begun('1') +
        call('2', '{"jsonrpc":"2.0","id":3,"result":{}}').replace('404 Not Found', '200 OK') +
        begun('3').replaceAll('session-1', 'session-2') +
        call('2', gone) +
        call('2', gone),
      expect: { variant: 'used-after-404', severity: 'error', fault: 'client' },
    },
  ],
})
