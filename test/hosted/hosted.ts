import { getGlobalDispatcher, setGlobalDispatcher } from 'undici'
import type { Exchange } from '../../src/core/wire/exchange.ts'
import type { Notice } from '../../src/tap/notices.ts'
import type { ReverseOptions } from '../../src/tap/reverse-options.ts'
import { type Listening, type ReverseTap, startReverse } from '../../src/tap/reverse.ts'
import type { StartProxy } from '../peers/play.ts'
import { type Kind, startTunnels, type Tunnels } from './tunnels.ts'

/** A name for each server, or one with a path for each further one. */
export type Layout = 'names' | 'paths'

export const layouts: readonly Layout[] = ['names', 'paths']

export const mcpName = 'mcp.test'
export const asName = 'as.test'

export interface HostedOptions extends Pick<ReverseOptions, 'publicly' | 'relay' | 'interception'> {
  readonly layout: Layout
  readonly kind?: Kind
  /** Further names that lead to authtap, such as those of the test's own clients. */
  readonly names?: readonly string[]
}

export interface Hosted {
  readonly startProxy: StartProxy
  /** The last version of every exchange, in the order in which they began. */
  readonly exchanges: readonly Exchange[]
  readonly notices: readonly Notice[]
  readonly listening: Listening
  readonly tunnels: Tunnels
}

/** Authtap behind tunnels, for a client that knows it by public names only. */
export function hosted({
  layout,
  kind = 'keeps the host',
  names = [],
  ...options
}: HostedOptions): Hosted {
  const exchanges = new Map<string, Exchange>()
  const notices: Notice[] = []
  const running: { tap?: ReverseTap; tunnels?: Tunnels; listening?: Listening } = {}
  return {
    startProxy: async (mcpUrl) => {
      const before = getGlobalDispatcher()
      const server = await namedServer(mcpUrl)
      const tunnels = await startTunnels(kind, [mcpName, asName, ...names])
      const tap = await startReverse({
        publicly: {
          names: [mcpName, ...(layout === 'names' && server ? [`${server}=${asName}`] : [])],
          paths: layout === 'paths',
        },
        ...options,
        targets: [mcpUrl],
        port: 0,
        emit: (exchange) => exchanges.set(exchange.id, exchange),
        notice: (notice) => notices.push(notice),
      })
      const { ports, publicUrls } = tap.listening
      tunnels.lead(mcpName, ports[new URL(mcpUrl).origin]!)
      if (layout === 'names' && server !== undefined) tunnels.lead(asName, ports[server]!)
      Object.assign(running, { tap, tunnels })
      setGlobalDispatcher(tunnels.dispatcher)
      return {
        url: publicUrls[0]!.url,
        stop: async () => {
          running.listening = tap.listening
          setGlobalDispatcher(before)
          await tap.stop()
          await tunnels.stop()
        },
      }
    },
    get exchanges() {
      return [...exchanges.values()]
    },
    notices,
    get listening() {
      return running.listening ?? running.tap!.listening
    },
    get tunnels() {
      return running.tunnels!
    },
  }
}

/** The authorization server that the resource metadata names, as a person reads it in authtap's notice. */
async function namedServer(mcpUrl: string): Promise<string | undefined> {
  const { origin, pathname } = new URL(mcpUrl)
  for (const path of [pathname, '']) {
    const response = await fetch(`${origin}/.well-known/oauth-protected-resource${path}`)
    if (!response.ok) continue
    const { authorization_servers: servers } = (await response.json()) as {
      authorization_servers?: string[]
    }
    const server = servers?.[0] && new URL(servers[0]).origin
    return server === origin ? undefined : server
  }
  return undefined
}
