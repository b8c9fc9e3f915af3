import rule from '../../../rules/bearer/malformed.ts'
import { expect, test } from 'vitest'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'

const ok =
  '< HTTP/1.1 200 OK\n< content-type: application/json\n\n{"jsonrpc":"2.0","id":1,"result":{}}'
const noScope =
  '< HTTP/1.1 403 Forbidden\n< www-authenticate: Bearer error="insufficient_scope", scope="write"'
const lostSession =
  '< HTTP/1.1 404 Not Found\n\n{"jsonrpc":"2.0","error":{"code":-32001,"message":"Session not found"},"id":null}'
const refused = '< HTTP/1.1 401 Unauthorized\n< www-authenticate: Bearer error="invalid_token"'

function call(scheme: string, answer: string, token = '${secret at_}'): string {
  return `
> POST https://mcp.example/mcp
> authorization: ${scheme} ${token}

{"jsonrpc":"2.0","id":1,"method":"tools/list"}

${answer}
`
}

testExamples(rule, {
  good: [
    {
      name: 'a scope is missing, whatever the letters of the scheme',
      http: call('bearer', noScope) + call('Bearer', ok),
    },
    {
      name: 'both spellings were accepted before one of them was refused',
      http: call('bearer', ok) + call('bearer', refused) + call('Bearer', ok),
    },
    {
      name: 'the token has expired when it is sent in the other spelling',
      http:
        '# at 12:00:00' +
        call('Bearer', ok, '${jwt {"exp":1767269000}}') +
        '# at 14:00:00' +
        call('bearer', refused, '${jwt {"exp":1767269000}}'),
    },
  ],
})

test('a session that is gone is nothing about the spelling', () => {
  expect(run(rule, call('bearer', lostSession) + call('Bearer', ok)).findings).toEqual([])
})

testExamples(rule, {
  bad: [
    {
      name: 'the server wants a capital letter',
      http: `
          > POST https://mcp.example/mcp
          > authorization: bearer \${secret at_}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token"

          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 200 OK
          < content-type: application/json

          {"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25"}}`,
      expect: { variant: 'lowercase-scheme-rejected', fault: 'resource-server' },
    },
  ],
})
