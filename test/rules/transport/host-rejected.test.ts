import rule from '../../../rules/transport/host-rejected.ts'
import { testExamples } from '../examples.ts'

const call = (answer: string) => `
> POST https://mcp.example/mcp
> content-type: application/json

{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

${answer}
`

testExamples(rule, {
  good: [
    {
      name: 'a 403 that is about something else',
      http: call('< HTTP/1.1 403 Forbidden\n\n{"error":"insufficient_scope"}'),
    },
    {
      name: 'the same call is answered on a fresh connection',
      http: [
        call('< HTTP/1.1 421 Misdirected Request'),
        call('< HTTP/1.1 401 Unauthorized\n< www-authenticate: Bearer'),
      ].join('\n'),
    },
  ],
  bad: [
    {
      name: 'in the words of the TypeScript SDK',
      http: call(
        '< HTTP/1.1 403 Forbidden\n< content-type: application/json\n\n{"jsonrpc":"2.0","error":{"code":-32000,"message":"Invalid Host: mcp.example"},"id":null}',
      ),
    },
    { name: '421 and nothing else', http: call('< HTTP/1.1 421 Misdirected Request') },
    {
      name: 'metadata is refused as well',
      http: `
        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 400 Bad Request

        <h1>DisallowedHost</h1> Invalid HTTP_HOST header: 'mcp.example'.`,
    },
  ],
})
