/** `src/core/diff/`: real clients at one server, side by side. */
import { expect, onTestFinished, test } from 'vitest'
import { compare } from '../../src/core/diff/diff.ts'
import type { Flow } from '../../src/core/flow/flow.ts'
import { Session } from '../../src/core/session.ts'
import { startClientV1 } from '../peers/client-v1.ts'
import { startClientV2 } from '../peers/client-v2.ts'
import type { StartClient } from '../peers/client.ts'
import { type Cast, startServers } from '../peers/play.ts'
import { throughAuthtap } from './through.ts'

async function servers(cast: Cast = {}): Promise<string> {
  const { mcp, stop } = await startServers(cast)
  onTestFinished(stop)
  return mcp.url
}

/** A login of this client, whether it works or not. */
async function flowsOf(url: string, startClient: StartClient): Promise<readonly Flow[]> {
  const proxied = await throughAuthtap(url)
  const client = await startClient()
  await client.login(proxied.url).catch(() => undefined)
  await client.close()
  await proxied.stop()
  const tool = { name: 'authtap', version: 'test', rules: '' } as const
  const session = new Session({ rules: [], tool, targets: [url] })
  for (const exchange of proxied.exchanges()) session.ingest(exchange)
  session.settle()
  return session.flows
}

test('SDK v1 takes an issuer that SDK v2 refuses: the first difference is where v2 stops', async () => {
  const url = await servers({
    authorizationServer: { issuerInMetadata: 'https://login.example.com' },
  })
  const works = await flowsOf(url, startClientV1)
  const refuses = await flowsOf(url, startClientV2)
  expect(works[0]!.of('token').map(({ ok }) => ok)).toEqual([true])
  expect(refuses[0]!.of('token')).toEqual([])
  const { flows, first } = compare(works, refuses)
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
  const [a, b] = [await flowsOf(url, start), await flowsOf(url, start)]
  expect(compare(a, a).differs).toBe(false)
  expect(compare(a, b)).toMatchObject({ differs: false })
})
