import { outlive, type ClientOptions, type StartClient } from './client.ts'
import { startGateway } from './gateway.ts'
import type { Listener } from './listener.ts'
import { startMcpServer, type McpServerOptions, type McpServerPeer } from './mcp-server.ts'
import { startAuthorizationServer } from './oidc-provider.ts'
import type { AuthorizationServerOptions, AuthorizationServerPeer } from './oidc-provider.ts'

export interface Proxied {
  /** What the client is to connect to. */
  readonly url: string
  stop(): Promise<void>
}

/** Puts something between the client and the MCP server at this URL. */
export type StartProxy = (mcpUrl: string) => Promise<Proxied>

/** Nothing in between. */
export const direct: StartProxy = (url) => Promise.resolve({ url, stop: () => Promise.resolve() })

export interface Cast {
  readonly server?: Partial<Omit<McpServerOptions, 'issuer' | 'publicOrigin'>>
  readonly authorizationServer?: AuthorizationServerOptions
  readonly client?: ClientOptions
  /** A gateway that does not pass these request fields on stands in front of the MCP server. */
  readonly gatewayDrops?: readonly string[]
}

export interface Servers {
  readonly mcp: McpServerPeer
  readonly as: AuthorizationServerPeer
  stop(): Promise<void>
}

/** Starts the servers of a cast. The authorization server knows the MCP server as its only resource. */
export async function startServers(cast: Cast = {}): Promise<Servers> {
  const running: Listener[] = []
  const add = async <Peer extends Listener>(starting: Promise<Peer>): Promise<Peer> => {
    const peer = await starting
    running.push(peer)
    return peer
  }
  const stop = async () => {
    for (const peer of running.reverse()) await peer.stop()
  }
  const known = { mcp: undefined as McpServerPeer | undefined, origin: '' }
  try {
    const knowsResource = (resource: string) => resource === known.mcp?.url
    const as = await add(startAuthorizationServer({ knowsResource, ...cast.authorizationServer }))
    const gateway =
      cast.gatewayDrops &&
      (await add(startGateway({ drops: cast.gatewayDrops, upstream: () => known.origin })))
    const publicOrigin = gateway && { publicOrigin: gateway.origin }
    const mcp = await add(startMcpServer({ ...cast.server, ...publicOrigin, issuer: as.issuer }))
    Object.assign(known, { mcp, origin: mcp.origin })
    return { mcp, as, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

export interface Played {
  /** How far the client came, in order. */
  readonly done: readonly ('login' | 'list' | 'call' | 'refresh')[]
  /** What stopped it; undefined when nothing did. */
  readonly error: Error | undefined
  readonly servers: Servers
}

export interface PlayOptions {
  /** Also outlive the access token and call again. */
  readonly refresh?: boolean
}

/**
 * Plays the whole flow: the servers start, the proxy is put in front, the client logs in, lists and calls. Everything
 * has been stopped when the promise settles, the client first, the proxy before the servers.
 */
export async function play(
  cast: Cast,
  startClient: StartClient,
  startProxy: StartProxy,
  options: PlayOptions = {},
): Promise<Played> {
  const servers = await startServers(cast)
  const done: Played['done'][number][] = []
  let error: Error | undefined
  const stops = [servers.stop]
  try {
    const proxied = await startProxy(servers.mcp.url)
    stops.push(proxied.stop)
    const client = await startClient(cast.client)
    stops.push(client.close)
    try {
      await client.login(proxied.url)
      done.push('login')
      await client.listTools()
      done.push('list')
      await client.callTool('hello')
      done.push('call')
      if (options.refresh) {
        await outlive(client)
        await client.callTool('again')
        done.push('refresh')
      }
    } catch (thrown) {
      error = thrown as Error
    }
  } finally {
    for (const stop of stops.reverse()) await stop()
  }
  return { done, error, servers }
}
