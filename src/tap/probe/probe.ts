import type { Exchange, Headers } from '../../core/wire/exchange.ts'
import type { Recorder } from '../wire/record.ts'
import type { TlsOptions } from '../wire/connect.ts'
import { Asker } from './asker.ts'
import { lookAtConnection } from './connection.ts'
import { type Discovered, walk } from './discovery.ts'
import type { Tell } from './look.ts'
import { askAsBrowser } from './preflights.ts'
import { lookAtServer } from './server.ts'
import { doWrong } from './wrongs.ts'

export interface ProbeOptions extends TlsOptions {
  /** The MCP endpoint. */
  readonly target: string
  /** What we call ourselves in User-Agent. */
  readonly agent: string
  readonly version: string
  /** Fields to send with every call to the MCP endpoint. */
  readonly headers: Headers
  readonly recorder: Recorder
  /** A word of its own for each server. */
  readonly connection: string
  /** Milliseconds that an answer may take. */
  readonly patience?: number
  emit(exchange: Exchange): void
  readonly tell: Tell
}

/** So many requests at most, so long for each, in milliseconds. */
const requestLimit = 30
const usualPatience = 10_000

/** Looks at a server as a client without an account does, and at how it takes what is wrong. Changes nothing there. */
export async function probe(options: ProbeOptions): Promise<Discovered> {
  const { target, tell, patience = usualPatience } = options
  const asker = new Asker({ ...options, requests: requestLimit, patience })
  try {
    await lookAtConnection(target, options, patience, tell)
    const found = await walk(asker, options, tell)
    // A client uses the first.
    for (const server of found.servers.slice(0, 1)) await lookAtServer(asker, server, target, tell)
    await askAsBrowser(asker, found, tell)
    await doWrong(asker, options, found, tell)
    return found
  } finally {
    await asker.close()
  }
}
