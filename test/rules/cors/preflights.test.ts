/** What both rules on preflights leave alone. */
import { expect, test } from 'vitest'
import allowHeaders from '../../../rules/cors/allow-headers-incomplete.ts'
import rejected from '../../../rules/cors/preflight-rejected.ts'
import { run } from '../run.ts'
import { noFields, preflight } from './browser-requests.ts'

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

test('who is no browser is not looked at', () => {
  const noOrigin = preflight('https://mcp.example/mcp', '401 Unauthorized').replace(
    '> origin: https://app.example\n',
    '',
  )
  expect(run(rejected, noOrigin).outcome).toBe('silent')
  expect(run(allowHeaders, noOrigin).outcome).toBe('silent')
})
