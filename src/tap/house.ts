import type { Headers } from '../core/exchange.ts'
import { header } from '../core/exchange.ts'
import type { Answer } from './answer.ts'
import type { Connection, Connections } from './connections.ts'
import type { Gate, Visit } from './gate.ts'
import type { Notices } from './notices.ts'
import type { Origins } from './origins.ts'
import type { Proofs } from './proof.ts'
import type { Recorder, Recording } from './record.ts'
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

/** A bug of ours ends the exchange it happened in, and nothing else. */
export function stumble(house: House, error: unknown, answer: Answer, recording?: Recording): void {
  const message = error instanceof Error ? error.message : String(error)
  house.notices.tell('error', 'bug', `an exchange could not be handled: ${message}`, message)
  recording?.fail({ phase: 'http', code: 'EBUG', message })
  if (answer.started) answer.broken(false)
  else answer.own(500, 'a bug in authtap ended this exchange; please report it.')
}
