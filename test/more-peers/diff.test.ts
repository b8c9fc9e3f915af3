/** `src/core/diff/`: real clients at one server, side by side. */
import { expect, onTestFinished, test } from 'vitest'
import { compare, type Logins } from '../../src/core/diff/diff.ts'
import { diffLine } from '../../src/core/diff/words.ts'
import { Session } from '../../src/core/session.ts'
import { loadRules } from '../../src/rules.ts'
import { startClientV1 } from '../peers/client-v1.ts'
import { startClientV2 } from '../peers/client-v2.ts'
import type { StartClient } from '../peers/client.ts'
import { type Cast, startServers } from '../peers/play.ts'
import { throughAuthtap } from './through.ts'

const { rules } = await loadRules([])

async function servers(cast: Cast = {}): Promise<string> {
  const { mcp, stop } = await startServers(cast)
  onTestFinished(stop)
  return mcp.url
}

/** A login of this client, whether it works or not. */
async function loginsOf(url: string, startClient: StartClient): Promise<Logins> {
  const proxied = await throughAuthtap(url)
  const client = await startClient()
  await client.login(proxied.url).catch(() => undefined)
  await client.close()
  await proxied.stop()
  const tool = { name: 'authtap', version: 'test', rules: '' } as const
  const session = new Session({ rules, tool, targets: [url] })
  for (const exchange of proxied.exchanges()) session.ingest(exchange)
  session.settle()
  return { flows: session.flows, report: session.report() }
}

test('SDK v1 takes an issuer that SDK v2 refuses: the issuer is named first, then where v2 stops', async () => {
  const url = await servers({
    authorizationServer: { issuerInMetadata: 'https://login.example.com' },
  })
  const works = await loginsOf(url, startClientV1)
  const refuses = await loginsOf(url, startClientV2)
  expect(works.flows[0]!.of('token').map(({ ok }) => ok)).toEqual([true])
  expect(refuses.flows[0]!.of('token')).toEqual([])
  const comparison = compare(works, refuses)
  const { flows, first } = comparison
  expect(flows[first!.flow]!.stopped).toMatchObject({
    side: 'b',
    rule: 'discovery/asm-issuer-mismatch',
  })
  expect(diffLine({ a: 'v1', b: 'v2', comparison }).text).toMatch(
    /^B got no further, and A did: .* its issuer is "https:\/\/login\.example\.com" .* The first difference is in the step client registration/,
  )
  expect(flows[first!.flow]!.steps[first!.step]).toMatchObject({
    kind: 'registration',
    b: undefined,
  })
})

test.each([
  ['SDK v1', startClientV1],
  ['SDK v2', startClientV2],
])('nothing differs between two logins of %s, nor in one with itself', async (_name, start) => {
  const url = await servers()
  const [a, b] = [await loginsOf(url, start), await loginsOf(url, start)]
  expect(compare(a, a).differs).toBe(false)
  expect(compare(a, b)).toMatchObject({ differs: false })
})
