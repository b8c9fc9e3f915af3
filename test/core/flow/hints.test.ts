import { expect, test } from 'vitest'
import type { Exchange } from '../../../src/core/wire/exchange.ts'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { loadRules } from '../../../src/rules.ts'
import { crossingLogins, loginTo, one, other } from './crossing-logins.ts'

const { rules } = await loadRules()

function judge(exchanges: readonly Exchange[]) {
  const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
  const flows = new Map<string, string>()
  for (const exchange of exchanges)
    for (const event of session.ingest(exchange))
      if (event.type === 'exchange') flows.set(event.exchange.exchange.id, event.exchange.flow)
  session.settle()
  return { flows, report: session.report() }
}

test('two logins over one connection at once are told apart by the resource they ask for', () => {
  const { flows, report } = judge(crossingLogins())
  expect(report.findings.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([])
  expect(
    report.flows.map(({ resource, clientId, outcome }) => ({ resource, clientId, outcome })),
  ).toEqual([
    { resource: 'https://mcp.example/mcp', clientId: 'client-one', outcome: 'authorized' },
    { resource: 'https://other.example/mcp', clientId: 'client-other', outcome: 'authorized' },
  ])
  // What both fetch alike may stand in either.
  for (const login of [loginTo(one), loginTo(other)]) {
    const own = login.filter(({ request }) => !request.url.includes('/.well-known/oauth-auth'))
    expect(new Set(own.map(({ id }) => flows.get(id))).size).toBe(1)
  }
})

test('a registration that was placed in another flow goes with the request that uses it, in its order', () => {
  const { report } = judge(crossingLogins())
  for (const { steps } of report.flows)
    expect(steps.slice(0, 6).map(({ kind }) => kind)).toEqual([
      ...['challenge', 'resource-metadata', 'server-metadata'],
      ...['registration', 'authorize', 'callback'],
    ])
})

test('asking for the resource of a flow that is past asking stays where it is', () => {
  const [first, second] = [loginTo(other), loginTo(one)]
  const authorize = second.findIndex(({ request }) => request.url.includes('/authorize?'))
  const wrong = second[authorize]!
  const url = wrong.request.url.replace('mcp.example%2Fmcp', 'other.example%2Fmcp')
  expect(url).not.toBe(wrong.request.url)
  second[authorize] = { ...wrong, request: { ...wrong.request, url } }
  const { flows } = judge([...first, ...second])
  expect(flows.get(wrong.id)).toBe(flows.get(second[0]!.id))
})

test.each([one, other])('a probe under another name takes no login to $host apart', (login) => {
  const logins = crossingLogins()
  const own = logins.filter(({ id }) => id.startsWith(login.suffix))
  const probe = [own[0]!, own[2]!].map((exchange) => ({
    ...exchange,
    id: `probe ${exchange.id}`,
    connection: 'probe',
    request: { ...exchange.request, headers: [['User-Agent', 'probe/1.0']] as const },
  }))
  const first = logins.findIndex(({ request }) => request.url.includes('/register'))
  const { report } = judge([...logins.slice(0, first), ...probe, ...logins.slice(first)])
  expect(report.findings.filter(({ severity }) => severity !== 'info')).toEqual([])
  expect(report.flows.map(({ outcome }) => outcome)).toEqual(['authorized', 'authorized', 'looked'])
})

test('metadata that is read again before the token, by the OAuth part of a client under its own name, is of its login', () => {
  const parts = (from: string, agent: string, http: string) =>
    parseTranscript(http).map((exchange) => ({
      ...exchange,
      id: `${from}${exchange.id}`,
      connection: '',
      request: {
        ...exchange.request,
        headers: [['user-agent', agent] as const, ...exchange.request.headers],
      },
    }))
  const login = [
    ...parts('a', 'ai/2.0', '${opening only challenge}'),
    ...parts('b', 'node', '${opening only resource-metadata server-metadata registration}'),
    ...parts('c', 'Mozilla/5.0', '${opening only authorize callback}'),
    ...parts('d', 'node', '${opening only resource-metadata server-metadata}'),
  ]
  expect(judge(login).report.flows).toHaveLength(1)
  const failed = parts(
    'e',
    'node',
    '${opening only server-metadata unanswered}\n\n! tcp ECONNREFUSED',
  )
  const { findings, flows } = judge([...login.slice(0, -1), ...failed]).report
  expect(flows).toHaveLength(1)
  expect(findings.filter(({ severity }) => severity === 'error')).toMatchObject([
    { rule: 'discovery/endpoint-unreachable' },
  ])
})
