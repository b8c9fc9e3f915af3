/** All parties of the demo together. */
import { afterEach, describe, expect, test } from 'vitest'
import { runDemoClient } from '../../src/demo/client.ts'
import { demoFaults, type DemoFault } from '../../src/demo/faults.ts'
import { startDemoServers, type DemoParties } from '../../src/demo/parties.ts'

let parties: DemoParties | undefined

afterEach(() => parties?.stop())

/** Starts the servers with one fault and runs the client with another; says what the client said and came to. */
async function play(servers: DemoFault, client: DemoFault) {
  parties = await startDemoServers(servers)
  const lines: string[] = []
  const result = await runDemoClient(parties.mcpUrl, client, (line) => lines.push(line))
  return { ...result, lines }
}

const survivors = new Set<DemoFault>([
  'none',
  'no-www-authenticate',
  'no-resource-metadata',
  'refresh-not-rotated',
])

describe('the whole flow', () => {
  test('without a fault goes from the challenge to a call with a refreshed token', async () => {
    const { ok, lines } = await play('none', 'none')
    expect(ok).toBe(true)
    expect(lines[0]).toBe('the server asks for authorization')
    expect(lines.at(-1)).toBe('called the tool with the new token')
  })

  test.each(demoFaults.map(({ name }) => name))(
    'with %s ends as that fault must',
    async (fault) => {
      const { ok, reason } = await play(fault, fault)
      expect(ok).toBe(survivors.has(fault))
      expect(reason === undefined).toBe(ok)
    },
  )

  test('tells nobody a secret', async () => {
    const { lines } = await play('none', 'none')
    expect(lines.join('\n')).not.toMatch(/[A-Za-z0-9_-]{30}/)
  })
})

describe('a fault', () => {
  const ofClient = demoFaults.filter(({ party }) => party === 'client').map(({ name }) => name)
  const ofServers = demoFaults.filter(({ party }) => party !== 'client').map(({ name }) => name)

  test.each(ofClient)(
    '%s is the client’s: servers without it refuse, and do not have it themselves',
    async (fault) => {
      expect((await play('none', fault)).ok).toBe(false)
      await parties?.stop()
      expect((await play(fault, 'none')).ok).toBe(true)
    },
  )

  test.each(ofServers)(
    '%s is not the client’s: a client without it fares the same',
    async (fault) => {
      expect((await play(fault, 'none')).ok).toBe(survivors.has(fault))
      await parties?.stop()
      expect((await play('none', fault)).ok).toBe(true)
    },
  )

  test('that has a rule names it by category and what is wrong', () => {
    for (const { name, party, expects } of demoFaults) {
      expect(expects, name).toMatch(name === 'none' ? /^$/ : /^[a-z]+\/[a-z-]+$/)
      expect(party === 'none', name).toBe(name === 'none')
    }
  })
})

describe('the client stops', () => {
  test.each([
    ['strip-authorization', 'still answers initialize with 401'],
    ['malformed-challenge', 'nowhere to be found'],
    ['prm-missing', 'nowhere to be found'],
    ['resource-mismatch', 'describes https://mcp.example.com/mcp'],
    ['issuer-mismatch', 'is that of https://login.example.com'],
    ['metadata-html', 'publishes no metadata'],
    ['no-pkce-support', 'PKCE'],
    ['missing-iss', 'lacks iss'],
    ['missing-verifier', 'invalid_grant'],
    ['wrong-verifier', 'invalid_grant'],
    ['wrong-redirect-uri', 'invalid_grant'],
    ['json-token-request', 'invalid_request'],
    ['token-not-json', 'not JSON'],
    ['wrong-audience', 'still answers initialize with 401'],
    ['no-token', 'still answers initialize with 401'],
    ['wrong-status', '403'],
  ] satisfies [DemoFault, string][])('at %s, because of it', async (fault, words) => {
    expect((await play(fault, fault)).reason).toContain(words)
  })

  test('when nobody listens', async () => {
    const { mcpUrl, stop } = await startDemoServers('none')
    await stop()
    const { ok, reason } = await runDemoClient(mcpUrl, 'none', () => {})
    expect(ok).toBe(false)
    expect(reason).toContain('ECONNREFUSED')
  })
})
