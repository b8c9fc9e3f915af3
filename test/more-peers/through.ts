import type { Exchange } from '../../src/core/wire/exchange.ts'
import { startReverse } from '../../src/tap/reverse.ts'
import type { Proxied } from '../peers/play.ts'

export interface ThroughAuthtap extends Proxied {
  readonly relayPort: number
  /** What was recorded, each exchange in its last version. */
  readonly exchanges: () => Exchange[]
}

/** The reverse proxy in front of an MCP server, on ephemeral ports. */
export async function throughAuthtap(mcpUrl: string): Promise<ThroughAuthtap> {
  const exchanges = new Map<string, Exchange>()
  const tap = await startReverse({
    targets: [mcpUrl],
    port: 0,
    emit: (exchange) => exchanges.set(exchange.id, exchange),
    notice: () => undefined,
  })
  return {
    url: tap.listening.urls[0]!.url,
    relayPort: tap.listening.relayPort,
    exchanges: () => [...exchanges.values()],
    stop: () => tap.stop(),
  }
}
