import { type Cast, type Servers, startServers } from '../peers/play.ts'

/** Plays against the servers of a cast, which are stopped afterwards. */
export async function served(cast: Cast, play: (servers: Servers) => Promise<void>): Promise<void> {
  const servers = await startServers(cast)
  try {
    await play(servers)
  } finally {
    await servers.stop()
  }
}
