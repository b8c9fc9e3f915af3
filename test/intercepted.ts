import type { WantedChange } from '../src/core/intercept/change.ts'
import { Interceptor, type WantedFault } from '../src/core/intercept/interceptor.ts'
import { Holds } from '../src/core/intercept/holds.ts'
import { Session } from '../src/core/session.ts'
import type { Report } from '../src/core/verdict/report.ts'
import type { Exchange } from '../src/core/wire/exchange.ts'
import { runDemoClient, type DemoResult } from '../src/demo/client.ts'
import type { DemoFault } from '../src/demo/faults.ts'
import { type DemoParties, startDemoServers } from '../src/demo/parties.ts'
import { loadRules } from '../src/rules.ts'
import { Desk } from '../src/tap/desk.ts'
import { startReverse } from '../src/tap/reverse.ts'

const { rules } = await loadRules()

export interface Played extends DemoResult {
  /** As they were recorded, in their order, each in its last version. */
  readonly exchanges: readonly Exchange[]
  readonly targets: readonly string[]
}

/** The demo's login through the proxy, with something changed or broken on the way. */
export async function playIntercepted(
  wanted: {
    changes?: (servers: DemoParties) => readonly WantedChange[]
    faults?: readonly WantedFault[]
    /** What decides of what is held by these filters, each time that an exchange has news. */
    holds?: readonly string[]
    patience?: number
    decide?: (desk: Desk, exchange: Exchange) => void
  },
  fault: DemoFault = 'none',
): Promise<Played> {
  const servers = await startDemoServers(fault)
  const { changes = () => [], faults = [], patience = 60_000, decide } = wanted
  const holds = new Holds()
  for (const filter of wanted.holds ?? []) holds.add(filter)
  const desk = new Desk(holds, patience)
  const exchanges = new Map<string, Exchange>()
  try {
    const targets = [servers.mcpUrl]
    const tap = await startReverse({
      targets,
      port: 0,
      interception: {
        interceptor: new Interceptor(targets, { changes: changes(servers), faults, holds }),
        desk,
      },
      emit: (exchange) => {
        exchanges.set(exchange.id, exchange)
        if (exchange.held !== undefined) decide?.(desk, exchange)
      },
      notice: () => {},
    })
    try {
      const result = await runDemoClient(tap.listening.urls[0]!.url, fault, () => {}).catch(
        // A connection that is cut is no answer that the client could read.
        (error: unknown): DemoResult => ({ ok: false, reason: String(error) }),
      )
      await tap.stop()
      const played = [...exchanges.values()].sort((a, b) => Number(a.id) - Number(b.id))
      return { ...result, exchanges: played, targets }
    } finally {
      await tap.stop()
    }
  } finally {
    await servers.stop()
  }
}

export function judged(exchanges: readonly Exchange[], targets: readonly string[]): Report {
  const tool = { name: 'authtap' as const, version: '0', rules: '' }
  const session = new Session({ rules, targets, tool })
  for (const exchange of exchanges) session.ingest(exchange)
  session.settle()
  return session.report()
}
