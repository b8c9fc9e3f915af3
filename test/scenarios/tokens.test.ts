import { describe, expect, test } from 'vitest'
import { again, everyone, generations, use } from './clients.ts'
import { expectHealthy, watched } from './forms.ts'
import { logOut } from './log-out.ts'
import { nightPasses } from './night.ts'
import { served } from './served.ts'

const byHand = 'registered-by-hand'

describe.each(everyone)('a client made with %s', (_version, startClient) => {
  test('that renews its token goes on with the same login', async () => {
    await served({}, async ({ mcp }) => {
      const client = await startClient()
      const judged = await watched([mcp.url], async ([url]) => {
        await use(client, url!)
        for (const text of ['again', 'and again']) {
          nightPasses()
          expect(await client.callTool(text)).toBe(text)
        }
        await client.close()
      })
      expectHealthy(judged, { logins: ['authorized'] })
    })
  })

  test('whose token is still good after a night goes on with the same login', async () => {
    const day = 24 * 3600
    await served({ authorizationServer: { accessTokenLifetime: day } }, async ({ mcp }) => {
      const client = await startClient()
      const judged = await watched([mcp.url], async ([url]) => {
        await use(client, url!)
        nightPasses()
        expect(await client.callTool('morning')).toBe('morning')
        await client.close()
      })
      expectHealthy(judged, { logins: ['authorized'] })
    })
  })

  test('that logs out and in has logged in twice', async () => {
    await served({}, async ({ mcp }) => {
      const client = await startClient()
      const judged = await watched([mcp.url], async ([url]) => {
        await use(client, url!)
        await logOut(url!, client.memory)
        await again(client, url!)
        await client.close()
      })
      expectHealthy(judged, { logins: ['authorized', 'authorized'] })
    })
  })
})

describe.each(generations)('a client of %s', (_version, startClient) => {
  test('that renews its token twice at once, with one refresh token, goes on with the same login', async () => {
    await served({ authorizationServer: { rotates: false } }, async ({ mcp }) => {
      const client = await startClient()
      // A refresh token of a public client works once only (OAuth 2.1 §4.3.1).
      client.memory.clientMetadata.token_endpoint_auth_method = 'client_secret_post'
      const judged = await watched([mcp.url], async ([url]) => {
        await use(client, url!)
        nightPasses()
        const texts = ['one', 'other']
        const answers = await Promise.all(texts.map((text) => client.callTool(text)))
        expect(answers).toEqual(texts)
        await client.close()
      })
      expectHealthy(judged, { logins: ['authorized'] })
    })
  })

  test('that is asked for more scope goes on with the same login', async () => {
    let scope = 'mcp:tools'
    const authorizationServer = { scopes: ['mcp:tools', 'mcp:admin'], clients: [byHand] }
    await served({ authorizationServer, server: { scope: () => scope } }, async ({ mcp }) => {
      const client = await startClient()
      client.memory.saveClientInformation({ client_id: byHand })
      const judged = await watched([mcp.url], async ([url]) => {
        await use(client, url!)
        scope = 'mcp:admin'
        await use(client, url!)
        await client.close()
      })
      expectHealthy(judged, { logins: ['authorized'] })
    })
  })
})
