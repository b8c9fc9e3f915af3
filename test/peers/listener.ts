import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as the server received it. */
export interface SeenRequest {
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Grows while the body arrives. */
  readonly body: string
}

export interface Listener {
  readonly origin: string
  readonly seen: readonly SeenRequest[]
  /** Puts something in front of its program, for good. */
  behind(front: Front): void
  /** Starts its program anew, which has forgotten what it kept in memory. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** Answers itself, or lets the program do it. */
export type Front = (next: RequestListener) => RequestListener

/** Listens on a free loopback port and keeps what it received. The handler is made once the origin is known. */
export async function listen(
  make: (origin: string) => RequestListener | Promise<RequestListener>,
): Promise<Listener> {
  const seen: SeenRequest[] = []
  let handler: RequestListener = (_request, response) => response.writeHead(503).end()
  let front: Front = (next) => next
  const restart = async () => {
    handler = await make(origin)
  }
  const server = createServer((request, response) => {
    seen.push(watch(request))
    front(handler)(request, response)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  try {
    await restart()
  } catch (error) {
    await stop()
    throw error
  }
  const behind = (one: Front) => {
    front = one
  }
  return { origin, seen, behind, restart, stop }
}

/** Copies the body as the parser delivers it, so that the application can still read it in its own way. */
function watch(request: IncomingMessage): SeenRequest {
  const chunks: Buffer[] = []
  const push = request.push.bind(request)
  request.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk))
    return push(chunk, encoding)
  }
  return {
    method: request.method ?? '',
    target: request.url ?? '',
    headers: pairs(request.rawHeaders),
    get body() {
      return Buffer.concat(chunks).toString('utf8')
    },
  }
}

function pairs(raw: readonly string[]): [string, string][] {
  return raw.flatMap((name, at) =>
    at % 2 === 0 ? [[name, raw[at + 1] ?? ''] satisfies [string, string]] : [],
  )
}
