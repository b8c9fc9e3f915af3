import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { Exchange } from '../../src/core/wire/exchange.ts'
import type { Notice } from '../../src/tap/notices.ts'
import type { ReverseOptions } from '../../src/tap/reverse-options.ts'
import { type ReverseTap, startReverse } from '../../src/tap/reverse.ts'

/** A server that sees and says bytes. `speak` is called with everything received so far, whenever more arrives. */
export interface RawServer {
  readonly origin: string
  readonly port: number
  readonly sockets: Socket[]
  /** Everything received, a connection each. */
  readonly received: string[]
}

export async function rawServer(
  speak: (socket: Socket, received: string, index: number) => void,
): Promise<RawServer> {
  const sockets: Socket[] = []
  const received: string[] = []
  const server: Server = createServer((socket) => {
    const index = sockets.push(socket) - 1
    received.push('')
    socket.setNoDelay(true)
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      received[index] += chunk.toString('latin1')
      speak(socket, received[index]!, index)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { origin: `http://127.0.0.1:${port}`, port, sockets, received }
}

/** Answers every request, once its head is complete, with these bytes. */
export function answering(bytes: string | Buffer): Promise<RawServer> {
  const answered = new Map<Socket, number>()
  return rawServer((socket, received) => {
    const heads = received.split('\r\n\r\n').length - 1
    for (let n = answered.get(socket) ?? 0; n < heads; n++) socket.write(bytes)
    answered.set(socket, heads)
  })
}

export interface RawClient {
  readonly socket: Socket
  /** Everything received so far, one character a byte. */
  text(): string
  /** Resolves once what was received matches; rejects when the connection ends before. */
  until(pattern: RegExp | ((text: string) => boolean)): Promise<string>
  /** How the connection ended: in order, or by reset. */
  ended(): Promise<'closed' | 'reset'>
}

export async function rawClient(port: number, host = '127.0.0.1'): Promise<RawClient> {
  const socket = connect({ port, host })
  socket.setNoDelay(true)
  await once(socket, 'connect')
  onTestFinished(() => void socket.destroy())
  return rawClientOn(socket)
}

function rawClientOn(socket: Socket): RawClient {
  let text = ''
  let end: 'closed' | 'reset' | undefined
  const watchers = new Set<() => void>()
  const wake = () => {
    for (const watch of [...watchers]) watch()
  }
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
    wake()
  })
  socket.on('error', (error: Error & { code?: string }) => {
    if (error.code === 'ECONNRESET') end = 'reset'
  })
  socket.on('close', () => {
    end ??= 'closed'
    wake()
  })
  return {
    socket,
    text: () => text,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const watch = () => {
          const matches = pattern instanceof RegExp ? pattern.test(text) : pattern(text)
          if (!matches && end === undefined) return
          watchers.delete(watch)
          if (matches) resolve(text)
          else
            reject(
              new Error(
                `${end} before ${String(pattern)}; received ${JSON.stringify(text.slice(0, 2000))}`,
              ),
            )
        }
        watchers.add(watch)
        watch()
      }),
    ended: () =>
      new Promise((resolve) => {
        const watch = () => {
          if (end === undefined) return
          watchers.delete(watch)
          resolve(end)
        }
        watchers.add(watch)
        watch()
      }),
  }
}

export interface Proxy {
  readonly tap: ReverseTap
  readonly port: number
  /** Every report, in order. */
  readonly reports: Exchange[]
  readonly notices: Notice[]
  /** Resolves with the first report that fits, past or to come. */
  report(fits?: (exchange: Exchange) => boolean): Promise<Exchange>
}

export async function proxyFor(
  target: string,
  options: Partial<ReverseOptions> = {},
): Promise<Proxy> {
  const reports: Exchange[] = []
  const notices: Notice[] = []
  const watchers = new Set<() => void>()
  const tap = await startReverse({
    targets: [target],
    port: 0,
    ...options,
    emit: (exchange) => {
      options.emit?.(exchange)
      reports.push(exchange)
      for (const watch of [...watchers]) watch()
    },
    notice: (notice) => notices.push(notice),
  })
  onTestFinished(() => tap.stop())
  return {
    tap,
    port: tap.listening.ports[new URL(target).origin]!,
    reports,
    notices,
    report: (fits = (exchange) => exchange.endedAt !== undefined) =>
      new Promise((resolve) => {
        const watch = () => {
          const found = reports.find(fits)
          if (found === undefined) return
          watchers.delete(watch)
          resolve(found)
        }
        watchers.add(watch)
        watch()
      }),
  }
}

/** A request head: the lines given, Host where `{host}` stands or at the end, an empty line. */
export function head(port: number, ...lines: string[]): string {
  const [first, ...rest] = lines
  const host = `Host: localhost:${port}`
  const fields = rest.includes('{host}')
    ? rest.map((line) => (line === '{host}' ? host : line))
    : [...rest, host]
  return `${[first, ...fields].join('\r\n')}\r\n\r\n`
}

export function ok(body: string, ...fields: string[]): string {
  return [
    'HTTP/1.1 200 OK',
    ...fields,
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n')
}

/** The fields of a message's head, in order, without the lines of the hop. */
export function fields(message: string, ...hop: string[]): string[] {
  const [, ...lines] = message.split('\r\n\r\n', 1)[0]!.split('\r\n')
  return lines.filter((line) => !hop.includes(line.split(':', 1)[0]!.toLowerCase()))
}
