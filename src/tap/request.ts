import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { beginRecording, reportBug } from './arrival.ts'
import { redirectToServer } from './browser/authorize.ts'
import { takeCallback } from './browser/callback.ts'
import type { PortDoubts } from './browser/port-doubts.ts'
import type { Circling } from './circling.ts'
import { enter, type EntranceParts } from './entrance.ts'
import type { Site } from './identity/origins.ts'
import { changeRequestHead } from './identity/request-head.ts'
import {
  interceptAnswer,
  type InterceptedRequest,
  type Interception,
  interceptRequest,
} from './intercept.ts'
import type { Notices } from './notices.ts'
import {
  holdsIdentities,
  type Received,
  type TranslatedRequest,
  translateRequest,
  type TranslationParts,
} from './translate-request.ts'
import { noteResponse, translateResponse } from './translate-response.ts'
import { ClientResponse } from './wire/client-response.ts'
import type { GoneBecause } from './wire/connections.ts'
import type { Recording } from './wire/record.ts'
import type { Recorder } from './wire/recorder.ts'
import { collectBody, type RequestBody, takeBody } from './wire/request-body.ts'
import { goneFailure } from './wire/gone.ts'
import { RoundTrip } from './wire/round-trip.ts'
import type { Transport } from './wire/transport.ts'
import type { Upgrades } from './wire/upgrade.ts'

/** Requests of OAuth that are larger than this are not understood and pass as they are. */
const documentLimit = 1024 * 1024

export interface ForwardingParts extends TranslationParts {
  /** Undefined where nothing is to be done to messages on purpose. */
  readonly interception: Interception | undefined
  readonly recorder: Recorder
  readonly circling: Circling
  readonly transport: Transport
  readonly doubts: PortDoubts
}

/** Takes a request that arrived at the listener of an upstream. */
export function receive(
  parts: EntranceParts & ForwardingParts,
  listener: Site,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const clientResponse = new ClientResponse(response)
  try {
    const entered = enter(parts, listener, request)
    if ('status' in entered) {
      request.resume()
      return clientResponse.own(entered.status, entered.text)
    }
    const { arrival, site } = entered
    if (site === undefined) {
      const { interception, recorder, origins, relay, notices } = parts
      const relaying = { interception, recorder, map: origins.map, relay, notices }
      return takeCallback(relaying, arrival, clientResponse)
    }
    const endpoint = parts.origins.endpointAt(site, arrival.visit.target)
    const method = request.method ?? 'GET'
    if (endpoint?.kind === 'authorization' && (method === 'GET' || method === 'POST'))
      return redirectToServer(parts, { arrival, site, endpoint, clientResponse })
    forward(parts, { arrival, method, site, endpoint }, clientResponse)
  } catch (error) {
    reportBug(parts.notices, error, clientResponse)
  }
}

/** Takes the body, translates the request and sends it on. */
function forward(parts: ForwardingParts, received: Received, clientResponse: ClientResponse): void {
  const { arrival, site } = received
  const { request, headers, visit } = arrival
  const recording = beginRecording(parts.recorder, arrival, site.origin + visit.target)
  const seen = (chunk: Buffer): void => recording.requestBody.append(chunk)
  const failed = (error: unknown): void =>
    reportBug(parts.notices, error, clientResponse, recording)
  const proceed = (body: RequestBody): void => {
    try {
      const translated = translateRequest(received, body, parts)
      recordRequest(recording, translated)
      if (body.kind === 'stream') noteEnd(body.stream, received, recording, parts.notices)
      send(parts, { received, body, recording, clientResponse }, translated)
    } catch (error) {
      failed(error)
    }
  }
  const gone = (): void => {
    recordRequest(recording, translateRequest(received, { kind: 'none' }, parts))
    recording.fail(goneFailure('closed'))
  }
  if (inUse(parts.interception) !== undefined || holdsIdentities(received, parts.relay))
    collectBody(request, headers, documentLimit, seen).then(proceed, gone).catch(failed)
  else takeBody(request, headers, seen, proceed)
}

function recordRequest(recording: Recording, { wire, recorded, touches }: TranslatedRequest): void {
  recording.requestHeaders = recorded
  recording.touched.push(...touches)
  if (wire.body.kind === 'whole') recording.requestBody.append(wire.body.bytes)
}

function noteEnd(
  body: Readable,
  { arrival, site }: Received,
  recording: Recording,
  notices: Notices,
): void {
  body.once('end', () => {
    recording.requestDone()
    if (arrival.request.rawTrailers.length === 0) return
    const text = `authtap does not pass on the trailers of requests to ${site.origin} (RFC 9110 §6.5.1 lets a proxy drop them)`
    notices.tell('info', 'request-trailers-dropped', text, site.origin)
  })
}

/** A request whose body was taken, and whom its answer goes to. */
interface Forwarded {
  readonly received: Received
  /** As the client made it. */
  readonly body: RequestBody
  readonly recording: Recording
  readonly clientResponse: ClientResponse
}

/** Undefined where nothing is to be done to any message now. */
function inUse(interception: Interception | undefined): Interception | undefined {
  return interception?.interceptor.isIdle === false ? interception : undefined
}

/** Sends the request and gives the client what comes back, translated. Where it is held, it goes once it is let go. */
function send(parts: ForwardingParts, forwarded: Forwarded, translated: TranslatedRequest): void {
  const { recording, clientResponse } = forwarded
  const checked = parts.circling.check(recording)
  if (checked === undefined) return pass(parts, forwarded, translated)
  whenReady(parts, forwarded, checked, (found) => {
    if (found === 'circles') clientResponse.broken(false)
    else if (!recording.isOver) pass(parts, forwarded, translated)
  })
}

/** Where a person or a fault has to do with it, what they make of it goes up. */
function pass(parts: ForwardingParts, forwarded: Forwarded, translated: TranslatedRequest): void {
  const interception = inUse(parts.interception)
  const changed =
    interception && interceptRequest(interception, translated.wire, forwarded.recording)
  if (!(changed instanceof Promise)) return go(parts, forwarded, translated, changed)
  whenReady(parts, forwarded, changed, (ready) => {
    if (ready !== 'gone') go(parts, forwarded, translated, ready)
  })
}

/** The client may go while a request waits. */
function whenReady<Found>(
  { notices }: ForwardingParts,
  { received, recording, clientResponse }: Forwarded,
  found: Promise<Found>,
  proceed: (found: Found) => void,
): void {
  const { connection } = received.arrival
  const waiting = { clientGone: (because: GoneBecause) => recording.fail(goneFailure(because)) }
  connection.enter(waiting)
  found
    .then((ready) => {
      connection.leave(waiting)
      proceed(ready)
    })
    .catch((error: unknown) => reportBug(notices, error, clientResponse, recording))
}

function go(
  parts: ForwardingParts,
  forwarded: Forwarded,
  translated: TranslatedRequest,
  changed: InterceptedRequest | undefined,
): void {
  const { transport } = parts
  const { received, recording, clientResponse } = forwarded
  const { wire, forAnswer } = translated
  const { connection } = received.arrival
  let status = 0
  const trip = new RoundTrip(changed?.wire ?? wire, recording, clientResponse, connection, {
    head: (head) => {
      status = head.status
      const interception = inUse(parts.interception)
      const answer =
        interception === undefined || changed?.isAnswered === true
          ? undefined
          : interceptAnswer(interception, head, recording, (one) =>
              translateResponse(
                one,
                one.status === head.status ? forAnswer : { ...forAnswer, added: [] },
                parts,
              ),
            )
      return answer ?? translateResponse(head, forAnswer, parts)
    },
    again: () => sendAsMade(parts, forwarded, translated),
    ended: () => noteResponse(forAnswer, { status, body: recording.responseBytes }, parts),
  })
  trip.start(changed === undefined ? transport : changed.carrier(transport))
}

/** The server has refused what we added to the body: it gets the client's own. */
function sendAsMade(
  parts: ForwardingParts,
  forwarded: Forwarded,
  { wire, forAnswer, ...head }: TranslatedRequest,
): void {
  const { body, recording } = forwarded
  recording.restart(body.kind === 'whole' ? body.bytes : Buffer.alloc(0))
  send(parts, forwarded, {
    ...head,
    wire: { ...wire, body },
    forAnswer: { ...forAnswer, added: [] },
  })
}

export interface UpgradeParts extends EntranceParts {
  readonly recorder: Recorder
  readonly upgrades: Upgrades
}

/** Takes an offer to speak WebSocket. */
export function receiveUpgrade(
  parts: UpgradeParts,
  listener: Site,
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
): void {
  const { recorder, upgrades, origins } = parts
  const entered = enter(parts, listener, request)
  if ('status' in entered || entered.site === undefined) {
    const status = 'status' in entered ? entered.status : 404
    socket.end(`HTTP/1.1 ${status} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
    return
  }
  const { arrival, site } = entered
  const { headers, visit } = arrival
  const recording = beginRecording(recorder, arrival, site.origin + visit.target)
  const { map } = origins
  const changed = changeRequestHead({
    site,
    headers,
    map,
    visit,
    document: false,
    proof: undefined,
  })
  recording.requestHeaders = changed.recorded
  recording.touched.push(...changed.touches)
  upgrades.pass({
    origin: site.origin,
    target: visit.target,
    headers: changed.recorded,
    request,
    socket,
    head,
    recording,
  })
}
