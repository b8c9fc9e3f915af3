import { type IncomingMessage, type Server, createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { UserError } from '../../errors.ts'
import { type LiveGate, liveProtocol } from './gate.ts'

export interface LivePortOptions {
  /** 0 takes a free one. */
  readonly port: number
  /** Undefined is loopback, IPv4 and IPv6. */
  readonly host?: string
  readonly gate: LiveGate
  /** Whether there is room for one more viewer. */
  readonly hasRoom: () => boolean
  readonly viewer: (socket: WebSocket, connection: Duplex) => void
}

export interface LivePort {
  readonly port: number
  /** Stops accepting, and drops who has not been let in. */
  close(): void
}

/** Connections that have not been let in yet; beyond this the oldest goes, so a flood cannot keep a viewer out for long. */
const pendingLimit = 64
/** So long may a connection take to ask, in milliseconds. */
const pendingTime = 5000
/** Viewers can only read: what they send is never needed, and closes them. In bytes. */
const messageLimit = 1024

const reasons: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  421: 'Misdirected Request',
  503: 'Service Unavailable',
}

/** The port viewers connect to. Throws UserError (EPORTTAKEN, ELISTEN) when it cannot be listened on. */
export async function openLivePort(options: LivePortOptions): Promise<LivePort> {
  const pending = new PendingConnections()
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: messageLimit,
    clientTracking: false,
    autoPong: false,
    handleProtocols: (offered) => (offered.has(liveProtocol) ? liveProtocol : false),
  })
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const status = options.gate.refuses(request) ?? (options.hasRoom() ? undefined : 503)
    if (status !== undefined) return refuse(socket, status)
    pending.admit(socket)
    sockets.handleUpgrade(request, socket, head, (viewer) => options.viewer(viewer, socket))
  }
  const addresses = options.host === undefined ? ['127.0.0.1', '::1'] : [options.host]
  const servers: Server[] = []
  let port = options.port
  for (const [index, address] of addresses.entries()) {
    const server = liveServer(pending, upgrade)
    const problem = await bind(server, port, address, options.host === undefined)
    if (problem === undefined) {
      port = (server.address() as AddressInfo).port
      servers.push(server)
    } else if (index === 0) throw cannotListen(address, port, problem)
  }
  return {
    port,
    close: () => {
      for (const server of servers) server.close()
      pending.drop()
    },
  }
}

function liveServer(
  pending: PendingConnections,
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void,
): Server {
  // What is no upgrade gets a bare answer whatever it asks, and its body is not read.
  const server = createServer({ maxHeaderSize: 8192 }, (request) => refuse(request.socket, 404))
  server.on('connection', (socket) => pending.add(socket))
  server.on('upgrade', upgrade)
  server.on('checkContinue', (request: IncomingMessage) => refuse(request.socket, 404))
  server.on('checkExpectation', (request: IncomingMessage) => refuse(request.socket, 404))
  server.on('clientError', (_, socket) => socket.destroy())
  return server
}

/** A status line and nothing that tells who answers. */
function refuse(socket: Duplex, status: number): void {
  socket.end(
    `HTTP/1.1 ${status} ${reasons[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    () => socket.destroy(),
  )
}

/** Connections whose request has not been judged yet. */
class PendingConnections {
  readonly #timers = new Map<Duplex, NodeJS.Timeout>()

  add(socket: Socket): void {
    socket.on('error', () => {})
    socket.once('close', () => this.admit(socket))
    const [oldest] = this.#timers.keys()
    if (oldest !== undefined && this.#timers.size >= pendingLimit) {
      this.admit(oldest)
      oldest.destroy()
    }
    const timer = setTimeout(() => socket.destroy(), pendingTime)
    timer.unref()
    this.#timers.set(socket, timer)
  }

  /** The connection waits no longer. */
  admit(socket: Duplex): void {
    clearTimeout(this.#timers.get(socket))
    this.#timers.delete(socket)
  }

  drop(): void {
    for (const socket of this.#timers.keys()) socket.destroy()
  }
}

function bind(
  server: Server,
  port: number,
  address: string,
  ipv6Only: boolean,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'))
    server.listen({ port, host: address, ipv6Only }, () => resolve(undefined))
  })
}

function cannotListen(address: string, port: number, code: string): UserError {
  return code === 'EADDRINUSE'
    ? new UserError(
        'EPORTTAKEN',
        `Port ${port} for viewers is taken.`,
        'Give --listen another port; 0 takes a free one.',
      )
    : new UserError(
        'ELISTEN',
        `Viewers cannot be listened for on ${address} port ${port} (${code}).`,
        'Give --listen an address of this machine and a port that you may use.',
      )
}
