import { describe, expect, test } from 'vitest'
import { startClientV1 } from '../peers/client-v1.ts'
import { outlive } from '../peers/client.ts'
import { generations, use } from './clients.ts'
import { expectHealthy, watched } from './forms.ts'
import { served } from './served.ts'

describe.each(generations)('a client of %s', (_version, startClient) => {
  test('whose server was restarted and forgot its sessions begins a new one with the same login', async () => {
    await served({}, async ({ mcp }) => {
      const client = await startClient()
      const judged = await watched([mcp.url], async ([url]) => {
        await use(client, url!)
        mcp.restart()
        await expect(client.callTool('lost')).rejects.toThrow()
        await use(client, url!)
        await client.close()
      })
      expectHealthy(judged, { logins: ['authorized'] })
    })
  })

  test('whose servers were restarted and forgot everything logs in anew', async () => {
    await served({}, async ({ mcp, as }) => {
      const client = await startClient()
      const judged = await watched([mcp.url], async ([url]) => {
        await use(client, url!)
        await as.restart()
        mcp.restart()
        await use(client, url!)
        await client.close()
      })
      expectHealthy(judged, {
        logins: ['authorized', 'authorized'],
        past: ['token/error-response'],
      })
    })
  })

  test('that kept its token while authtap was restarted has logged in', async () => {
    await served({}, async ({ mcp }) => {
      const client = await startClient()
      await watched([mcp.url], ([url]) => use(client, url!))
      const judged = await watched([mcp.url], async ([url]) => {
        await use(client, url!)
        await client.close()
      })
      expectHealthy(judged, { logins: ['authorized'] })
    })
  })
})

test('a client whose token expired while authtap was restarted renews it, and has logged in', async () => {
  await served({ authorizationServer: { accessTokenLifetime: 1 } }, async ({ mcp }) => {
    const client = await startClientV1()
    await watched([mcp.url], ([url]) => use(client, url!))
    await outlive(client)
    // The ports are new ones, unlike those of a proxy that remembers them.
    client.memory.invalidateCredentials('discovery')
    const judged = await watched([mcp.url], async ([url]) => {
      await use(client, url!)
      await client.close()
    })
    expectHealthy(judged, { logins: ['authorized'] })
  })
})
