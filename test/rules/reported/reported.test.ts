import { expect, test } from 'vitest'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { loadRules } from '../../../src/rules.ts'
import * as flow from '../whole-flow.ts'
import { renamed } from './parts.ts'
import { byAuthorizationServers } from './authorization-servers.ts'
import { byClients } from './clients.ts'
import { byFurtherAuthorizationServers } from './more-authorization-servers.ts'
import { byFurtherClients } from './more-clients.ts'
import { byFurtherServers } from './more-servers.ts'
import { byServers } from './servers.ts'

const { rules } = await loadRules()

const reported = [
  ...byClients,
  ...byServers,
  ...byAuthorizationServers,
  ...byFurtherClients,
  ...byFurtherServers,
  ...byFurtherAuthorizationServers,
]

test.each(reported)('$thread: $rule', ({ verdict, step, rule, fault, candidate, hint, http }) => {
  const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
  for (const exchange of parseTranscript(http)) session.ingest(exchange)
  session.settle()
  const report = session.report()
  const { firstBroken, findings } = report
  const first = findings.find(({ id }) => id === firstBroken?.finding) ?? findings[0]
  expect([report.verdict, firstBroken?.step]).toEqual([verdict, step])
  expect(first).toMatchObject({ rule, fault })
  if (candidate !== undefined)
    expect(first!.candidates?.map((one) => one.fault)).toContain(candidate)
  if (hint !== undefined) expect(first!.hint).toContain(hint)
})

// PrefectHQ/fastmcp#1431: AnyHttpUrl writes the resource of a server at the root with a slash, which is how a request names it.
test('a server at the root that writes its resource with a slash is healthy', () => {
  const root = renamed(flow.flowUpTo('list'), {
    [flow.metadataUrl]: 'https://mcp.example/.well-known/oauth-protected-resource',
    [flow.endpoint]: 'https://mcp.example/',
    [encodeURIComponent(flow.endpoint)]: encodeURIComponent('https://mcp.example/'),
  })
  const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
  for (const exchange of parseTranscript(root)) session.ingest(exchange)
  session.settle()
  const { verdict, findings } = session.report()
  expect([verdict, findings.filter(({ severity }) => severity !== 'info')]).toEqual(['pass', []])
})
