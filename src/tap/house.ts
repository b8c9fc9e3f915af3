import type { Headers } from '../core/exchange.ts'
import { header } from '../core/exchange.ts'
import type { Connection, Connections } from './connections.ts'
import type { Gate, Visit } from './gate.ts'
import type { Notices } from './notices.ts'
import type { Origins } from './origins.ts'
import type { Proofs } from './proof.ts'
import type { Recorder } from './record.ts'
import type { Relay } from './relay.ts'
import type { Transport } from './transport.ts'
import type { Upgrades } from './upgrade.ts'

/** What all listeners of one proxy share. */
export interface House {
  readonly gate: Gate
  readonly connections: Connections
  readonly recorder: Recorder
  readonly transport: Transport
  readonly upgrades: Upgrades
  readonly origins: Origins
  readonly relay: Relay
  /** Undefined without `--dpop rebind`. */
  readonly proofs: Proofs | undefined
  readonly notices: Notices
}

/** The same for everything one client program sends, and different for programs that can be told apart. */
export function clientKey(connection: Connection, headers: Headers): string {
  return `${connection.family} ${header(headers, 'user-agent') ?? ''}`.trim()
}

/** The URL as the client used it. */
export function localUrl(visit: Visit): string {
  return `http://${visit.authority}${visit.target}`
}
