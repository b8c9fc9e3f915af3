import { expect, test } from 'vitest'
import { clientVerdicts } from '../../../src/core/clients/verdict.ts'
import { clients } from '../../../src/core/clients/known.ts'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import * as flow from '../../rules/whole-flow.ts'

function verdicts(http: string, wanted = 'all') {
  const tool = { name: 'authtap' as const, version: '0', rules: '' }
  const session = new Session({ rules: [], tool })
  for (const exchange of parseTranscript(http)) session.ingest(exchange)
  session.settle()
  return clientVerdicts(session.flows, wanted)
}

/** What refuses a login that is changed so, by client. */
function refusals(http: string): Record<string, string> {
  const refusing = verdicts(http).filter(({ outcome }) => outcome === 'refuse')
  return Object.fromEntries(
    refusing.map(({ client, checks }) => [
      client,
      checks.find(({ outcome }) => outcome === 'refuse')!.check,
    ]),
  )
}

const every = Object.values(flow.healthy).join('\n')

test('a healthy server is refused by nobody', () => {
  expect(refusals(every)).toEqual({})
  expect(verdicts(every).map(({ client }) => client)).toEqual(clients.map(({ id }) => id))
})

const strict = ['mcp-remote', 'claude-code', 'sdk-v2', 'inspector', 'python-sdk', 'csharp-sdk']

test.each([
  [
    'a challenge that begins with another scheme, for metadata where nobody looks of himself',
    Object.entries(flow.healthy)
      .map(([name, http]) =>
        name === 'resourceMetadata'
          ? flow.get(flow.metadataUrl, flow.notFound) +
            http.replace(flow.metadataUrl, 'https://mcp.example/metadata')
          : http,
      )
      .join('\n')
      .replace('< www-authenticate: Bearer', '< www-authenticate: Basic realm="x", Bearer')
      .replace(`"${flow.metadataUrl}"`, '"https://mcp.example/metadata"'),
    ['sdk-v1', 'sdk-v2', 'claude-code', 'mcp-remote', 'inspector', 'ai-sdk'],
  ],
  [
    'an issuer with a slash more than is listed',
    every.replaceAll(`"issuer":"${flow.issuer}"`, `"issuer":"${flow.issuer}/"`),
    strict,
  ],
  [
    'a resource that is the origin',
    every.replaceAll(`"resource":"${flow.endpoint}"`, '"resource":"https://mcp.example"'),
    ['gemini-cli', 'go-sdk'],
  ],
  [
    'no list of code challenge methods',
    every.replaceAll(/"code_challenge_methods_supported":\["S256"\],/g, ''),
    ['chatgpt', 'go-sdk', 'csharp-sdk', 'ai-sdk'],
  ],
  ['a promise of iss that is not kept', every.replaceAll(/&iss=[^& \n]*/g, ''), strict],
  [
    'no registration',
    every.replaceAll(/"registration_endpoint":"[^"]*",/g, ''),
    clients.map(({ id }) => id).filter((id) => id !== 'cursor'),
  ],
])('%s is refused by those that mind it', (_, http, minding) => {
  const refused = Object.keys(refusals(http))
  expect(minding.filter((client) => !refused.includes(client))).toEqual([])
  expect(http).not.toBe(every)
})

/** What one client makes of a login that is changed so, at one check. */
const outcome = (client: string, check: string, http: string) =>
  verdicts(http, client)[0]!.checks.find((one) => one.check === check)?.outcome

test('metadata at an address that no URL parser reads is compared like other metadata', () => {
  const at = 'https://mcp.example:99999/.well-known/oauth-protected-resource/mcp'
  const http = flow.flowUpTo('resourceMetadata').replaceAll(flow.metadataUrl, at)
  const row = verdicts(http, 'go-sdk').find(({ checks }) => checks.length > 0)
  expect(row?.checks.find(({ check }) => check === 'resource')?.outcome).toBe('pass')
})

test('the Go SDK takes the origin for resource only of the document at the root', () => {
  const origin = every.replaceAll(
    `"resource":"${flow.endpoint}"`,
    '"resource":"https://mcp.example"',
  )
  const root = 'https://mcp.example/.well-known/oauth-protected-resource'
  expect(outcome('go-sdk', 'resource', origin)).toBe('refuse')
  expect(outcome('go-sdk', 'resource', origin.replaceAll(flow.metadataUrl, root))).toBe('pass')
  expect(outcome('go-sdk', 'resource', every.replaceAll(flow.metadataUrl, root))).toBe('refuse')
})

test('Gemini CLI minds no query in resource, and metadata on another origin', () => {
  const query = every.replaceAll(
    `"resource":"${flow.endpoint}"`,
    `"resource":"${flow.endpoint}?a=1"`,
  )
  expect(outcome('gemini-cli', 'resource', query)).toBe('pass')
  const elsewhere = every.replace(
    `resource_metadata="${flow.metadataUrl}"`,
    'resource_metadata="https://other.example/metadata"',
  )
  expect(outcome('gemini-cli', 'metadata-origin', elsewhere)).toBe('refuse')
  expect(outcome('gemini-cli', 'metadata-origin', every)).toBe('pass')
})

test('the AI SDK takes a slash behind an origin, and an iss that does not come', () => {
  const slash = every.replaceAll(`"issuer":"${flow.issuer}"`, `"issuer":"${flow.issuer}/"`)
  expect(outcome('ai-sdk', 'issuer', slash)).toBe('pass')
  const other = every.replaceAll(`"issuer":"${flow.issuer}"`, '"issuer":"https://as.example/a"')
  expect(outcome('ai-sdk', 'issuer', other)).toBe('refuse')
  expect(outcome('ai-sdk', 'iss', every.replaceAll(/&iss=[^& \n]*/g, ''))).toBe('pass')
})

test('the Python SDK takes a token answer without a type, and none of another than Bearer', () => {
  const type = (json: string) => every.replaceAll(/"token_type":"Bearer",?/gi, json)
  expect(outcome('python-sdk', 'token-answer', type(''))).toBe('pass')
  expect(outcome('python-sdk', 'token-answer', type('"token_type":"bEaReR",'))).toBe('pass')
  expect(outcome('python-sdk', 'token-answer', type('"token_type":"DPoP",'))).toBe('refuse')
})

test('of the SDKs for TypeScript only the second reads a challenge that begins with DPoP', () => {
  const dpop = Object.entries(flow.healthy)
    .map(([name, http]) =>
      name === 'resourceMetadata'
        ? flow.get(flow.metadataUrl, flow.notFound) +
          http.replace(flow.metadataUrl, 'https://mcp.example/metadata')
        : http,
    )
    .join('\n')
    .replace('< www-authenticate: Bearer', '< www-authenticate: DPoP')
    .replace(`"${flow.metadataUrl}"`, '"https://mcp.example/metadata"')
  expect(outcome('sdk-v1', 'challenge', dpop)).toBe('refuse')
  expect(outcome('sdk-v2', 'challenge', dpop)).toBe('pass')
})

test('a row says at which check, why, where that stands, and where it is known from', () => {
  const http = every.replaceAll(`"resource":"${flow.endpoint}"`, '"resource":"https://mcp.example"')
  const [row] = verdicts(http, 'go-sdk')
  expect(row).toMatchObject({ client: 'go-sdk', target: flow.endpoint, outcome: 'refuse' })
  expect(row!.checks.find(({ outcome }) => outcome === 'refuse')).toEqual({
    check: 'resource',
    wants: '`resource` that is, or covers, the server URL',
    outcome: 'refuse',
    because: `resource is https://mcp.example, and the server URL ${flow.endpoint}`,
    source: expect.stringContaining('resource_meta.go') as string,
    exchange: '2',
    at: 'response.json/resource',
  })
})

test('what was not seen makes a row blind, never a pass', () => {
  const rows = verdicts(flow.healthy.challenge)
  expect(rows.map(({ outcome }) => outcome)).toEqual(rows.map(() => 'blind'))
})

test('of a client that has not published all that it checks, it is not said that it would go on', () => {
  const partly = clients.filter(({ isPartlyKnown }) => isPartlyKnown).map(({ id }) => id)
  expect(partly).toEqual(['claude-ai', 'chatgpt', 'cursor'])
  const outcomes = verdicts(every).map(({ client, outcome }) => [client, outcome])
  expect(outcomes).toEqual(clients.map(({ id }) => [id, partly.includes(id) ? 'blind' : 'pass']))
})

test('each client says which version it speaks of, when, and where from', () => {
  for (const { id, version, date, source, checks, isPartlyKnown } of clients) {
    expect([id, version, date, source].filter((text) => text === '')).toEqual([])
    expect(date).toMatch(/^\d{4}-\d\d-\d\d$/)
    expect(checks.length > 0 || isPartlyKnown).toBe(true)
  }
  expect(new Set(clients.map(({ id }) => id)).size).toBe(clients.length)
})
