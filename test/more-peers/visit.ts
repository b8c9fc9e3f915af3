import type { StartClient } from '../peers/client.ts'
import type { StartProxy } from '../peers/play.ts'
import type { Report } from '../../src/core/verdict/report.ts'
import { judge } from './judgement.ts'
import { type Peer, received } from './peer.ts'
import { throughAuthtap } from './through.ts'

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

/** The same through authtap, with what authtap says of it. */
export async function judgedVisit(
  startServer: () => Promise<Peer>,
  startClient: StartClient,
): Promise<{ visit: Visit; report: Report }> {
  let authtap: Awaited<ReturnType<typeof throughAuthtap>> | undefined
  let target = ''
  const seen = await visit(startServer, startClient, async (url) => {
    target = url
    authtap = await throughAuthtap(url)
    return authtap
  })
  return { visit: seen, report: await judge(authtap?.exchanges() ?? [], target) }
}

/** The findings that would make authtap call a session broken, and rules that crashed. */
export function alarms({ findings, outcomes }: Report): string[] {
  const errors = findings.filter(({ severity }) => severity === 'error')
  const crashes = outcomes.crash === 0 ? [] : [`${outcomes.crash} rules crashed`]
  return [...errors.map(({ rule, fault, message }) => `${rule} (${fault}): ${message}`), ...crashes]
}
