import rule from '../../../rules/bearer/dropped-on-some-requests.ts'
import { testExamples } from '../examples.ts'

const bearer = '\n> authorization: Bearer ${secret at_}'
const ok = '< HTTP/1.1 200 OK\n\n{"jsonrpc":"2.0","id":2,"result":{"tools":[]}}'
const refused = '< HTTP/1.1 401 Unauthorized\n< www-authenticate: Bearer'

function post(method: string, fields: string, answer: string, session = 's1'): string {
  return `
> POST https://mcp.example/mcp
> mcp-session-id: ${session}${fields}

{"jsonrpc":"2.0",${method.startsWith('notifications/') ? '' : '"id":2,'}"method":"${method}"}

${answer}
`
}

const worked = post('tools/list', bearer, ok)

testExamples(rule, {
  good: [
    { name: 'all calls carry it', http: worked + post('tools/call', bearer, ok) },
    {
      name: 'the token was refused before, and the client logs in anew',
      http: worked + post('tools/call', bearer, refused) + post('tools/call', '', refused),
    },
    {
      name: 'the token has expired, and the client keeps no expired ones',
      http:
        '# at 12:00:00' +
        post('tools/list', '\n> authorization: Bearer ${jwt {"exp":1767269000}}', ok) +
        '# at 12:30:00' +
        post('tools/call', '', refused) +
        post('tools/call', bearer, ok),
    },
    {
      name: 'a ping is open to everybody',
      http: worked + post('tools/call', bearer, ok) + post('ping', '', ok),
    },
  ],
  bad: [
    {
      name: 'a notification without it',
      http: worked + post('notifications/initialized', '', refused),
      expect: { variant: 'notification', severity: 'error' },
    },
    {
      name: 'a notification without it, taken all the same',
      http: worked + post('notifications/initialized', '', '< HTTP/1.1 202 Accepted'),
      expect: { variant: 'notification', severity: 'warning' },
    },
    {
      name: 'a call without it, as after a new connection',
      http: worked + post('tools/call', '', refused),
      expect: { variant: 'reconnect', severity: 'error' },
    },
    {
      name: 'not sent again after a redirect',
      http:
        worked +
        post('tools/call', bearer, '< HTTP/1.1 307 Temporary Redirect\n< location: /mcp/') +
        post('tools/call', '', refused).replace('/mcp\n', '/mcp/\n'),
      expect: { variant: 'after-redirect', severity: 'error' },
    },
  ],
})

testExamples(rule, {
  bad: [
    {
      name: 'the session is ended without it, and nobody minds',
      http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}
          > mcp-session-id: s1

          {"jsonrpc":"2.0","id":2,"method":"tools/list"}

          < HTTP/1.1 200 OK

          {"jsonrpc":"2.0","id":2,"result":{"tools":[]}}

          > DELETE https://mcp.example/mcp
          > mcp-session-id: s1

          < HTTP/1.1 204 No Content`,
      expect: { variant: 'delete', severity: 'warning' },
    },
  ],
})
