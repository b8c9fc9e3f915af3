/** All rules on a client that finds no metadata and guesses endpoints. */
import { expect, test } from 'vitest'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { loadRules } from '../../../src/rules.ts'
import { answer, asked, renamed } from '../reported/parts.ts'
import * as flow from '../whole-flow.ts'

const { rules } = await loadRules()
const own = { [flow.issuer]: 'https://mcp.example' }
const notThere = answer('404 Not Found', 'Not Found')
const registration = flow.healthy.registration.replace(/< HTTP[^]*/, notThere)

/** Metadata of an authorization server that is at none of its places. */
const withoutMetadata = [
  flow.flowUpTo('resourceMetadata', {
    resourceMetadata: flow.get(
      flow.metadataUrl,
      flow.json(flow.resourceDocument({ authorization_servers: [`${flow.issuer}/auth`] })),
    ),
  }),
  ...[
    '.well-known/oauth-authorization-server/auth',
    '.well-known/openid-configuration/auth',
    'auth/.well-known/openid-configuration',
  ].map((path) => flow.get(`${flow.issuer}/${path}`, flow.notFound)),
]

test.each([
  ['a login page at the MCP server', [renamed(asked({}), own), notThere]],
  [
    'metadata and a login page at the MCP server',
    [
      flow.get('https://mcp.example/.well-known/oauth-authorization-server', flow.notFound),
      renamed(asked({}), own),
      notThere,
    ],
  ],
  ['a login page at the authorization server', [asked({}), notThere]],
  ['a registration at the MCP server', [renamed(registration, own)]],
  ['a registration at the authorization server', [registration]],
])('without metadata a client guesses %s, and nobody is blamed for that', (_, guess) => {
  const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
  for (const one of parseTranscript([...withoutMetadata, ...guess].join('\n'))) session.ingest(one)
  session.settle()
  const { findings, firstBroken } = session.report()
  const errors = findings.filter(({ severity }) => severity === 'error')
  const [first, ...rest] = errors.toSorted((a) => (a.id === firstBroken?.finding ? -1 : 1))
  expect(first).toMatchObject({ rule: 'discovery/asm-missing', causedBy: null })
  expect(rest.map(({ causedBy }) => causedBy)).toEqual(rest.map(() => first!.id))
})
