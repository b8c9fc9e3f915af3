import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type Headers, mediaType, type Touch } from '../core/exchange.ts'
import { Answer } from './answer.ts'
import { planAnswer, type Visited } from './answer-plan.ts'
import { redirectToServer } from './authorize.ts'
import { changeAuthorization } from './authorization-request.ts'
import { FormText } from './form-text.ts'
import type { Visit } from './gate.ts'
import { toPairs } from './headers.ts'
import { clientKey, type House, localUrl, stumble } from './house.ts'
import type { Endpoint, Site } from './origins.ts'
import { goneFailure, Passage } from './passage.ts'
import type { Recording } from './record.ts'
import { changeRegistrationRequest } from './registration.ts'
import { collectBody, type RequestBody, takeBody } from './request-body.ts'
import { changeRequestHead } from './request-head.ts'
import { changeTokenRequest } from './token-request.ts'

/** Requests of OAuth that are larger than this are not understood and pass as they are. */
const documentLimit = 1024 * 1024

/** Takes a request that arrived at the listener of an upstream. */
export function receive(
  house: House,
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const answer = new Answer(response)
  try {
    admit(house, site, request, answer)
  } catch (error) {
    stumble(house, error, answer)
  }
}

function admit(house: House, site: Site, request: IncomingMessage, answer: Answer): void {
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
  const connection = house.connections.of(socket)
  const recording = house.recorder.begin({
    client: clientKey(connection, headers),
    connection: connection.id,
    method: request.method ?? 'GET',
    url: site.origin + visit.target,
    via: localUrl(visit),
    httpVersion: request.httpVersion,
  })
  const changed = changeRequestHead({
    origin: site.origin,
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
class Reception {
  readonly #house: House
  readonly #site: Site
  readonly #endpoint: Endpoint | undefined
  readonly #headers: Headers
  readonly #request: IncomingMessage
  readonly #answer: Answer
  readonly #recording: Recording
  readonly #visited: Visited
  readonly #method: string
  readonly #target: string
  readonly #local: string
  #wire: string[] = []
  /** Relay URIs added to a registration. */
  #added: readonly string[] = []

  constructor(
    house: House,
    site: Site,
    visit: Visit,
    endpoint: Endpoint | undefined,
    headers: Headers,
    request: IncomingMessage,
    answer: Answer,
  ) {
    const connection = house.connections.of(request.socket)
    this.#house = house
    this.#site = site
    this.#endpoint = endpoint
    this.#headers = headers
    this.#request = request
    this.#answer = answer
    this.#method = request.method ?? 'GET'
    this.#target = visit.target
    this.#local = localUrl(visit)
    this.#recording = house.recorder.begin({
      client: clientKey(connection, headers),
      connection: connection.id,
      method: this.#method,
      url: site.origin + visit.target,
      via: this.#local,
      httpVersion: request.httpVersion,
    })
    this.#visited = {
      house,
      site,
      endpoint,
      name: visit.name,
      method: this.#method,
      recording: this.#recording,
    }
  }

  proceed(): void {
    this.#changeHead()
    if (this.#changesBody()) {
      this.#gather().catch((error: unknown) =>
        stumble(this.#house, error, this.#answer, this.#recording),
      )
      return
    }
    const seen = (chunk: Buffer) => this.#recording.requestBody.append(chunk)
    takeBody(this.#request, this.#headers, seen, (body) => this.#send(body))
  }

  #changeHead(): void {
    const kind = this.#endpoint?.kind
    const document =
      this.#method === 'GET' && (kind === 'resource-metadata' || kind === 'server-metadata')
    const changed = changeRequestHead({
      origin: this.#site.origin,
      headers: this.#headers,
      map: this.#house.origins.map,
      document: document || kind === 'registration',
      proof: this.#proof(),
    })
    this.#wire = changed.wire
    this.#recording.requestHeaders = changed.recorded
    this.#recording.touched.push(...changed.touches)
  }

  #proof(): string | undefined {
    const proof = this.#headers.find(
      ([name]) => name.length === 4 && name.toLowerCase() === 'dpop',
    )?.[1]
    if (proof === undefined) return undefined
    const { proofs, notices } = this.#house
    if (proofs !== undefined) return proofs.rebind(proof, this.#method, this.#local)
    const text =
      'the client sends DPoP proofs, which name the URL that it used, so the upstream will refuse them (use authtap forward, or --dpop rebind)'
    notices.tell('warning', 'dpop-cannot-pass', text, 'proof')
    return undefined
  }

  /** The body of this request may hold identities that have to be translated. */
  #changesBody(): boolean {
    const kind = this.#endpoint?.kind
    const type = mediaType(this.#headers)
    if (
      kind === undefined ||
      this.#headers.some(([name]) => name.toLowerCase() === 'content-encoding')
    )
      return false
    if (kind === 'registration')
      return this.#house.relay.active && (this.#method === 'POST' || this.#method === 'PUT')
    const isForm = type === undefined || type === 'application/x-www-form-urlencoded'
    return (
      this.#method === 'POST' &&
      isForm &&
      (kind === 'token' || kind === 'pushed-request' || kind === 'device-authorization')
    )
  }

  async #gather(): Promise<void> {
    const seen = (chunk: Buffer) => this.#recording.requestBody.append(chunk)
    let body: RequestBody
    try {
      body = await collectBody(this.#request, this.#headers, documentLimit, seen)
    } catch {
      return this.#recording.fail(goneFailure('closed'))
    }
    if (body.kind !== 'whole') return this.#send(body)
    const changed = this.#changeBody(body.bytes)
    const bytes = changed?.bytes ?? body.bytes
    this.#recording.requestBody.append(bytes)
    this.#recording.touched.push(...(changed?.touches ?? []))
    this.#send({ kind: 'whole', bytes }, body.bytes)
  }

  #changeBody(
    body: Buffer,
  ): { readonly bytes: Buffer; readonly touches: readonly Touch[] } | undefined {
    const { relay, origins, notices, proofs } = this.#house
    const { origin } = this.#site
    const { name } = this.#visited
    if (this.#endpoint?.kind === 'registration') {
      const changed = changeRegistrationRequest(body, relay, name)
      this.#added = changed?.added ?? []
      return changed
    }
    if (this.#endpoint?.kind === 'token')
      return changeTokenRequest(body, { origin, map: origins.map, relay, notices })
    const form = new FormText(body.toString('latin1'))
    const server = this.#endpoint?.server
    const touches = changeAuthorization(form, 'form', {
      origin,
      server,
      name,
      map: origins.map,
      relay,
      proofs,
      notices,
    })
    return touches.length === 0
      ? undefined
      : { bytes: Buffer.from(form.toString(), 'latin1'), touches }
  }

  /** @param original what the client sent, when `body` is not that */
  #send(body: RequestBody, original?: Buffer): void {
    const added = this.#added
    const again = () => {
      this.#added = []
      const { recording } = this.#visited
      recording.restart(original ?? Buffer.alloc(0))
      this.#send({ kind: 'whole', bytes: original ?? Buffer.alloc(0) })
    }
    const passing = {
      origin: this.#site.origin,
      method: this.#method,
      target: this.#target,
      headers: this.#wire,
      body,
      ...planAnswer(this.#visited, added, again),
    }
    if (body.kind === 'stream') body.stream.once('end', () => this.#recording.requestDone())
    const connection = this.#house.connections.of(this.#request.socket)
    new Passage(passing, this.#answer, this.#recording, connection).start(this.#house.transport)
  }
}
