import { describe, expect, test } from 'vitest'
import { startClientV1 } from '../peers/client-v1.ts'
import { startClientV2 } from '../peers/client-v2.ts'
import { type PeerClient, type StartClient, outlive } from '../peers/client.ts'
import { expectHealthy, watched } from './forms.ts'
import { served } from './served.ts'

const clients: [string, StartClient][] = [
  ['SDK v1', startClientV1],
  ['SDK v2', startClientV2],
]

/** Logs in, and calls the tool. */
async function use(client: PeerClient, url: string): Promise<void> {
  await client.login(url)
  expect(await client.callTool('hello')).toBe('hello')
}

/** The user logs in again, though nothing was wrong with what the client had. */
async function again(client: PeerClient, url: string): Promise<void> {
  client.memory.invalidateCredentials('tokens')
  await use(client, url)
}

const byHand = 'registered-by-hand'
const document = 'https://client.example/metadata.json'

describe.each(clients)('a client of %s that logs in again', (_version, startClient) => {
  test.each([
    ['registered once', undefined],
    ['was registered by hand', byHand],
    ['has a document for its id', document],
  ])('with one client id, because it %s, has logged in twice', async (_how, id) => {
    await served({ authorizationServer: { clients: [byHand, document] } }, async (mcpUrl) => {
      const client = await startClient()
      if (id !== undefined) client.memory.saveClientInformation({ client_id: id })
      const judged = await watched([mcpUrl], async ([url]) => {
        await use(client, url!)
        await again(client, url!)
        await client.close()
      })
      expectHealthy(judged, { logins: ['authorized', 'authorized'] })
    })
  })

  test('five times has logged in five times', async () => {
    await served({}, async (mcpUrl) => {
      const client = await startClient()
      const judged = await watched([mcpUrl], async ([url]) => {
        await use(client, url!)
        for (let time = 1; time < 5; time += 1) await again(client, url!)
        await client.close()
      })
      expectHealthy(judged, { logins: Array(5).fill('authorized') })
    })
  })

  test('after its user had said no has logged in', async () => {
    let willing = false
    const agrees = () => willing
    await served({ authorizationServer: { agrees } }, async (mcpUrl) => {
      const client = await startClient()
      const judged = await watched([mcpUrl], async ([url]) => {
        await expect(client.login(url!)).rejects.toThrow()
        willing = true
        await use(client, url!)
        await client.close()
      })
      expectHealthy(judged, { logins: ['superseded', 'authorized'] })
    })
  })

  test('after its token expired has logged in twice', async () => {
    await served({ authorizationServer: { accessTokenLifetime: 1 } }, async (mcpUrl) => {
      const client = await startClient()
      // Without a refresh token, it needs its user again.
      client.memory.clientMetadata.grant_types = ['authorization_code']
      const judged = await watched([mcpUrl], async ([url]) => {
        await use(client, url!)
        await outlive(client)
        await use(client, url!)
        await client.close()
      })
      expectHealthy(judged, { logins: ['authorized', 'authorized'] })
    })
  })
})

describe.each([
  ['SDK v1', 'client ids of their own', startClientV1, undefined],
  ['SDK v2', 'client ids of their own', startClientV2, undefined],
  ['SDK v1', 'one client id', startClientV1, byHand],
])('clients of %s that log in at once, with %s,', (_version, _ids, startClient, id) => {
  test.each([2, 3])('have all logged in, %i of them', async (count) => {
    await served({ authorizationServer: { clients: [byHand] } }, async (mcpUrl) => {
      const all = await Promise.all(Array.from({ length: count }, () => startClient()))
      if (id !== undefined)
        for (const { memory } of all) memory.saveClientInformation({ client_id: id })
      const judged = await watched([mcpUrl], async ([url]) => {
        await Promise.all(all.map((client) => use(client, url!)))
        await Promise.all(all.map((client) => client.close()))
      })
      expectHealthy(judged, { logins: Array(count).fill('authorized') })
    })
  })
})
