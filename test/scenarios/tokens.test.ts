import { describe, expect, test } from 'vitest'
import { outlive } from '../peers/client.ts'
import { again, generations, use } from './clients.ts'
import { expectHealthy, watched } from './forms.ts'
import { served } from './served.ts'

const byHand = 'registered-by-hand'

describe.each(generations)('a client of %s', (_version, startClient) => {
  test('that renews its token goes on with the same login', async () => {
    await served({ authorizationServer: { accessTokenLifetime: 1 } }, async ({ mcp }) => {
      const client = await startClient()
      const judged = await watched([mcp.url], async ([url]) => {
        await use(client, url!)
        for (const text of ['again', 'and again']) {
          await outlive(client)
          expect(await client.callTool(text)).toBe(text)
        }
        await client.close()
      })
      expectHealthy(judged, { logins: ['authorized'] })
    })
  })

  test('that renews its token twice at once, with one refresh token, goes on with the same login', async () => {
    const authorizationServer = { accessTokenLifetime: 1, rotates: false }
    await served({ authorizationServer }, async ({ mcp }) => {
      const client = await startClient()
      // A refresh token of a public client works once only (OAuth 2.1 §4.3.1).
      client.memory.clientMetadata.token_endpoint_auth_method = 'client_secret_post'
      const judged = await watched([mcp.url], async ([url]) => {
        await use(client, url!)
        await outlive(client)
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

type Document = Record<string, unknown>

/** Revokes the refresh token where the metadata says to (RFC 7009), as the client's own program does. */
async function logOut(
  mcpUrl: string,
  memory: { refreshToken: string | undefined; clientInformation(): object | undefined },
): Promise<void> {
  const read = async (url: string) => (await (await fetch(url)).json()) as Document
  const resource = await read(new URL('/.well-known/oauth-protected-resource/mcp', mcpUrl).href)
  const [issuer] = resource['authorization_servers'] as string[]
  const server = await read(`${issuer}/.well-known/oauth-authorization-server`)
  const { client_id } = memory.clientInformation() as { client_id: string }
  const response = await fetch(String(server['revocation_endpoint']), {
    method: 'POST',
    body: new URLSearchParams({ token: memory.refreshToken ?? '', client_id }),
  })
  expect(response.status).toBe(200)
}
