import { expect, test } from 'vitest'
import rule from '../../../rules/discovery/prm-authorization-servers-invalid.ts'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { loadRules } from '../../../src/rules.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'

const document = (members: string, resource = 'https://mcp.example/mcp', suffix = '/mcp') => `
  > GET https://mcp.example/.well-known/oauth-protected-resource${suffix}

  < HTTP/1.1 200 OK
  < content-type: application/json

  {"resource":"${resource}"${members}}`
const listing = (entries: string) =>
  `  \${opening only challenge}\n${document(`,"authorization_servers":${entries}`)}`

testExamples(rule, {
  good: [
    { name: 'one entry of two is usable', http: listing('["nonsense","https://as.example"]') },
    {
      name: 'an issuer that looks like an endpoint, and answers to that name',
      http: `${listing('["https://as.example/token"]')}

  > GET https://as.example/.well-known/oauth-authorization-server/token

  < HTTP/1.1 200 OK

  {"issuer":"https://as.example/token"}`,
    },
  ],
  bad: [
    {
      name: 'no such member',
      http: `\${opening only challenge}\n${document('')}`,
      expect: { variant: 'missing' },
    },
    {
      name: 'a misspelled member',
      http: `\${opening only challenge}\n${document(',"authorization_server":["https://as.example"]')}`,
      expect: { variant: 'missing' },
    },
    { name: 'a text', http: listing('"https://as.example"'), expect: { variant: 'not-array' } },
    { name: 'no URL', http: listing('["as.example"]'), expect: { variant: 'not-a-url' } },
    { name: 'a number', http: listing('[7]'), expect: { variant: 'not-a-url' } },
    {
      name: 'an endpoint',
      http: listing('["https://as.example/oauth/authorize"]'),
      expect: { variant: 'endpoint-url-given' },
    },
    {
      name: 'a query',
      http: listing('["https://as.example?tenant=one"]'),
      expect: { variant: 'query-or-fragment' },
    },
    {
      name: 'the client found its way all the same',
      http: `${listing('[]')}\n\n  \${opening only server-metadata authorize callback token mcp}`,
      expect: { variant: 'empty', severity: 'warning' },
    },
  ],
})

test('a document of which nobody knows whether it is about MCP is left alone', () => {
  expect(run(rule, document('')).outcome).toBe('blind')
})

test('a neighbour at the root of the host is left alone', () => {
  const http = `\${opening only challenge}\n${document('', 'https://mcp.example/other', '')}`
  expect(run(rule, http).outcome).toBe('silent')
})

test('a document that says nothing at all has one cause', async () => {
  const { rules } = await loadRules()
  const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
  const empty = document('').replace(/\{"resource".*\}/, '{}')
  for (const exchange of parseTranscript(`\${opening only challenge}\n${empty}`))
    session.ingest(exchange)
  session.settle()
  const [cause, ...others] = session.report().findings
  expect(cause).toMatchObject({ rule: 'discovery/prm-authorization-servers-invalid' })
  expect(cause?.causedBy).toBeNull()
  expect(others.filter(({ causedBy }) => causedBy === null)).toEqual([])
})
