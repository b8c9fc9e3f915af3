import { Agent as HttpAgent, type ClientRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Socket } from 'node:net'
import type Proxy from 'http-proxy'
import type { Headers } from '../../core/wire/exchange.ts'
import { type Connector, endpointOf, type Link } from './connect.ts'
import { proxyFor } from './env-proxy.ts'
import { cut } from './client-response.ts'
import { describeFailure, endingOf } from './failure.ts'
import { toPairs } from './headers.ts'
import type { Recording } from './record.ts'

export interface Upgrade {
  readonly origin: string
  readonly target: string
  /** All fields, values as the upstream is to get them. */
  readonly headers: Headers
  readonly request: IncomingMessage
  readonly socket: Socket
  readonly head: Buffer
  readonly recording: Recording
}

/** http-proxy's only door: carries WebSocket connections. It is loaded when the first one is asked for. */
export class Upgrades {
  readonly #connector: Connector
  readonly #sockets = new Set<Socket>()
  readonly #underWay = new WeakMap<IncomingMessage, Upgrade>()
  #proxy: Promise<Proxy> | undefined

  constructor(connector: Connector) {
    this.#connector = connector
  }

  pass(upgrade: Upgrade): void {
    const { request, socket, head, origin, recording } = upgrade
    this.#underWay.set(request, upgrade)
    this.#sockets.add(socket)
    socket.once('close', () => {
      this.#sockets.delete(socket)
      recording.fail({
        phase: 'client-gone',
        code: 'ECLIENTGONE',
        message: 'the client closed the connection before it was upgraded',
      })
    })
    this.#proxy ??= this.#load()
    this.#proxy
      .then((proxy) => {
        const options = { target: origin, agent: this.#agent(origin, recording) }
        withoutDeprecations(() => proxy.ws(request, socket, head, options))
      })
      // What Node will not send costs this connection and nothing else.
      .catch((error: unknown) =>
        this.#fail(upgrade, error instanceof Error ? error : new Error(String(error))),
      )
  }

  closeAll(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async #load(): Promise<Proxy> {
    const { default: httpProxy } = await import('http-proxy')
    const proxy = httpProxy.createProxyServer({ ws: true })
    proxy.on('proxyReqWs', (outgoing, request) => {
      const upgrade = this.#underWay.get(request)
      if (upgrade !== undefined) this.#prepare(outgoing, upgrade)
    })
    proxy.on('error', (error, request) => {
      const upgrade = this.#underWay.get(request)
      if (upgrade !== undefined) this.#fail(upgrade, error)
    })
    return proxy
  }

  /** Puts right what http-proxy has merged, lower-cased and collapsed. */
  #prepare(outgoing: ClientRequest, { headers, target, recording, socket }: Upgrade): void {
    for (const name of outgoing.getHeaderNames()) outgoing.removeHeader(name)
    for (const [name, values] of grouped(headers.filter(isSent))) outgoing.setHeader(name, values)
    outgoing.path = target
    // http-proxy would leave the upstream's end open when the client's is cut.
    socket.once('close', () => outgoing.destroy())
    outgoing.once('upgrade', (response, stream) => {
      socket.once('close', () => stream.destroy())
      stream.once('close', () => socket.destroySoon())
      recording.head(
        response.statusCode ?? 101,
        response.statusMessage ?? '',
        toPairs(response.rawHeaders),
      )
      recording.end([])
      spellAsReceived(socket, response, () => true)
    })
    outgoing.once('response', (response) => {
      recording.head(
        response.statusCode ?? 0,
        response.statusMessage ?? '',
        toPairs(response.rawHeaders),
      )
      response.on('data', (chunk: Buffer) => recording.data(chunk))
      response.on('end', () => recording.end([]))
      // http-proxy passes on the body without its chunks, and ends the connection behind it.
      spellAsReceived(socket, response, ([name]) => !framing.test(name))
      response.headers['Connection'] = 'close'
    })
  }

  /** As with every other request, the client's connection ends as the upstream's did. */
  #fail({ socket, recording }: Upgrade, error: Error): void {
    recording.fail(describeFailure(error, this.#connector.phase(error) ?? 'http'))
    cut(socket, endingOf(error) === 'reset')
  }

  /** Connects as everything else does: same certificates, same proxy. */
  #agent(origin: string, recording: Recording): HttpAgent {
    const url = new URL(origin)
    const endpoint = endpointOf(url)
    const agent = endpoint.secure ? new HttpsAgent() : new HttpAgent()
    const createConnection = (
      _options: unknown,
      done: (error: Error | null, socket: Socket | null) => void,
    ) => {
      const link: Link = { address: '', dns: 0, connect: 0, tls: undefined, uses: 0 }
      this.#connector.open(endpoint, proxyFor(url), link, (error, socket) => {
        if (error === null) recording.sent(link)
        done(error, socket)
      })
    }
    return Object.assign(agent, { createConnection })
  }
}

/** A request without a body has no trailers to announce (RFC 9110 §6.6.2), and Node refuses it with them. */
function isSent([name]: Headers[number]): boolean {
  return name.toLowerCase() !== 'trailer'
}

const framing = /^(?:connection|keep-alive|transfer-encoding|trailer)$/i

/** http-proxy writes the fields that a response has: their names in lower case, repeats merged, as UTF-8. */
function spellAsReceived(
  socket: Socket,
  response: IncomingMessage,
  isKept: (field: Headers[number]) => boolean,
): void {
  socket.setDefaultEncoding('latin1')
  const fields = grouped(toPairs(response.rawHeaders).filter(isKept))
  response.headers = Object.assign(Object.create(null), Object.fromEntries(fields))
}

function grouped(headers: Headers): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  const spelling = new Map<string, string>()
  for (const [name, value] of headers) {
    const first = spelling.get(name.toLowerCase()) ?? name
    spelling.set(name.toLowerCase(), first)
    groups.set(first, [...(groups.get(first) ?? []), value])
  }
  return groups
}

/** http-proxy calls `util._extend` (DEP0060), which is nothing that a user can do anything about. */
function withoutDeprecations(call: () => void): void {
  const flags = process as { noDeprecation?: boolean }
  const before = flags.noDeprecation
  flags.noDeprecation = true
  try {
    call()
  } finally {
    if (before === undefined) delete flags.noDeprecation
    else flags.noDeprecation = before
  }
}
