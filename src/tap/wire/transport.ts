import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { Client, type Dispatcher, Pool } from 'undici'
import type { Failure } from '../../core/wire/exchange.ts'
import { type Connected, type Connector, endpointOf, type Link } from './connect.ts'
import { proxyAuthorization, proxyFor } from './env-proxy.ts'
import { describeFailure, type Ending, endingOf } from './failure.ts'

/** Largest header section accepted from an upstream, and from a client by the listeners. */
export const headerLimit = 256 * 1024

/** Name, value, name, value: as on the wire, one character a byte. */
export type FlatHeaders = readonly string[]

/** A request as the upstream is to get it. Framing fields are the transport's business and may not be among the headers. */
export interface Outgoing {
  /** `https://mcp.example.com`, without path. */
  readonly origin: string
  readonly method: string
  /** The request target, character for character. */
  readonly path: string
  readonly headers: FlatHeaders
  readonly body: Buffer | Readable | undefined
  /** Length announced for a streamed body; undefined sends it chunked. */
  readonly length: number | undefined
}

/** What comes back, in this order. `failed` may come at any time and is the last. */
export interface Arriving {
  /** The request is being written to this connection. */
  sent(link: Link): void
  /** An interim response (RFC 9110 §15.2). */
  interim(status: number, statusText: string, headers: FlatHeaders): void
  /** @param statusText one character a byte, like the headers */
  head(status: number, statusText: string, headers: FlatHeaders): void
  data(chunk: Buffer): void
  end(trailers: FlatHeaders): void
  failed(failure: Failure, ending: Ending): void
}

/** A request under way. After `abort` nothing more arrives. */
export interface Flight {
  pause(): void
  resume(): void
  abort(): void
}

/** undici's only door: carries HTTP to the upstreams and changes nothing. */
export class Transport {
  readonly #routes = new Map<string, Route>()
  readonly #connector: Connector

  constructor(connector: Connector) {
    this.#connector = connector
  }

  send(outgoing: Outgoing, arriving: Arriving): Flight {
    const flight = new Handler(arriving, this.#connector)
    try {
      this.#dispatch(outgoing, flight)
    } catch (error) {
      flight.fail(error instanceof Error ? error : new Error(String(error)), 'unsupported')
    }
    return flight
  }

  #dispatch({ origin, method, path, headers, body, length }: Outgoing, flight: Handler): void {
    const route = this.#routes.get(origin) ?? this.#route(origin)
    const added =
      length === undefined ? route.fields : ['content-length', String(length), ...route.fields]
    const options = {
      method: method as Dispatcher.HttpMethod,
      path: route.prefix + path,
      headers: added.length === 0 ? (headers as string[]) : [...headers, ...added],
      body: body ?? null,
      linked: flight,
    }
    route.pool.dispatch(options, flight)
  }

  /** Cuts every connection; what is under way fails. */
  async close(): Promise<void> {
    this.#connector.close()
    await Promise.all([...this.#routes.values()].map(({ pool }) => pool.destroy()))
  }

  #route(origin: string): Route {
    const upstream = new URL(origin)
    const proxy = proxyFor(upstream)
    // A plain request goes to a proxy in absolute form (RFC 9112 §3.2.2), anything else through a tunnel.
    const whole = proxy !== undefined && upstream.protocol === 'http:'
    const route = whole
      ? {
          pool: this.#pool(proxy, undefined),
          prefix: upstream.origin,
          fields: proxyFields(proxy, upstream),
        }
      : { pool: this.#pool(upstream, proxy), prefix: '', fields: [] }
    this.#routes.set(origin, route)
    return route
  }

  #pool(server: URL, proxy: URL | undefined): Pool {
    const endpoint = endpointOf(server)
    const open = (link: Link, done: Connected) => this.#connector.open(endpoint, proxy, link, done)
    return new Pool(server.origin, {
      // How long an answer may take is the client's affair: an event stream may be silent for hours.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: headerLimit,
      factory: (url, options) => new LinkedClient(url, options, open),
    })
  }
}

/** How requests to one upstream travel. */
interface Route {
  readonly pool: Pool
  /** Stands before the path. */
  readonly prefix: string
  readonly fields: readonly string[]
}

function proxyFields(proxy: URL, upstream: URL): string[] {
  const credentials = proxyAuthorization(proxy)['proxy-authorization']
  return [
    'host',
    upstream.host,
    ...(credentials === undefined ? [] : ['proxy-authorization', credentials]),
  ]
}

/** One connection, which tells every request sent over it who it is. */
class LinkedClient extends Client {
  readonly #link: Link
  readonly #sending: (handler: Handler) => void

  constructor(url: URL, options: object, open: (link: Link, done: Connected) => void) {
    let latest: Handler | undefined
    const link: Link = { address: '', dns: 0, connect: 0, tls: undefined, uses: 0 }
    super(url, {
      ...options,
      connect: (_target, done) => {
        // undici opens a connection anew for a request that was given up, and finds out only then.
        if (latest?.over === true) return (done as Connected)(gone, null)
        link.uses = 0
        link.tls = undefined
        open(link, (error, socket) => {
          if (socket !== null) keepLastRead(socket, link)
          ;(done as Connected)(error, socket)
        })
      },
    })
    this.#link = link
    this.#sending = (handler) => (latest = handler)
  }

  override dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): boolean {
    const { linked } = options as unknown as { linked: Handler }
    this.#sending(linked)
    linked.linked(this.#link)
    return super.dispatch(options, handler)
  }
}

/** undici reads sockets by `read`. What was read last holds the status line, until more is read. */
function keepLastRead(socket: Socket, link: Link): void {
  const read = socket.read.bind(socket)
  socket.read = (size?: number) => {
    const chunk = read(size) as unknown
    if (Buffer.isBuffer(chunk)) link.lastRead = chunk
    return chunk
  }
}

/** The reason phrase, one character a byte. undici has read it as UTF-8, and lost what is none (RFC 9112 §4). */
function phraseBytes(status: number, phrase: string, link: Link | undefined): string {
  if (!phrase.includes('\ufffd')) return Buffer.from(phrase).toString('latin1')
  const read = link?.lastRead?.toString('latin1') ?? ''
  const line = new RegExp(`(?:^|\\n)HTTP/1\\.[01] ${status} ([^\\r\\n]*)`, 'g')
  const found = [...read.matchAll(line)].at(-1)?.[1]
  return found ?? phrase.replaceAll('\ufffd', '?')
}

const gone = new Error('aborted')

class Handler implements Dispatcher.DispatchHandler, Flight {
  readonly #arriving: Arriving
  readonly #connector: Connector
  #controller: Dispatcher.DispatchController | undefined
  #link: Link | undefined
  #over = false
  /** Something was answered. */
  #begun = false
  #status = 0

  constructor(arriving: Arriving, connector: Connector) {
    this.#arriving = arriving
    this.#connector = connector
  }

  get over(): boolean {
    return this.#over
  }

  linked(link: Link): void {
    this.#link = link
  }

  pause(): void {
    this.#controller?.pause()
  }

  resume(): void {
    if (!this.#over) this.#controller?.resume()
  }

  abort(): void {
    if (this.#over) return
    this.#over = true
    // Not yet on a connection: `onRequestStart` sees that it is over.
    this.#controller?.abort(gone)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#over) return controller.abort(gone)
    const link = this.#link
    if (link === undefined) return
    this.#arriving.sent(link)
    link.uses++
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    _headers: unknown,
    statusText: string | undefined,
  ): void {
    if (this.#over) return
    this.#begun = true
    this.#status = status
    const headers = flatten(controller.rawHeaders)
    const phrase = phraseBytes(status, statusText ?? '', this.#link)
    if (status < 200) this.#arriving.interim(status, phrase, headers)
    else this.#arriving.head(status, phrase, headers)
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#over) this.#arriving.data(chunk)
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    if (this.#over) return
    this.#over = true
    this.#arriving.end(flatten(controller.rawTrailers))
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    // A 304 has the length of what it stands for, and no body (RFC 9110 §8.6). undici waits for one.
    if (this.#status === 304 && 'code' in error && error.code === lengthMismatch)
      this.onResponseEnd(controller)
    else this.fail(error, endingOf(error))
  }

  fail(error: Error, ending: Ending): void {
    if (this.#over) return
    this.#over = true
    const phase = this.#connector.phase(error) ?? 'http'
    const failure = describeFailure(error, phase)
    const first = this.#link?.tls !== undefined && this.#link.uses === 1 && !this.#begun
    const wanted = first && !this.#connector.showsCertificate && mayWantCertificate(failure)
    this.#arriving.failed(
      wanted ? { ...failure, message: failure.message + wish } : failure,
      ending,
    )
  }
}

const lengthMismatch = 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'

/** A server that is shown no certificate lets the handshake end, and then leaves, with an alert or without (RFC 8446 §4.4.2.4). */
function mayWantCertificate({ code }: Failure): boolean {
  return (
    code === 'UND_ERR_SOCKET' ||
    code === 'ECONNRESET' ||
    /^ERR_SSL_.*CERTIFICATE|^ERR_SSL_.*HANDSHAKE_FAILURE/.test(code)
  )
}

const wish =
  ', at the first request after the TLS handshake, as of a server that wants a client certificate (--cert and --key give it one)'

function flatten(raw: Dispatcher.DispatchController['rawHeaders']): string[] {
  if (!Array.isArray(raw)) return []
  return raw.map((item) => (typeof item === 'string' ? item : item.toString('latin1')))
}
