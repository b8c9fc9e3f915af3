import type { ServerResponse } from 'node:http'
import { type Listener, type SeenRequest, listen } from '../peers/listener.ts'

/** A request as a server received it: what must not depend on whether a proxy stood in between. */
export interface Received {
  readonly server: string
  readonly method: string
  readonly path: string
  /** Decoded parameters of the query, then of the body, in the order in which they came. */
  readonly params: readonly (readonly [name: string, value: string])[]
  /** Fields as spelled and ordered, without those that frame the message or belong to the connection. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Target and body as spelled: escapes, order and all. */
  readonly raw: string
}

/** Framing and connection fields (RFC 9110 §7.6.1), and the content codings that a reader of documents can decode. */
const hopByHop = /^(?:connection|keep-alive|transfer-encoding|content-length|accept-encoding|te)$/i

export type Answer = (request: Received, response: ServerResponse) => void

export interface RecordingServer extends Listener {
  readonly name: string
  readonly received: () => Received[]
}

/** A loopback server that has a request in full before it answers. */
export async function record(
  name: string,
  make: (origin: string) => Answer,
): Promise<RecordingServer> {
  const listener = await listen((origin) => {
    const answer = make(origin)
    return (request, response) => {
      const seen = listener.seen.at(-1)!
      request.resume().on('end', () => answer(received(name, seen), response))
    }
  })
  return {
    ...listener,
    name,
    received: () => listener.seen.map((seen) => received(name, seen)),
  }
}

function received(server: string, seen: SeenRequest): Received {
  const url = new URL(seen.target, 'http://server.invalid')
  const headers = seen.headers.filter(([field]) => !hopByHop.test(field))
  const params = [...url.searchParams, ...bodyParams(seen)]
  const raw = `${seen.target}\n${seen.body}`
  return { server, method: seen.method, path: url.pathname, params, headers, raw }
}

function bodyParams({ headers, body }: SeenRequest): [string, string][] {
  if (body === '') return []
  const form = headers.some(
    ([name, value]) =>
      name.toLowerCase() === 'content-type' &&
      value.startsWith('application/x-www-form-urlencoded'),
  )
  return form ? [...new URLSearchParams(body)] : [['(body)', body]]
}

export function param(request: Received, name: string): string | undefined {
  return request.params.find(([key]) => key === name)?.[1]
}

export function field(request: Received, name: string): string | undefined {
  return request.headers.find(([key]) => key.toLowerCase() === name)?.[1]
}

/**
 * Requests in which addresses have names, so that two runs on different ports can be compared.
 * @param names what to write for each `host:port`
 */
export function named(
  requests: readonly Received[],
  names: ReadonlyMap<string, string>,
): Received[] {
  const rename = (text: string): string =>
    [...names].reduce(
      (renamed, [authority, name]) =>
        renamed.replaceAll(authority, name).replaceAll(encodeURIComponent(authority), name),
      text,
    )
  const pairs = (list: Received['params']) =>
    list.map(([key, value]) => [key, rename(value)] as const)
  return requests.map((request) => ({
    ...request,
    params: pairs(request.params),
    headers: pairs(request.headers),
    raw: rename(request.raw),
  }))
}
