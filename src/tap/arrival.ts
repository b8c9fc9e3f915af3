import { bugIn } from '../errors.ts'
import type { IncomingMessage } from 'node:http'
import { type Headers, header } from '../core/wire/exchange.ts'
import type { Notices } from './notices.ts'
import type { ClientResponse } from './wire/client-response.ts'
import type { Connection, Connections } from './wire/connections.ts'
import { type Doors, visitFromElsewhere } from './wire/door.ts'
import type { Gate, Refusal, Visit } from './wire/gate.ts'
import { toPairs } from './wire/headers.ts'
import type { Recording } from './wire/record.ts'
import type { Recorder } from './wire/recorder.ts'

/** A request that arrived and was let in. */
export interface Arrival {
  readonly visit: Visit
  readonly headers: Headers
  readonly request: IncomingMessage
  readonly connection: Connection
}

export interface AdmissionParts {
  readonly gate: Gate
  readonly connections: Connections
  /** Undefined where nobody comes from elsewhere. */
  readonly doors?: Doors | undefined
}

/** @param origins whether the Origin field decides, too */
export function admit(
  { gate, connections, doors }: AdmissionParts,
  request: IncomingMessage,
  port: number,
  origins: boolean,
): Arrival | Refusal {
  const headers = toPairs(request.rawHeaders)
  const target = request.url ?? ''
  const visit =
    (doors && visitFromElsewhere(doors, target, headers, port)) ??
    gate.check(target, headers, port, origins)
  if ('status' in visit) return visit
  return { visit, headers, request, connection: connections.of(request.socket) }
}

/** @param url in upstream space */
export function beginRecording(
  recorder: Recorder,
  { visit, headers, request, connection }: Arrival,
  url: string,
  method = request.method ?? 'GET',
): Recording {
  return recorder.begin({
    client: clientKey(connection, headers),
    // A tunnel brings everybody over the same connections.
    connection: visit.through === undefined ? connection.id : '',
    method,
    url,
    via: localUrl(visit),
    httpVersion: request.httpVersion,
  })
}

/** The same for everything one client program sends, and different for programs that can be told apart. */
function clientKey(connection: Connection, headers: Headers): string {
  return `${connection.family} ${header(headers, 'user-agent') ?? ''}`.trim()
}

/** The URL as the client used it. */
export function localUrl(visit: Visit): string {
  return `${visit.scheme}://${visit.authority}${visit.through?.asked ?? visit.target}`
}

/** A bug of ours ends the exchange it happened in, and nothing else. */
export function reportBug(
  notices: Notices,
  error: unknown,
  clientResponse: ClientResponse,
  recording?: Recording,
): void {
  const message = bugIn(error)
  notices.tell(
    'error',
    'bug',
    `a bug in authtap ended an exchange: ${message}. Please report it`,
    message,
  )
  recording?.fail({ phase: 'http', code: 'EBUG', message })
  if (clientResponse.started) clientResponse.broken(false)
  else clientResponse.own(500, 'a bug in authtap ended this exchange. Please report it.')
}

/** A bug of ours costs what is told of an exchange, and nothing else. */
export function reportLost(notices: Notices, error: unknown): void {
  const reason = bugIn(error)
  const text = `a bug in authtap kept an exchange out of the record: ${reason}. Please report it`
  notices.tell('error', 'report-failed', text, reason)
}
