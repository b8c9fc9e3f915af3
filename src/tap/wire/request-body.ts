import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import type { Headers } from '../../core/wire/exchange.ts'

export type RequestBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  | {
      readonly kind: 'stream'
      readonly stream: Readable
      /** As announced by Content-Length; undefined when chunked. */
      readonly length: number | undefined
    }

/** How the client framed the body (RFC 9112 §6.3). Node has refused contradictions. */
function framing(headers: Headers): { body: boolean; length: number | undefined } {
  let length: number | undefined
  for (const [name, value] of headers) {
    if (name.length === 17 && name.toLowerCase() === 'transfer-encoding')
      return { body: true, length: undefined }
    if (name.length === 14 && name.toLowerCase() === 'content-length') length = Number(value)
  }
  return { body: length !== undefined && length > 0, length }
}

/**
 * Takes the body as it arrives. One that has arrived whole, as nearly all do, is given in one piece; everything else flows,
 * and `seen` gets every chunk of it. `ready` is called once.
 */
export function takeBody(
  request: IncomingMessage,
  headers: Headers,
  seen: (chunk: Buffer) => void,
  ready: (body: RequestBody) => void,
): void {
  const { body, length } = framing(headers)
  if (!body) return ready({ kind: 'none' })
  // The parser is in the middle of what has been received: after this turn it has read the body, if that is there.
  process.nextTick(() => {
    if (length === undefined ? !request.complete : request.readableLength < length) {
      return ready({ kind: 'stream', stream: new Flow(request, seen, []), length })
    }
    const bytes = (request.read() as Buffer | null) ?? Buffer.alloc(0)
    ready({ kind: 'whole', bytes })
  })
}

/** Waits for the whole body; one that is larger than `limit` flows after all, and `seen` gets every chunk of it. */
export async function collectBody(
  request: IncomingMessage,
  headers: Headers,
  limit: number,
  seen: (chunk: Buffer) => void,
): Promise<RequestBody> {
  const { body, length } = framing(headers)
  if (!body) return { kind: 'none' }
  const chunks: Buffer[] = []
  let size = 0
  return new Promise((resolve, reject) => {
    const settle = (result: RequestBody | Error) => {
      request.off('data', onData).off('end', onEnd).off('close', onClose)
      if (result instanceof Error) reject(result)
      else resolve(result)
    }
    const onData = (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size <= limit) return
      request.pause()
      settle({ kind: 'stream', stream: new Flow(request, seen, chunks), length })
    }
    const onEnd = () => {
      settle({ kind: 'whole', bytes: Buffer.concat(chunks) })
    }
    const onClose = () => settle(new Error('the client went away while it sent the body'))
    request.on('data', onData).on('end', onEnd).on('close', onClose)
  })
}

/** The request's body as a stream of its own: the transport may destroy it without taking the client's connection along. */
class Flow extends Readable {
  readonly #request: IncomingMessage

  constructor(
    request: IncomingMessage,
    seen: (chunk: Buffer) => void,
    received: readonly Buffer[],
  ) {
    super()
    this.#request = request
    const take = (chunk: Buffer) => {
      seen(chunk)
      if (!this.destroyed && !this.push(chunk)) request.pause()
    }
    for (const chunk of received) take(chunk)
    request.on('data', take)
    request.on('end', () => {
      if (!this.destroyed) this.push(null)
    })
    request.on('close', () => {
      if (!request.complete) this.destroy(new Error('the client went away while it sent the body'))
    })
    request.pause()
  }

  override _read(): void {
    this.#request.resume()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // Nobody wants the rest, but the client may not read the answer before it has sent it.
    this.#request.resume()
    done(error)
  }
}
