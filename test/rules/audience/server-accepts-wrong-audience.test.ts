import { expect, test } from 'vitest'
import rule from '../../../rules/audience/server-accepts-wrong-audience.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'

testExamples(rule, {
  bad: [
    {
      name: 'a token of GitHub is passed through',
      http: `
        > POST https://mcp.example/mcp
        > authorization: Bearer \${secret gho_ one}

        {"jsonrpc":"2.0","id":1,"method":"tools/list"}

        < HTTP/1.1 200 OK

        {"jsonrpc":"2.0","id":1,"result":{"tools":[]}}`,
      expect: { variant: 'passthrough-token', severity: 'warning' },
    },
    {
      name: 'a name that only the server can know',
      http: `
        > POST https://mcp.example/mcp
        > authorization: Bearer \${jwt {"aud":"api://default"}}

        {"jsonrpc":"2.0","id":1,"method":"tools/list"}

        < HTTP/1.1 200 OK

        {"jsonrpc":"2.0","id":1,"result":{"tools":[]}}`,
      expect: { variant: 'foreign-aud', severity: 'info' },
    },
    {
      name: 'a JWT without aud',
      http: `
        > POST https://mcp.example/mcp
        > authorization: Bearer \${jwt {"sub":"somebody"}}

        {"jsonrpc":"2.0","id":1,"method":"tools/list"}

        < HTTP/1.1 200 OK

        {"jsonrpc":"2.0","id":1,"result":{"tools":[]}}`,
      expect: { variant: 'aud-absent', severity: 'warning' },
    },
  ],
})

test('what is expected is named once where the resource is the URL of the endpoint', () => {
  const http = `
> GET https://mcp.example/.well-known/oauth-protected-resource/mcp

< HTTP/1.1 200 OK

{"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}

> POST https://mcp.example/mcp
> authorization: Bearer \${jwt {"aud":"https://other.example"}}

{"jsonrpc":"2.0","id":1,"method":"tools/list"}

< HTTP/1.1 200 OK

{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}`
  expect(run(rule, http).findings[0]?.message).toMatch(/expected "https:\/\/mcp\.example\/mcp"$/)
})
