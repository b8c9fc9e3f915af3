import { describe, expect, test } from 'vitest'
import { everyone, use } from './clients.ts'
import { expectHealthy, watched } from './forms.ts'
import { served } from './served.ts'

describe.each(everyone)('a client made with %s', (_version, startClient) => {
  test('whose server was restarted and forgot its sessions begins a new one with the same login', async () => {
    await served({}, async ({ mcp }) => {
      const client = await startClient()
      const judged = await watched([mcp.url], async ([url]) => {
        await use(client, url!)
        await mcp.restart()
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
        await mcp.restart()
        await use(client, url!)
        await client.close()
      })
      expectHealthy(judged, {
        logins: ['authorized', 'authorized'],
        past: ['token/error-response'],
      })
    })
  })
})
