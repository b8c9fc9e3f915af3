import type { Headers } from '../core/wire/exchange.ts'
import { header } from '../core/wire/exchange.ts'
import type { ClientResponse } from './wire/client-response.ts'
import type { Connection, Connections } from './wire/connections.ts'
import type { Gate, Visit } from './wire/gate.ts'
import type { Notices } from './notices.ts'
import type { Origins } from './identity/origins.ts'
import type { Proofs } from './identity/proof.ts'
import type { Recorder, Recording } from './wire/record.ts'
import type { Relay } from './identity/relay.ts'
import type { Transport } from './wire/transport.ts'
import type { Upgrades } from './wire/upgrade.ts'

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
export function reportBug(
  house: House,
  error: unknown,
  answer: ClientResponse,
  recording?: Recording,
): void {
  const message = error instanceof Error ? error.message : String(error)
  house.notices.tell('error', 'bug', `an exchange could not be handled: ${message}`, message)
  recording?.fail({ phase: 'http', code: 'EBUG', message })
  if (answer.started) answer.broken(false)
  else answer.own(500, 'a bug in authtap ended this exchange; please report it.')
}
