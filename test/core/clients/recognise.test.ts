import { expect, test } from 'vitest'
import { clientOf } from '../../../src/core/clients/recognise.ts'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { loadRules } from '../../../src/rules.ts'
import * as flow from '../../rules/whole-flow.ts'

const { rules } = await loadRules()
const every = Object.values(flow.healthy).join('\n')

function judged(http: string) {
  const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
  for (const exchange of parseTranscript(http)) session.ingest(exchange)
  session.settle()
  return session
}

const named = (http: string) => judged(http).flows.flatMap((one) => clientOf(one)?.id ?? [])[0]
const agent = (value: string) =>
  every.replaceAll(/\n> accept:/g, `\n> user-agent: ${value}\n> accept:`)
const info = (value: string) =>
  every.replaceAll('"clientInfo":{"name":"client"', `"clientInfo":{"name":"${value}"`)
const callback = (value: string) =>
  every.replaceAll(encodeURIComponent(flow.redirectUri), encodeURIComponent(value))
const id = (value: string) =>
  every.replaceAll(`client_id=${flow.clientId}`, `client_id=${encodeURIComponent(value)}`)

test.each([
  ['claude-code', agent('claude-code/2.1.332 (cli)')],
  ['claude-ai', agent('Claude-User')],
  ['claude-ai', callback('https://claude.ai/api/mcp/auth_callback')],
  ['chatgpt', agent('openai-mcp/1.0.0')],
  ['chatgpt', callback('https://chatgpt.com/connector/oauth/abc')],
  ['chatgpt', id('https://chatgpt.com/oauth/abc/client.json')],
  ['codex', id('https://chatgpt.com/oauth/codex/client.json')],
  ['codex', info('codex-mcp-client')],
  ['vscode', info('Visual Studio Code')],
  ['vscode', callback('https://vscode.dev/redirect')],
  ['cursor', callback('cursor://anysphere.cursor-mcp/oauth/callback')],
  ['cursor', callback('http://localhost:8787/callback')],
  ['opencode', callback('http://127.0.0.1:19876/mcp/oauth/callback')],
  ['gemini-cli', info('gemini-cli-mcp-client-everything')],
  ['mcp-remote', every.replaceAll(/"client_name":"[^"]*"/g, '"client_name":"MCP CLI Proxy"')],
  ['mcporter', info('mcporter')],
  ['inspector', info('mcp-inspector')],
  ['ai-sdk', info('ai-sdk-mcp-client')],
  ['python-sdk', info('mcp')],
  [undefined, every],
])('%s is known by what it shows', (client, http) => {
  expect(named(http)).toBe(client)
})

test('a finding says what it has to do with the client, and nothing for one that is not known', () => {
  const broken = (http: string) =>
    http
      .replaceAll(`"issuer":"${flow.issuer}"`, `"issuer":"${flow.issuer}/"`)
      .split('\n> POST https://as.example/register')[0]!
  const hint = (http: string) =>
    judged(broken(http))
      .report()
      .findings.find(({ rule }) => rule === 'discovery/asm-issuer-mismatch')!.hint
  expect(hint(agent('claude-code/2.1.332 (cli)'))).toContain('Claude Code compares issuers')
  expect(hint(every)).toBe(undefined)
})
