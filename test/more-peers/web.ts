import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import { echoServer } from './echo.ts'

export type FetchHandler = (request: Request) => Promise<Response>

/** Serves what was written for `Request` and `Response`. */
export function toListener(origin: string, handle: FetchHandler): RequestListener {
  return (incoming, outgoing) => {
    handle(toRequest(origin, incoming))
      .then((response) => answer(response, outgoing))
      .catch((error: unknown) => outgoing.writeHead(500).end(String(error)))
  }
}

function toRequest(origin: string, incoming: IncomingMessage): Request {
  const { method = 'GET', url = '/', headersDistinct } = incoming
  const headers = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.map((value) => [name, value] satisfies [string, string]),
  )
  const bare = method === 'GET' || method === 'HEAD'
  return new Request(origin + url, {
    method,
    headers,
    ...(!bare && { body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' }),
  })
}

async function answer(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(response.status, [...response.headers].flat())
  outgoing.flushHeaders()
  for await (const chunk of response.body ?? []) outgoing.write(chunk)
  outgoing.end()
}

/** One request to the echo server, web-style. */
export const echoFetch: FetchHandler = async (request) => {
  const transport = new WebStandardStreamableHTTPServerTransport({})
  // The SDK's transport does not fit its own interface under exactOptionalPropertyTypes.
  await echoServer().connect(transport as never)
  return transport.handleRequest(request)
}
