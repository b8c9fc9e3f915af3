import { startAuthorizationServer } from './authorization-server.ts'
import type { DemoFault } from './faults.ts'
import { startStrippingGateway } from './gateway.ts'
import { endpointOf, startMcpServer } from './mcp-server.ts'
import type { Listener } from './listener.ts'

export interface DemoParties {
  /** The MCP endpoint that a client is to connect to. */
  readonly mcpUrl: string
  /** The authorization server's issuer identifier, which is its origin. */
  readonly issuer: string
  stop(): Promise<void>
}

/** Starts an MCP server and its authorization server on free loopback ports, one of them with the fault built in. */
export async function startDemoServers(fault: DemoFault): Promise<DemoParties> {
  const running: Listener[] = []
  const stop = async () => {
    await Promise.all(running.map((listener) => listener.stop()))
  }
  let publicOrigin: string | undefined
  let mcpOrigin = ''
  const add = async (starting: Promise<Listener>) => {
    const listener = await starting
    running.push(listener)
    return listener.origin
  }
  try {
    const knowsResource = (resource: string) => resource === endpointOf(publicOrigin ?? mcpOrigin)
    const issuer = await add(startAuthorizationServer({ fault, knowsResource }))
    if (fault === 'strip-authorization')
      publicOrigin = await add(startStrippingGateway(() => mcpOrigin))
    mcpOrigin = await add(startMcpServer({ fault, issuer, ...(publicOrigin && { publicOrigin }) }))
    return { mcpUrl: endpointOf(publicOrigin ?? mcpOrigin), issuer, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
