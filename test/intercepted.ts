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
import type { Notice } from '../src/tap/notices.ts'
import { startReverse } from '../src/tap/reverse.ts'
import { listen } from './peers/listener.ts'

const { rules } = await loadRules()

export interface Played extends DemoResult {
  /** As they were recorded, in their order, each in its last version. */
  readonly exchanges: readonly Exchange[]
  readonly targets: readonly string[]
}

/** What is to be done to messages, and what decides of what is held by these filters each time that an exchange has news. */
interface Wanted {
  readonly changes?: readonly WantedChange[]
  readonly faults?: readonly WantedFault[]
  readonly holds?: readonly string[]
  readonly patience?: number
  readonly decide?: (desk: Desk, exchange: Exchange) => void
  readonly notice?: (notice: Notice) => void
}

/** Starts the proxy in front of a server. */
export async function startIntercepted(
  mcpUrl: string,
  { changes = [], faults = [], decide, notice = () => {}, ...wanted }: Wanted,
) {
  const holds = new Holds()
  for (const filter of wanted.holds ?? []) holds.add(filter)
  const desk = new Desk(holds, wanted.patience ?? 60_000)
  const exchanges = new Map<string, Exchange>()
  const targets = [mcpUrl]
  const interceptor = new Interceptor(targets, { changes, faults, holds })
  const tap = await startReverse({
    targets,
    port: 0,
    interception: { interceptor, desk },
    emit: (exchange) => {
      exchanges.set(exchange.id, exchange)
      if (exchange.held !== undefined) decide?.(desk, exchange)
    },
    notice,
  })
  return {
    url: tap.listening.urls[0]!.url,
    stop: () => tap.stop(),
    /** As they were recorded, in their order, each in its last version. */
    exchanges: () => [...exchanges.values()].sort((a, b) => Number(a.id) - Number(b.id)),
    targets,
  }
}

/** The demo's login through the proxy, with something changed or broken on the way. */
export async function playIntercepted(
  wanted: Omit<Wanted, 'changes'> & {
    readonly changes?: (servers: DemoParties) => readonly WantedChange[]
  },
  fault: DemoFault = 'none',
): Promise<Played> {
  const servers = await startDemoServers(fault)
  try {
    const { changes = () => [], ...rest } = wanted
    const tap = await startIntercepted(servers.mcpUrl, { ...rest, changes: changes(servers) })
    try {
      const result = await runDemoClient(tap.url, fault, () => {}).catch(
        // A connection that is cut is no answer that the client could read.
        (error: unknown): DemoResult => ({ ok: false, reason: String(error) }),
      )
      await tap.stop()
      return { ...result, exchanges: tap.exchanges(), targets: tap.targets }
    } finally {
      await tap.stop()
    }
  } finally {
    await servers.stop()
  }
}

/** What a browser sends for a page that is challenged, and what a server answers that lets pages call it. */
export async function playPage(wanted: Wanted): Promise<Pick<Played, 'exchanges' | 'targets'>> {
  const server = await listen(() => (request, response) => {
    const fields = {
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Expose-Headers': 'WWW-Authenticate',
    }
    if (request.method === 'OPTIONS')
      response.writeHead(204, {
        ...fields,
        'Access-Control-Allow-Methods': 'POST',
        'Access-Control-Allow-Headers': 'content-type',
      })
    else response.writeHead(401, { ...fields, 'WWW-Authenticate': 'Bearer' })
    response.end()
  })
  try {
    const tap = await startIntercepted(`${server.origin}/mcp`, wanted)
    const page = { Origin: 'http://localhost:6274', 'Sec-Fetch-Site': 'same-site' }
    const asked = { 'Access-Control-Request-Method': 'POST' }
    const { ok } = await fetch(tap.url, { method: 'OPTIONS', headers: { ...page, ...asked } })
    const body = '{"jsonrpc":"2.0","id":1,"method":"initialize"}'
    const headers = { ...page, 'Content-Type': 'application/json' }
    if (ok) await fetch(tap.url, { method: 'POST', headers, body })
    await tap.stop()
    return { exchanges: tap.exchanges(), targets: tap.targets }
  } finally {
    await server.stop()
  }
}

export function judged(exchanges: readonly Exchange[], targets: readonly string[]): Report {
  const tool = { name: 'authtap' as const, version: '0', rules: '' }
  const session = new Session({ rules, targets, tool })
  for (const exchange of exchanges) session.ingest(exchange)
  session.settle()
  return session.report()
}
