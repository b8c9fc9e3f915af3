import { expect, test } from 'vitest'
import allowHeaders from '../../../rules/cors/allow-headers-incomplete.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'
import { allowed, call, noFields, preflight } from './browser-requests.ts'

test.each([
  ['authorization', 'content-type', 'authorization'],
  ['mcp-protocol-version', 'content-type', 'mcp-protocol-version'],
  ['mcp-session-id', 'content-type', 'session-id'],
  ['mcp-method', 'content-type', 'mcp-headers'],
  ['mcp-name', 'content-type', 'mcp-headers'],
  ['dpop', 'content-type', 'dpop'],
  ['last-event-id', 'content-type', 'other'],
  ['authorization', '*', 'wildcard'],
])('%s is asked for and %s is allowed', (asked, listed, variant) => {
  const http = preflight(
    'https://mcp.example/mcp',
    `204 No Content\n${allowed}\n< access-control-allow-headers: ${listed}`,
    asked,
  )
  expect(run(allowHeaders, http).findings).toMatchObject([{ variant }])
  expect(run(allowHeaders, http + call)).toMatchObject({ outcome: 'pass', findings: [] })
})

test('the revision is a warning where metadata is asked for: clients try again without it', () => {
  const http = preflight(
    'https://mcp.example/.well-known/oauth-protected-resource',
    `204 No Content\n${allowed}`,
    'mcp-protocol-version',
  )
  expect(run(allowHeaders, http).findings).toMatchObject([
    { severity: 'warning', fault: 'resource-server', confidence: 'certain' },
  ])
})

test('without a call to the server, a token endpoint is taken for none of the MCP server', () => {
  const { findings } = run(allowHeaders, preflight('https://as.example/token', noFields))
  expect(findings).toMatchObject([{ fault: 'authorization-server', confidence: 'likely' }])
})

testExamples(allowHeaders, {
  good: [
    {
      name: 'an asterisk stands for all but Authorization',
      http: preflight(
        'https://mcp.example/mcp',
        `204 No Content\n${allowed}\n< access-control-allow-headers: *`,
        'content-type, mcp-protocol-version',
      ),
    },
  ],
  bad: [
    {
      name: 'an asterisk is a name like any other where credentials are allowed',
      http: preflight(
        'https://mcp.example/mcp',
        `204 No Content\n${allowed}\n< access-control-allow-credentials: true\n< access-control-allow-headers: *`,
        'content-type',
      ),
      expect: { variant: 'wildcard', severity: 'error' },
    },
  ],
})
