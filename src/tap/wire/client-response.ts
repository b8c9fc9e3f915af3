import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { toPairs } from './headers.ts'
import type { Flight, FlatHeaders } from './transport.ts'

/** Writes one response to the client, no faster than the client reads. */
export class ClientResponse {
  readonly #response: ServerResponse
  #flight: Flight | undefined
  #written = false
  #full = false

  constructor(response: ServerResponse) {
    this.#response = response
    // What the client gets is the upstream's; a date of ours would be a lie.
    response.sendDate = false
    response.on('error', ignore)
  }

  /** The flight to hold back when the client reads slowly. */
  follow(flight: Flight): void {
    this.#flight = flight
  }

  get started(): boolean {
    return this.#response.headersSent
  }

  /** Passes on an interim response (RFC 9110 §15.2), unless the client would not understand it. */
  interim(status: number, statusText: string, headers: FlatHeaders): void {
    const { socket, req, headersSent } = this.#response
    if (socket === null || headersSent || req.httpVersion !== '1.1') return
    const lines = toPairs(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    const head = `HTTP/1.1 ${status} ${printable(statusText)}\r\n${lines.join('')}\r\n`
    socket.write(head, 'latin1')
  }

  /** @param headers without the fields of the hop: Node frames the message */
  head(status: number, statusText: string, headers: FlatHeaders): void {
    const response = this.#response
    const fields = withoutIdleTrailer(response, status, headers)
    response.writeHead(status, printable(statusText), fields as string[])
    // A body that is already here goes out in one piece with the head; otherwise the head does not wait for it.
    process.nextTick(() => {
      // `flushHeaders` would write fields as UTF-8, and change their bytes from 0x80 up.
      if (!this.#written && !response.writableEnded) response.write('', 'latin1')
    })
  }

  data(chunk: Buffer): void {
    this.#written = true
    if (this.#response.write(chunk) || this.#full) return
    this.#full = true
    this.#flight?.pause()
    this.#response.once('drain', () => {
      this.#full = false
      this.#flight?.resume()
    })
  }

  end(trailers: FlatHeaders): void {
    if (trailers.length > 0)
      this.#response.addTrailers(
        toPairs(trailers).map(([name, value]): [string, string] => [name, value]),
      )
    this.#response.end()
  }

  /**
   * The upstream failed or broke off: the client's connection ends the same way, after what had arrived.
   * @param cutting told when it is about to
   */
  broken(reset: boolean, cutting: () => void = ignore): void {
    const end = (socket: Socket): void => {
      cutting()
      cut(socket, reset)
    }
    const { socket } = this.#response
    if (socket !== null) end(socket)
    // An earlier response on this connection is still being written (RFC 9112 §9.3.2).
    else this.#response.once('socket', end)
  }

  /** An answer of our own, which says that it is. */
  own(status: number, text: string, headers: FlatHeaders = []): void {
    const fields = ['Content-Type', 'text/plain; charset=utf-8', 'Cache-Control', 'no-store']
    this.whole(status, Buffer.from(`authtap: ${text}\n`), [...fields, ...headers])
  }

  empty(status: number, headers: FlatHeaders): void {
    this.whole(status, Buffer.alloc(0), headers)
  }

  whole(status: number, body: Buffer, headers: FlatHeaders): void {
    const fields = [...headers, 'Content-Length', String(body.length)]
    this.#response.writeHead(status, STATUS_CODES[status] ?? '', fields)
    this.#response.end(body)
  }
}

/** Ends a connection after what is still to be written. */
export function cut(socket: Socket, reset: boolean): void {
  if (!reset) socket.destroySoon()
  else if (socket.writableLength === 0) socket.resetAndDestroy()
  else socket.once('drain', () => socket.resetAndDestroy())
}

/** Node refuses a Trailer field on a message that cannot carry trailers (RFC 9110 §6.6.2). */
function withoutIdleTrailer(
  response: ServerResponse,
  status: number,
  headers: FlatHeaders,
): FlatHeaders {
  if (!headers.some((name) => name.length === 7 && name.toLowerCase() === 'trailer')) return headers
  const names = headers.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase())
  const bodiless = response.req.method === 'HEAD' || status === 204 || status === 304
  const chunked =
    !names.includes('content-length') && !bodiless && response.req.httpVersion === '1.1'
  return headers.filter((_, index) => chunked || names[index >> 1] !== 'trailer')
}

function ignore(): void {}

/** What Node would refuse to send. */
function printable(statusText: string): string {
  if (statusText === 'OK') return statusText
  return statusText.replace(/[^\t\x20-\x7e\x80-\xff]/g, '?')
}
