import { describe, expect, test } from 'vitest'
import { startClientV1 } from '../peers/client-v1.ts'
import { startClientV2 } from '../peers/client-v2.ts'
import type { StartClient } from '../peers/client.ts'
import { type StartProxy, direct } from '../peers/play.ts'
import { received } from './peer.ts'
import { type Placement, placements, startSdkServer } from './sdk-server.ts'
import { throughAuthtap } from './through.ts'

const clients: [string, StartClient][] = [
  ['v1', startClientV1],
  ['v2', startClientV2],
]

/** Logs in and calls the tool; gives what the servers received. */
async function visit(placement: Placement, startClient: StartClient, startProxy: StartProxy) {
  const server = await startSdkServer(placement)
  const proxied = await startProxy(server.url)
  const client = await startClient()
  try {
    await client.login(proxied.url)
    expect(await client.callTool('hello')).toBe('hello')
  } finally {
    await client.close()
    await proxied.stop()
    await server.stop()
  }
  return received(server)
}

describe.each(placements)('the authorization server of SDK v1 %s', (placement) => {
  test.each(clients)('serves a client of SDK %s', async (_version, startClient) => {
    const requests = Object.values(await visit(placement, startClient, direct)).flat()
    expect(requests.filter((request) => /^GET \S*\/authorize/.test(request))).toHaveLength(1)
  })

  test.each(clients)(
    'cannot tell whether a client of SDK %s comes through authtap',
    async (_version, startClient) => {
      const before = await visit(placement, startClient, direct)
      expect(await visit(placement, startClient, throughAuthtap)).toEqual(before)
    },
  )
})
