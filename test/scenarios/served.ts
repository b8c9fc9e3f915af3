import { type Cast, startServers } from '../peers/play.ts'

/** Plays against the servers of a cast, which are stopped afterwards. */
export async function served(cast: Cast, play: (mcpUrl: string) => Promise<void>): Promise<void> {
  const servers = await startServers(cast)
  try {
    await play(servers.mcp.url)
  } finally {
    await servers.stop()
  }
}
