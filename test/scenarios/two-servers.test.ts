import { describe, test } from 'vitest'
import { startClientV1 } from '../peers/client-v1.ts'
import { startMcpServer } from '../peers/mcp-server.ts'
import { startAuthorizationServer } from '../peers/oidc-provider.ts'
import { generations, use } from './clients.ts'
import { expectHealthy, watched } from './forms.ts'

const byHand = 'registered-by-hand'

/** Two MCP servers behind one authorization server, which knows a client that was registered by hand. */
async function pair(play: (urls: readonly string[]) => Promise<void>): Promise<void> {
  const as = await startAuthorizationServer({ clients: [byHand] })
  const servers = [await startMcpServer(as), await startMcpServer(as)]
  try {
    await play(servers.map(({ url }) => url))
  } finally {
    for (const server of [...servers, as]) await server.stop()
  }
}

const expected = { logins: ['authorized', 'authorized'] } as const

describe('two servers behind one authorization server', () => {
  test.each(generations)(
    'are logged in to by a client of %s, one after the other, with one client id',
    async (_version, startClient) => {
      await pair(async (targets) => {
        const clients = [await startClient(), await startClient()]
        for (const { memory } of clients) memory.saveClientInformation({ client_id: byHand })
        const judged = await watched(targets, async (urls) => {
          for (const [index, client] of clients.entries()) await use(client, urls[index]!)
          for (const client of clients) await client.close()
        })
        expectHealthy(judged, expected)
      })
    },
  )

  test('are logged in to at once, with one client id', async () => {
    await pair(async (targets) => {
      const clients = [await startClientV1(), await startClientV1()]
      for (const { memory } of clients) memory.saveClientInformation({ client_id: byHand })
      const judged = await watched(targets, async (urls) => {
        await Promise.all(clients.map((client, index) => use(client, urls[index]!)))
        for (const client of clients) await client.close()
      })
      expectHealthy(judged, expected)
    })
  })

  test.each(generations)(
    'are logged in to at once by clients of %s that register each',
    async (_version, startClient) => {
      await pair(async (targets) => {
        const clients = [await startClient(), await startClient()]
        const judged = await watched(targets, async (urls) => {
          await Promise.all(clients.map((client, index) => use(client, urls[index]!)))
          for (const client of clients) await client.close()
        })
        expectHealthy(judged, expected)
      })
    },
  )
})
