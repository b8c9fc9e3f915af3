import { startBetterAuthServer } from '../more-peers/better-auth-server.ts'
import { type Peer, peer } from '../more-peers/peer.ts'
import { startSdkServer } from '../more-peers/sdk-server.ts'
import { startWorkersServer } from '../more-peers/workers-server.ts'
import { startServers } from '../peers/play.ts'

async function startOidcProvider(): Promise<Peer> {
  const { as, mcp } = await startServers()
  return peer({ as, mcp }, '/mcp')
}

const startSdk = () => startSdkServer('on an origin of its own')

export interface Library {
  /** What is truly amiss in how it refuses an expired token, mended by the login that follows. */
  readonly misuses?: readonly string[]
  readonly start: () => Promise<Peer>
  /** Its tokens can be renewed; two renewals at once with one refresh token are taken for theft, or let pass. */
  readonly renews: 'strictly' | 'leniently' | false
  /** It lets a user who logs out revoke the refresh token (RFC 7009). */
  readonly revokes: boolean
}

/** What MCP servers and their authorization servers are made with. */
export const libraries: [string, Library][] = [
  ['oidc-provider', { start: startOidcProvider, renews: 'strictly', revokes: true }],
  ['the SDK', { start: startSdk, renews: false, revokes: false }],
  [
    'better-auth',
    {
      start: startBetterAuthServer,
      renews: 'leniently',
      revokes: false,
      misuses: ['challenge/error-code-misuse'],
    },
  ],
  ['workers-oauth-provider', { start: startWorkersServer, renews: 'leniently', revokes: true }],
]

/** Plays against servers that are stopped afterwards. */
export async function servedBy(
  { start }: Library,
  play: (server: Peer) => Promise<void>,
): Promise<void> {
  const server = await start()
  try {
    await play(server)
  } finally {
    await server.stop()
  }
}
