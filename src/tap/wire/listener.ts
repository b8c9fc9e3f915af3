import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createSecureContext } from 'node:tls'
import type { Duplex } from 'node:stream'
import { Socket } from 'node:net'
import { UserError } from '../../errors.ts'
import type { Connections } from './connections.ts'
import { toPairs } from './headers.ts'
import { headerLimit } from './transport.ts'

export interface Handlers {
  request(request: IncomingMessage, response: ServerResponse): void
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void
  /** With TLS: a client came that did not get as far as a request. */
  refused?(error: { code?: string }): void
}

/** What a listener shows of itself to clients that insist on https. PEM. */
export interface Identity {
  readonly cert: string
  readonly key: string
}

/** What one port is opened with. */
export interface Opening {
  readonly addresses: readonly string[]
  readonly handlers: Handlers
  readonly connections: Connections
  /** Without it a client speaks plain HTTP. */
  readonly identity?: Identity | undefined
}

/** Throws UserError (ETLSOPTIONS) when the certificate and the key are none, or not of one another. */
export function checkIdentity({ cert, key }: Identity): void {
  try {
    createSecureContext({ cert, key })
  } catch (error) {
    throw new UserError(
      'ETLSOPTIONS',
      `the certificate and key to show to clients cannot be used (${(error as Error).message})`,
      'give a certificate and its key as PEM files',
    )
  }
}

/** One port on all addresses we listen on. */
export interface Listener {
  readonly port: number
  /** Stops accepting. Resolves when the last connection is closed. */
  close(): Promise<void>
}

export type Attempt =
  | { readonly kind: 'listening'; readonly listener: Listener; readonly missing: readonly string[] }
  | { readonly kind: 'taken' }
  | { readonly kind: 'denied'; readonly code: string }

/** Fails for an address that this machine does not have; the others then carry on alone. */
const absent = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL', 'ENETUNREACH'])

/** Listens on the same port of every address. @param port 0 takes one that is free on all of them */
export async function listen(port: number, opening: Opening): Promise<Attempt> {
  const { addresses } = opening
  const servers: Server[] = []
  const missing: string[] = []
  let chosen = port
  for (const address of addresses) {
    const server = createHttpServer(opening)
    const problem = await bind(server, chosen, address)
    if (problem === undefined) {
      servers.push(server)
      chosen = portOf(server)
    } else if (absent.has(problem) && addresses.length > 1) {
      missing.push(address)
    } else {
      await Promise.all(servers.map(close))
      if (problem !== 'EADDRINUSE') return { kind: 'denied', code: problem }
      // An ephemeral port may be free on one address and taken on the other.
      return port === 0 ? listen(0, opening) : { kind: 'taken' }
    }
  }
  if (servers.length === 0) return { kind: 'denied', code: 'EADDRNOTAVAIL' }
  const closeAll = async () => {
    await Promise.all(servers.map(close))
  }
  return { kind: 'listening', listener: { port: chosen, close: closeAll }, missing }
}

/** Node asks before it leaves HTTP, from 24.9 on. */
interface Upgrading {
  readonly shouldUpgradeCallback: (request: IncomingMessage) => boolean
}

function isWebSocket(request: IncomingMessage): boolean {
  return request.method === 'GET' && request.headers.upgrade?.toLowerCase() === 'websocket'
}

function createHttpServer({ handlers, connections, identity }: Opening): Server {
  const options: ServerOptions & Upgrading = {
    shouldUpgradeCallback: isWebSocket,
    maxHeaderSize: headerLimit,
    // How long a client takes is its own affair; the upstream has its own clock.
    requestTimeout: 0,
    headersTimeout: 0,
    keepAliveTimeout: 120_000,
  }
  const server =
    identity === undefined ? createServer(options) : createTlsServer({ ...options, ...identity })
  server.maxHeadersCount = 0
  const connected = identity === undefined ? 'connection' : 'secureConnection'
  server.on(connected, (socket: Socket) => void connections.of(socket))
  if (identity !== undefined) {
    server.on('connection', (socket: Socket) => connections.keep(socket))
    watchTls(server, handlers)
  }
  server.on('request', (request, response) => handlers.request(request, response))
  server.on('upgrade', (request, stream: Duplex, head) => {
    if (!(stream instanceof Socket)) return stream.destroy()
    // Node has taken its own listener away with the parser.
    stream.on('error', () => stream.destroy())
    if (isWebSocket(request)) handlers.upgrade(request, stream, head)
    else ignoreUpgrade(request, stream, head, () => server.emit(connected, stream))
  })
  server.on('connect', (_request, socket: Duplex) => refuseConnect(socket))
  server.on('clientError', refuseMalformed)
  return server
}

/** A client that does not trust the certificate says so in an alert, before or after the handshake, or leaves. */
function watchTls(server: Server, { refused }: Handlers): void {
  const asked = new WeakSet<Duplex>()
  const told = new WeakSet<Duplex>()
  const tell = (error: { code?: string }, socket: Duplex): void => {
    if (!told.has(socket)) refused?.(error)
    told.add(socket)
  }
  server.on('tlsClientError', (error: Error & { code?: string }, socket: Socket) => {
    tell(error, socket)
    socket.destroy()
  })
  server.on('clientError', (error: Error & { code?: string }, socket) => {
    if (/^ERR_SSL/.test(error.code ?? '')) tell(error, socket)
  })
  for (const event of ['request', 'upgrade', 'connect'])
    server.on(event, ({ socket }: IncomingMessage) => void asked.add(socket))
  server.on('secureConnection', (socket: Socket) => {
    socket.once('close', () => {
      if (server.listening && !asked.has(socket)) tell({}, socket)
    })
  })
}

/**
 * A server may ignore an Upgrade it does not take (RFC 9110 §7.8), as for the h2c that Java's client offers with every
 * request. Where Node does not ask first, it has left HTTP for this connection, and is taken back to before the request.
 */
function ignoreUpgrade(
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
  takeBack: () => void,
): void {
  const kept = toPairs(request.rawHeaders)
    .filter(([name]) => !/^(?:upgrade|http2-settings)$/i.test(name))
    .map(([name, value]) =>
      /^connection$/i.test(name) ? `${name}: ${withoutUpgrade(value)}` : `${name}: ${value}`,
    )
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`, ...kept, '', '']
  socket.unshift(Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), head]))
  takeBack()
}

function withoutUpgrade(connection: string): string {
  const options = connection.split(',').map((option) => option.trim())
  const kept = options.filter((option) => !/^(?:upgrade|http2-settings)$/i.test(option))
  return kept.length === 0 ? 'keep-alive' : kept.join(', ')
}

/** Who asks for a tunnel has set us as its proxy (RFC 9110 §9.3.6). */
function refuseConnect(socket: Duplex): void {
  socket.on('error', () => socket.destroy())
  answer(
    socket,
    '501 Not Implemented',
    'authtap is no proxy for CONNECT: give the client the URL that authtap printed, and set no HTTP proxy',
  )
}

function answer(socket: Duplex, status: string, sentence: string): void {
  const text = `authtap: ${sentence}\n`
  const fields = `Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close`
  socket.end(`HTTP/1.1 ${status}\r\n${fields}\r\n\r\n${text}`)
}

/** What is no HTTP/1.1, or contradicts itself about where the body ends (RFC 9112 §6.3), goes no further. */
function refuseMalformed(error: Error & { code?: string }, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const status =
    error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request'
  answer(socket, status, `the request is malformed (${error.code ?? error.message})`)
}

function bind(server: Server, port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const fail = (error: Error & { code?: string }) => resolve(error.code ?? 'EUNKNOWN')
    server.once('error', fail)
    server.listen({ port, host, exclusive: true, ipv6Only: host.includes(':') }, () => {
      server.off('error', fail)
      resolve(undefined)
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
