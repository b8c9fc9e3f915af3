import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { listen, type Listener } from './listener.ts'

export interface GatewayOptions {
  /** Origin of the server behind this path; asked at every request, since a server may start after its gateway. */
  readonly upstream: (path: string) => string
  /** Fault: request fields, in lower case, that are not passed on. */
  readonly drops?: readonly string[]
}

/** A reverse proxy such as stands in front of MCP servers: passes everything on as it comes, and says that it does. */
export function startGateway(options: GatewayOptions): Promise<Listener> {
  return listen(() => (request, response) => forward(options, request, response))
}

function forward(
  options: GatewayOptions,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const headers = { ...request.headers }
  for (const name of options.drops ?? []) delete headers[name]
  const path = request.url ?? '/'
  const outgoing = httpRequest(
    options.upstream(path) + path,
    { method: request.method, headers, agent: false },
    (incoming) => {
      const marks = ['Via', '1.1 gateway', 'Server', 'nginx/1.29.3']
      response.writeHead(incoming.statusCode ?? 502, [
        ...withoutFraming(incoming.rawHeaders),
        ...marks,
      ])
      response.flushHeaders()
      incoming.pipe(response)
    },
  )
  outgoing.on('error', () => response.destroy())
  response.on('close', () => outgoing.destroy())
  request.pipe(outgoing)
}

/** The fields that belong to one connection are made anew for the next (RFC 9110 §7.6.1). */
function withoutFraming(raw: readonly string[]): string[] {
  const own = new Set(['connection', 'keep-alive', 'transfer-encoding'])
  return raw.filter((_part, at) => !own.has(raw[at - (at % 2)]?.toLowerCase() ?? ''))
}
