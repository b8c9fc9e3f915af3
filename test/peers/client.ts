import { decodeJwt } from 'jose'
import { startCallback } from './callback.ts'
import { OAuthMemory, type Stored } from './memory.ts'

export interface ClientOptions {
  /** Takes the place of fetch: what it changes is the client's own doing. */
  readonly fetch?: typeof fetch
  /** Fault: does not name the resource (RFC 8707). */
  readonly omitsResource?: boolean
}

/** A real MCP client with a user in front of it. Everything throws what the SDK throws. */
export interface PeerClient {
  /** Connects, is challenged, logs in with a browser, connects again. */
  login(mcpUrl: string): Promise<void>
  listTools(): Promise<string[]>
  callTool(text: string): Promise<string>
  /** What the client has stored. */
  readonly memory: OAuthMemory<Stored>
  close(): Promise<void>
}

export type StartClient = (options?: ClientOptions) => Promise<PeerClient>

/** One SDK client with one transport: an SDK needs new ones after each login. */
export interface Attempt {
  /** False when the user has to log in first, which has then been done up to the authorization response. */
  connect(): Promise<boolean>
  redeem(response: URLSearchParams): Promise<void>
  listTools(): Promise<{ tools: { name: string }[] }>
  callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<object>
  close(): Promise<void>
}

/** What every generation of the SDK does alike. */
export async function startClient<Types extends Stored>(
  newAttempt: (url: URL, memory: OAuthMemory<Types>) => Attempt,
  options: ClientOptions,
): Promise<PeerClient> {
  const callback = await startCallback()
  const memory = new OAuthMemory<Types>(callback)
  if (options.omitsResource)
    Object.assign(memory, { validateResourceURL: () => Promise.resolve(undefined) })
  let current: Attempt | undefined

  const connect = async (mcpUrl: string) => {
    await current?.close()
    current = newAttempt(new URL(mcpUrl), memory)
    return { connected: await current.connect(), attempt: current }
  }

  return {
    memory,
    login: async (mcpUrl) => {
      const first = await connect(mcpUrl)
      if (first.connected) return
      await first.attempt.redeem(memory.takeResponse())
      const second = await connect(mcpUrl)
      if (!second.connected) throw new Error('the server asks for a login again after the login')
    },
    listTools: async () => (await current!.listTools()).tools.map(({ name }) => name),
    callTool: async (text) =>
      textOf(await current!.callTool({ name: 'echo', arguments: { text } })),
    close: async () => {
      await current?.close()
      await callback.stop()
    },
  }
}

function textOf(result: object): string {
  const { content } = result as { content: { text: string }[] }
  return content[0]?.text ?? ''
}

/** Waits until the client's access token has expired by its own `exp`. */
export async function outlive(client: PeerClient): Promise<void> {
  const { exp = 0 } = decodeJwt(client.memory.accessToken ?? '')
  while (Date.now() <= exp * 1000) await new Promise((resolve) => setTimeout(resolve, 50))
}
