import rule from '../../../rules/transport/protocol-version-header.ts'
import { testExamples } from '../examples.ts'

const list = '{"jsonrpc":"2.0","id":2,"method":"tools/list"}'
const listed = '< HTTP/1.1 200 OK\n\n{"jsonrpc":"2.0","id":2,"result":{"tools":[]}}'

function call(fields: string, body = list, answer = listed): string {
  return `
> POST https://mcp.example/mcp
> content-type: application/json
> authorization: Bearer \${secret at_}${fields}

${body}

${answer}
`
}

const start = (version: string, client = 'c1', fields = '') =>
  `# client=${client}` +
  call(
    fields,
    `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"${version}"}}`,
    `< HTTP/1.1 200 OK\n\n{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"${version}"}}`,
  )

const modern = `{"jsonrpc":"2.0","id":2,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}`
const agreed = '\n> mcp-protocol-version: 2025-11-25'
const missing =
  '< HTTP/1.1 400 Bad Request\n< via: 1.1 edge\n\n{"error":"MCP-Protocol-Version header is required"}'

testExamples(rule, {
  good: [
    {
      name: '2026-07-28 with everything in its fields',
      http: call('\n> mcp-protocol-version: 2026-07-28\n> mcp-method: tools/list', modern),
    },
    {
      name: 'a client that begins a session with Mcp-Method, and goes on with what was agreed on',
      http: start('2025-11-25', 'c1', '\n> mcp-method: initialize') + call(agreed),
    },
    {
      name: 'two programs, each with what it agreed on',
      http: [
        start('2025-11-25'),
        start('2025-06-18', 'c2'),
        `# client=c1${call(agreed)}`,
        `# client=c2${call('\n> mcp-protocol-version: 2025-06-18')}`,
      ].join('\n'),
    },
    {
      name: 'the server refuses the call for another reason',
      http:
        start('2025-11-25') +
        call(agreed, list, '< HTTP/1.1 400 Bad Request\n< via: 1.1 edge\n\n{"error":"bad cursor"}'),
    },
  ],
  bad: [
    {
      name: 'nothing after initialize, call after call: one finding',
      http: start('2025-06-18') + call('') + call(''),
      expect: { variant: 'missing', severity: 'warning', fault: 'client' },
    },
    {
      name: 'another revision than the one agreed on',
      http: start('2025-06-18') + call('\n> mcp-protocol-version: 2025-11-25'),
      expect: { variant: 'differs-from-negotiated', severity: 'warning' },
    },
    {
      name: 'field and message differ',
      http: call('\n> mcp-protocol-version: 2025-11-25\n> mcp-method: tools/list', modern),
      expect: { variant: 'differs-from-meta', severity: 'error' },
    },
    {
      name: 'no Mcp-Method',
      http: call('\n> mcp-protocol-version: 2026-07-28', modern),
      expect: { variant: 'mcp-method-missing', severity: 'error' },
    },
    {
      name: 'another Mcp-Method',
      http: call('\n> mcp-protocol-version: 2026-07-28\n> mcp-method: tools/call', modern),
      expect: { variant: 'mcp-method-differs', severity: 'error' },
    },
    {
      name: 'a gateway takes the field off',
      http: start('2025-11-25') + call(agreed, list, missing),
      expect: { variant: 'stripped', severity: 'error', fault: 'intermediary' },
    },
  ],
})

testExamples(rule, {
  good: [
    {
      name: 'a client of both revisions sends Mcp-Method in an older session',
      http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}
          > mcp-method: initialize

          {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

          < HTTP/1.1 200 OK

          {"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25"}}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}
          > mcp-protocol-version: 2025-11-25
          > mcp-method: tools/list

          {"jsonrpc":"2.0","id":2,"method":"tools/list"}

          < HTTP/1.1 200 OK

          {"jsonrpc":"2.0","id":2,"result":{"tools":[]}}`,
    },
  ],
})
