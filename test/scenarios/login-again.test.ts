import { describe, expect, test } from 'vitest'
import { startClientV1 } from '../peers/client-v1.ts'
import { startClientV2 } from '../peers/client-v2.ts'
import { again, everyone, use } from './clients.ts'
import { expectHealthy, watched } from './forms.ts'
import { nightPasses } from './night.ts'
import { served } from './served.ts'

const byHand = 'registered-by-hand'
const document = 'https://client.example/metadata.json'

describe.each(everyone)('a client made with %s that logs in again', (_version, startClient) => {
  test.each([
    ['registered once', undefined],
    ['was registered by hand', byHand],
    ['has a document for its id', document],
  ])('with one client id, because it %s, has logged in twice', async (_how, id) => {
    await served({ authorizationServer: { clients: [byHand, document] } }, async ({ mcp }) => {
      const client = await startClient()
      if (id !== undefined) client.memory.saveClientInformation({ client_id: id })
      const judged = await watched([mcp.url], async ([url]) => {
        await use(client, url!)
        await again(client, url!)
        await client.close()
      })
      expectHealthy(judged, { logins: ['authorized', 'authorized'] })
    })
  })

  test('five times has logged in five times', async () => {
    await served({}, async ({ mcp }) => {
      const client = await startClient()
      const judged = await watched([mcp.url], async ([url]) => {
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
    await served({ authorizationServer: { agrees } }, async ({ mcp }) => {
      const client = await startClient()
      const judged = await watched([mcp.url], async ([url]) => {
        await expect(client.login(url!)).rejects.toThrow()
        willing = true
        await use(client, url!)
        await client.close()
      })
      expectHealthy(judged, { logins: ['superseded', 'authorized'] })
    })
  })

  test('after its token expired has logged in twice', async () => {
    await served({}, async ({ mcp }) => {
      const client = await startClient()
      // Without a refresh token, it needs its user again.
      client.memory.clientMetadata.grant_types = ['authorization_code']
      const judged = await watched([mcp.url], async ([url]) => {
        await use(client, url!)
        nightPasses()
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
  ['SDK v2', 'one client id', startClientV2, byHand],
])('clients of %s that log in at once, with %s,', (_version, _ids, startClient, id) => {
  test.each([2, 3])('have all logged in, %i of them', async (count) => {
    await served({ authorizationServer: { clients: [byHand] } }, async ({ mcp }) => {
      const all = await Promise.all(Array.from({ length: count }, () => startClient()))
      if (id !== undefined)
        for (const { memory } of all) memory.saveClientInformation({ client_id: id })
      const judged = await watched([mcp.url], async ([url]) => {
        await Promise.all(all.map((client) => use(client, url!)))
        await Promise.all(all.map((client) => client.close()))
      })
      expectHealthy(judged, { logins: Array(count).fill('authorized') })
    })
  })
})
