import { expect } from 'vitest'

type Document = Record<string, unknown>

/** Revokes the refresh token where the metadata says to (RFC 7009), as the client's own program does. */
export async function logOut(
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
