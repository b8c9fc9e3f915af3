/** Rules on preflights. */
import { expect, test } from 'vitest'
import allowHeaders from '../../../rules/cors/allow-headers-incomplete.ts'
import notStarted from '../../../rules/flow/auth-not-started.ts'
import rejected from '../../../rules/cors/preflight-rejected.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'

const allowed = '< access-control-allow-origin: https://app.example'

function preflight(url: string, answer: string, fields = 'authorization, content-type'): string {
  return `
> OPTIONS ${url}
> origin: https://app.example
> access-control-request-method: POST
> access-control-request-headers: ${fields}

< HTTP/1.1 ${answer}
`
}

const call = `
> POST https://mcp.example/mcp
> origin: https://app.example

{"jsonrpc":"2.0","id":1,"method":"initialize"}

< HTTP/1.1 401 Unauthorized
< www-authenticate: Bearer
`

test.each([
  ['401 Unauthorized', 'auth-required'],
  ['403 Forbidden', 'auth-required'],
  ['404 Not Found', 'not-found'],
  ['405 Method Not Allowed', 'method'],
  ['308 Permanent Redirect\n< location: https://mcp.example/mcp/', 'redirect'],
  ['500 Internal Server Error', 'error-status'],
  ['204 No Content\n< access-control-allow-origin: https://other.example', 'no-allow-origin'],
])('a preflight answered %s fails', (answer, variant) => {
  const http = preflight('https://mcp.example/mcp', answer)
  expect(run(rejected, http).findings).toMatchObject([{ variant, severity: 'error' }])
  expect(run(rejected, http + call)).toMatchObject({ outcome: 'pass', findings: [] })
  const again = preflight('https://mcp.example/mcp', `204 No Content\n${allowed}`)
  expect(run(rejected, http + again)).toMatchObject({ outcome: 'pass', findings: [] })
})

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

const noFields = `204 No Content\n${allowed}`
const metadata =
  '\n${opening only challenge resource-metadata}\n\n> GET https://as.example/.well-known/oauth-authorization-server\n\n< HTTP/1.1 200 OK\n\n{"issuer":"https://as.example","token_endpoint":"https://as.example/oauth"}\n'

test.each([
  ['the MCP endpoint itself', 'https://mcp.example/mcp', 'resource-server', 'certain'],
  ['a document names it', 'https://as.example/oauth', 'authorization-server', 'certain'],
  ['another host', 'https://as.example/what', 'authorization-server', 'likely'],
  ['the path of a token endpoint', 'https://mcp.example/token', 'authorization-server', 'likely'],
  ['nothing tells', 'https://mcp.example/what', 'resource-server', 'likely'],
])('who answers is told by %s', (_, url, fault, confidence) => {
  for (const [rule, answer] of [
    [rejected, '403 Forbidden'],
    [allowHeaders, noFields],
  ] as const)
    expect(run(rule, metadata + preflight(url, answer)).findings).toMatchObject([
      { fault, confidence },
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

test('who is no browser is not looked at', () => {
  const noOrigin = preflight('https://mcp.example/mcp', '401 Unauthorized').replace(
    '> origin: https://app.example\n',
    '',
  )
  expect(run(rejected, noOrigin).outcome).toBe('silent')
  expect(run(allowHeaders, noOrigin).outcome).toBe('silent')
})

test('a client whose browser may not ask for the metadata is not to blame for not logging in', () => {
  const url = 'https://mcp.example/.well-known/oauth-protected-resource/mcp'
  expect(run(notStarted, call).findings).toHaveLength(1)
  expect(run(notStarted, call + preflight(url, '403 Forbidden')).findings).toEqual([])
})
