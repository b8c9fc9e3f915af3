import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type Headers, mediaType, type Touch } from '../core/wire/exchange.ts'
import { ClientResponse } from './wire/client-response.ts'
import { noteAnswer, planAnswer, type Visited } from './response-plan.ts'
import { redirectToServer } from './browser/authorize.ts'
import { changeAuthorization } from './identity/authorization-request.ts'
import type { Connection } from './wire/connections.ts'
import { FormText } from './identity/form-text.ts'
import type { Visit } from './wire/gate.ts'
import { toPairs } from './wire/headers.ts'
import { clientKey, type House, localUrl, reportBug } from './proxy-parts.ts'
import type { Endpoint, EndpointKind, Site } from './identity/origins.ts'
import {
  goneFailure,
  type Head,
  type HeadPlan,
  RoundTrip,
  type Passing,
} from './wire/round-trip.ts'
import type { Recording } from './wire/record.ts'
import { changeRegistrationRequest } from './identity/registration.ts'
import { collectBody, type RequestBody, takeBody } from './wire/request-body.ts'
import { changeRequestHead } from './identity/request-head.ts'
import { changeTokenRequest } from './identity/token-request.ts'

/** Requests of OAuth that are larger than this are not understood and pass as they are. */
const documentLimit = 1024 * 1024

/** Requests whose form holds identities. */
const formKinds: ReadonlySet<EndpointKind> = new Set([
  'token',
  'pushed-request',
  'device-authorization',
])

/** Takes a request that arrived at the listener of an upstream. */
export function receive(
  house: House,
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const answer = new ClientResponse(response)
  try {
    admit(house, site, request, answer)
  } catch (error) {
    reportBug(house, error, answer)
  }
}

function admit(house: House, site: Site, request: IncomingMessage, answer: ClientResponse): void {
  const headers = toPairs(request.rawHeaders)
  const visit = house.gate.check(request.url ?? '', headers, site.port, true)
  if ('status' in visit) {
    house.notices.tell('warning', 'request-refused', visit.text, `${site.port} ${visit.status}`)
    request.resume()
    return answer.own(visit.status, visit.text)
  }
  const endpoint = house.origins.endpointAt(site, visit.target)
  const method = request.method ?? 'GET'
  if (endpoint?.kind === 'authorization' && (method === 'GET' || method === 'POST'))
    return redirectToServer({ house, site, visit, headers, request, answer, endpoint })
  new Reception(house, site, visit, endpoint, headers, request, answer).proceed()
}

/** Takes an offer to speak WebSocket. */
export function receiveUpgrade(
  house: House,
  site: Site,
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
): void {
  const headers = toPairs(request.rawHeaders)
  const visit = house.gate.check(request.url ?? '', headers, site.port, true)
  if ('status' in visit) {
    socket.end(`HTTP/1.1 ${visit.status} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
    return
  }
  const recording = begin(house, site, visit, headers, request, house.connections.of(socket))
  const changed = changeRequestHead({
    site,
    headers,
    map: house.origins.map,
    document: false,
    proof: undefined,
  })
  recording.requestHeaders = changed.recorded
  recording.touched.push(...changed.touches)
  house.upgrades.pass({
    origin: site.origin,
    target: visit.target,
    headers: changed.recorded,
    request,
    socket,
    head,
    recording,
  })
}

/** One request that goes on to its upstream. */
class Reception implements Visited, Passing {
  readonly house: House
  readonly site: Site
  readonly endpoint: Endpoint | undefined
  readonly name: string
  readonly method: string
  readonly recording: Recording
  readonly origin: string
  readonly target: string
  added: readonly string[] = []
  own: readonly string[] = []
  headers: readonly string[] = []
  body: RequestBody = { kind: 'none' }
  readonly #fields: Headers
  readonly #request: IncomingMessage
  readonly #answer: ClientResponse
  readonly #connection: Connection
  readonly #local: string
  /** The body as the client sent it, when it was changed. */
  #original: Buffer = Buffer.alloc(0)

  constructor(
    house: House,
    site: Site,
    visit: Visit,
    endpoint: Endpoint | undefined,
    fields: Headers,
    request: IncomingMessage,
    answer: ClientResponse,
  ) {
    this.house = house
    this.site = site
    this.endpoint = endpoint
    this.name = visit.name
    this.method = request.method ?? 'GET'
    this.origin = site.origin
    this.target = visit.target
    this.#fields = fields
    this.#request = request
    this.#answer = answer
    this.#connection = house.connections.of(request.socket)
    this.#local = localUrl(visit)
    this.recording = begin(house, site, visit, fields, request, this.#connection)
  }

  proceed(): void {
    this.#changeHead()
    if (this.#changesBody()) {
      this.#gather().catch((error: unknown) =>
        reportBug(this.house, error, this.#answer, this.recording),
      )
      return
    }
    takeBody(this.#request, this.#fields, this.#seen, (body) => this.#send(body))
  }

  plan(head: Head): HeadPlan | Promise<HeadPlan> {
    return planAnswer(this, head)
  }

  ended(): void {
    noteAnswer(this)
  }

  again(): void {
    this.added = []
    this.recording.restart(this.#original)
    this.#send({ kind: 'whole', bytes: this.#original })
  }

  readonly #seen = (chunk: Buffer): void => this.recording.requestBody.append(chunk)

  #changeHead(): void {
    const kind = this.endpoint?.kind
    const isMetadata = kind === 'resource-metadata' || kind === 'server-metadata'
    const changed = changeRequestHead({
      site: this.site,
      headers: this.#fields,
      map: this.house.origins.map,
      document: (this.method === 'GET' && isMetadata) || kind === 'registration',
      proof: this.#proof(),
    })
    this.headers = changed.wire
    this.recording.requestHeaders = changed.recorded
    this.recording.touched.push(...changed.touches)
    if (
      this.#fields.some(([name]) => name.length === 15 && name.toLowerCase() === 'signature-input')
    ) {
      const text =
        'the client signs its messages (RFC 9421), which holds for the URL that it used and not for the upstream'
      this.house.notices.tell('warning', 'signature-cannot-pass', text)
    }
  }

  #proof(): string | undefined {
    const proof = this.#fields.find(
      ([name]) => name.length === 4 && name.toLowerCase() === 'dpop',
    )?.[1]
    if (proof === undefined) return undefined
    const { proofs, notices } = this.house
    if (proofs !== undefined) return proofs.rebind(proof, this.method, this.#local)
    const text =
      'the client sends DPoP proofs, which name the URL that it used, so the upstream will refuse them (--dpop rebind gets around it)'
    notices.tell('warning', 'dpop-cannot-pass', text, 'proof')
    return undefined
  }

  /** The body of this request may hold identities that have to be translated. */
  #changesBody(): boolean {
    const kind = this.endpoint?.kind
    if (
      kind === undefined ||
      this.#fields.some(([name]) => name.toLowerCase() === 'content-encoding')
    )
      return false
    const { method } = this
    if (kind === 'registration')
      return this.house.relay.active && (method === 'POST' || method === 'PUT')
    const type = mediaType(this.#fields)
    const isForm = type === undefined || type === 'application/x-www-form-urlencoded'
    return isForm && method === 'POST' && formKinds.has(kind)
  }

  async #gather(): Promise<void> {
    let body: RequestBody
    try {
      body = await collectBody(this.#request, this.#fields, documentLimit, this.#seen)
    } catch {
      return this.recording.fail(goneFailure('closed'))
    }
    if (body.kind !== 'whole') return this.#send(body)
    this.#original = body.bytes
    const changed = this.#changeBody(body.bytes)
    const bytes = changed?.bytes ?? body.bytes
    this.recording.requestBody.append(bytes)
    this.recording.touched.push(...(changed?.touches ?? []))
    this.#send({ kind: 'whole', bytes })
  }

  #changeBody(
    body: Buffer,
  ): { readonly bytes: Buffer; readonly touches: readonly Touch[] } | undefined {
    const { name, origin } = this
    const { relay, origins, notices, proofs } = this.house
    const { map } = origins
    if (this.endpoint?.kind === 'registration') {
      const changed = changeRegistrationRequest(body, relay, name)
      this.added = changed?.added ?? []
      this.own = changed?.own ?? []
      return changed
    }
    if (this.endpoint?.kind === 'token')
      return changeTokenRequest(body, { origin, map, relay, notices })
    const form = new FormText(body.toString('latin1'))
    const context = { origin, server: this.endpoint?.server, name, map, relay, proofs, notices }
    const touches = changeAuthorization(form, 'form', context)
    return touches.length === 0
      ? undefined
      : { bytes: Buffer.from(form.toString(), 'latin1'), touches }
  }

  #bodyEnded(): void {
    this.recording.requestDone()
    if (this.#request.rawTrailers.length === 0) return
    const text = `trailers of requests to ${this.origin} are not passed on (RFC 9110 §6.5.1 lets a proxy drop them)`
    this.house.notices.tell('info', 'request-trailers-dropped', text, this.origin)
  }

  #send(body: RequestBody): void {
    this.body = body
    if (body.kind === 'stream') body.stream.once('end', () => this.#bodyEnded())
    new RoundTrip(this, this.#answer, this.recording, this.#connection).start(this.house.transport)
  }
}

function begin(
  house: House,
  site: Site,
  visit: Visit,
  headers: Headers,
  request: IncomingMessage,
  connection: Connection,
): Recording {
  return house.recorder.begin({
    client: clientKey(connection, headers),
    connection: connection.id,
    method: request.method ?? 'GET',
    url: site.origin + visit.target,
    via: localUrl(visit),
    httpVersion: request.httpVersion,
  })
}
