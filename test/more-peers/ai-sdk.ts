import { type OAuthClientProvider, auth, createMCPClient } from '@ai-sdk/mcp'
import { startCallback } from '../peers/callback.ts'
import type { StartClient } from '../peers/client.ts'
import { OAuthMemory, type Stored } from '../peers/memory.ts'

interface Types extends Stored {
  client: { client_id: string }
  tokens: { access_token: string; token_type: string; refresh_token?: string }
}

/** A client made with `@ai-sdk/mcp`, which has an OAuth client of its own. */
export const startAiSdk: StartClient = async (options = {}) => {
  const callback = await startCallback()
  const memory = new OAuthMemory<Types>(callback)
  // What this library lets a provider leave out, and the memory, made for another library, does not have.
  const authProvider = Object.assign(memory as unknown as OAuthClientProvider, {
    isClientInformationDynamicallyRegistered: () => true,
  })
  const own = options.fetch && { fetch: options.fetch }
  let client: Awaited<ReturnType<typeof createMCPClient>> | undefined
  const connect = async (url: string) => {
    client = await createMCPClient({ transport: { type: 'http', url, authProvider, ...own } })
  }
  return {
    memory,
    login: async (url) => {
      try {
        await connect(url)
      } catch (error) {
        if ((error as Error).name !== 'UnauthorizedError') throw error
        const response = memory.takeResponse()
        const [code, iss] = [response.get('code'), response.get('iss')]
        if (code === null) throw new Error(`no code: ${response.get('error')}`, { cause: error })
        await auth(authProvider, {
          serverUrl: url,
          authorizationCode: code,
          ...(iss !== null && { callbackIssuer: iss }),
          ...(options.fetch && { fetchFn: options.fetch }),
        })
        await connect(url)
      }
    },
    listTools: async () => (await client!.listTools()).tools.map(({ name }) => name),
    callTool: async (text) => {
      const { echo } = await client!.tools()
      const result = (await echo!.execute({ text }, {
        toolCallId: '1',
        messages: [],
      } as never)) as {
        content: { text: string }[]
      }
      return result.content[0]?.text ?? ''
    },
    close: async () => {
      await client?.close()
      await callback.stop()
    },
  }
}
