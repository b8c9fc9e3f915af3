import type { StartClient } from '../peers/client.ts'
import type { StartProxy } from '../peers/play.ts'
import { type Peer, received } from './peer.ts'

export interface Visit {
  /** What the tool gave back. */
  readonly answer: string
  /** What each server received. */
  readonly received: Readonly<Record<string, readonly string[]>>
}

/** A client logs in, calls the tool and leaves. Everything has been stopped when the promise settles. */
export async function visit(
  startServer: () => Promise<Peer>,
  startClient: StartClient,
  startProxy: StartProxy,
): Promise<Visit> {
  const server = await startServer()
  const proxied = await startProxy(server.url)
  const client = await startClient()
  try {
    await client.login(proxied.url)
    return { answer: await client.callTool('hello'), received: received(server) }
  } finally {
    await client.close()
    await proxied.stop()
    await server.stop()
  }
}
