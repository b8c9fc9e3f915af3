import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as a server received it: what must not depend on whether a proxy stood in between. */
export interface Received {
  readonly server: string
  readonly method: string
  readonly path: string
  /** Decoded parameters of the query, then of the body, in the order in which they came. */
  readonly params: readonly (readonly [name: string, value: string])[]
  /** Fields as spelled and ordered, without those that frame the message or belong to the connection. */
  readonly headers: readonly (readonly [name: string, value: string])[]
}

/** Framing and connection fields (RFC 9110 §7.6.1), and the content codings that a reader of documents can decode. */
const hopByHop = /^(?:connection|keep-alive|transfer-encoding|content-length|accept-encoding|te)$/i

export type Answer = (request: Received, response: ServerResponse) => void

export interface RecordingServer {
  readonly origin: string
  close(): Promise<void>
}

/** A loopback server that writes down every request before it answers. */
export async function record(
  name: string,
  log: Received[],
  answer: Answer,
): Promise<RecordingServer> {
  const server = createServer((request, response) => {
    void received(name, request).then((entry) => {
      log.push(entry)
      answer(entry, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => closed(server),
  }
}

export function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}

async function received(server: string, request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const url = new URL(request.url!, 'http://server.invalid')
  const params = [
    ...url.searchParams,
    ...bodyParams(request, Buffer.concat(chunks).toString('utf8')),
  ]
  return {
    server,
    method: request.method!,
    path: url.pathname,
    params,
    headers: fields(request.rawHeaders),
  }
}

function bodyParams(request: IncomingMessage, body: string): [string, string][] {
  if (body === '') return []
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded'))
    return [...new URLSearchParams(body)]
  return [['(body)', body]]
}

function fields(raw: readonly string[]): [string, string][] {
  const pairs: [string, string][] = []
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!
    if (!hopByHop.test(name)) pairs.push([name, raw[index + 1]!])
  }
  return pairs
}

export function param(request: Received, name: string): string | undefined {
  return request.params.find(([key]) => key === name)?.[1]
}

export function field(request: Received, name: string): string | undefined {
  return request.headers.find(([key]) => key.toLowerCase() === name)?.[1]
}

/**
 * A log in which addresses have names, so that two runs on different ports can be compared.
 * @param names what to write for each `host:port`
 */
export function named(log: readonly Received[], names: ReadonlyMap<string, string>): Received[] {
  const rename = (text: string): string =>
    [...names].reduce((renamed, [authority, name]) => renamed.replaceAll(authority, name), text)
  const pairs = (list: Received['params']) =>
    list.map(([key, value]) => [key, rename(value)] as const)
  return log.map((request) => ({
    ...request,
    params: pairs(request.params),
    headers: pairs(request.headers),
  }))
}
