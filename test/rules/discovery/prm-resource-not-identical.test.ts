import { expect, test } from 'vitest'
import identical from '../../../rules/discovery/prm-resource-not-identical.ts'
import { Session } from '../../../src/core/session.ts'
import { formatTranscript, parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { loadRules } from '../../../src/rules.ts'
import { testExamples } from '../examples.ts'
import { described } from './described-resources.ts'

/** The client asks the authorization server that the document lists. */
const goesOn = (http: string) => `${http}\n\n  \${opening only server-metadata}`

testExamples(identical, {
  good: [
    {
      name: 'the slash of the endpoint is lacking, which this client lets pass',
      http: goesOn(described('https://mcp.example/mcp', 'https://mcp.example/mcp/', '/mcp/')),
    },
  ],
  bad: [
    {
      name: 'another case of the host',
      http: goesOn(described('https://MCP.example/mcp')),
      expect: { variant: 'case', severity: 'warning', fault: 'resource-server' },
    },
    {
      name: 'a character escaped that need not be',
      http: goesOn(described('https://mcp.example/%6dcp')),
      expect: { variant: 'percent-encoding', severity: 'warning' },
    },
    {
      name: 'the query of the endpoint is lacking',
      http: goesOn(described('https://mcp.example/mcp', 'https://mcp.example/mcp?t=1', '/mcp?t=1')),
      expect: { variant: 'query', severity: 'info' },
    },
    {
      name: 'the login goes on out of sight, and its token is refused',
      http: `${described('https://mcp.example/a', 'https://mcp.example/a/mcp', '/a/mcp')}

  > POST https://mcp.example/a/mcp
  > authorization: Bearer \${secret at_}

  {"jsonrpc":"2.0","id":1,"method":"initialize"}

  < HTTP/1.1 401 Unauthorized
  < www-authenticate: Bearer error="invalid_token"`,
      expect: { variant: 'path-prefix', severity: 'info', fault: 'resource-server' },
    },
    ...[
      ['case', described('https://MCP.example/mcp')],
      ['query', described('https://mcp.example/mcp', 'https://mcp.example/mcp?t=1', '/mcp?t=1')],
      ['trailing-slash', described('https://mcp.example/mcp', 'https://mcp.example/mcp/', '/mcp/')],
      ['path-prefix', described('https://mcp.example/a', 'https://mcp.example/a/mcp', '/a/mcp')],
    ].map(([variant, http]) => ({
      name: `the login stops at another spelling: ${variant}`,
      http: http!,
      expect: { variant: variant!, severity: 'error' as const, fault: 'undetermined' as const },
    })),
  ],
})

test('who looks at a server that others log in to does not stop at its document', async () => {
  const { rules } = await loadRules()
  const parent = (http: string) =>
    http.replace('{"resource":"https://mcp.example/mcp"', '{"resource":"https://mcp.example"')
  const look = formatTranscript(parseTranscript('${opening until resource-metadata}'))
  const login = formatTranscript(parseTranscript('${opening until mcp}'))
  const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
  const parts = [
    ['look', look],
    ['login', login],
    ['again', look],
  ] as const
  for (const [who, http] of parts)
    for (const exchange of parseTranscript(parent(http)))
      session.ingest({
        ...exchange,
        id: `${who}${exchange.id}`,
        connection: who,
        request: {
          ...exchange.request,
          headers: [
            ['user-agent', who === 'login' ? 'client/1' : 'probe/1'],
            ...exchange.request.headers,
          ],
        },
      })
  session.settle()
  const { verdict, findings } = session.report()
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
  expect(findings.map(({ rule }) => rule)).toContain('discovery/prm-resource-not-identical')
  expect(verdict).toBe('pass')
})
