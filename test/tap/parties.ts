import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export type Route = (request: IncomingMessage, response: ServerResponse, body: string) => void

export interface Party {
  readonly origin: string
  /** What it was asked, in order: `POST /token`. */
  readonly asked: string[]
  readonly bodies: string[]
  readonly headers: IncomingMessage['headers'][]
}

/** A server of one party. Routes are `GET /path`, or `/path` for every method; others are answered 404. */
export async function party(routes: Record<string, Route>): Promise<Party> {
  const asked: string[] = []
  const bodies: string[] = []
  const headers: IncomingMessage['headers'][] = []
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      asked.push(`${request.method} ${request.url}`)
      bodies.push(body)
      headers.push(request.headers)
      const path = request.url!.split('?', 1)[0]!
      const route = routes[`${request.method} ${path}`] ?? routes[path]
      if (route !== undefined) route(request, response, body)
      else response.writeHead(404).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    bodies,
    headers,
  }
}

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Route {
  return (_request, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers })
    response.end(typeof value === 'string' ? value : JSON.stringify(value))
  }
}

/** An MCP server and an authorization server that does what the tests are about and nothing else. */
export interface Parties {
  readonly mcp: Party
  readonly as: Party
  /** Set while the test runs, read at each request. */
  readonly metadata: Record<string, unknown>
  readonly resource: Record<string, unknown>
}

export async function parties(
  changes: { as?: Record<string, Route>; mcp?: Record<string, Route> } = {},
): Promise<Parties> {
  const metadata: Record<string, unknown> = {}
  const resource: Record<string, unknown> = {}
  const as = await party({
    'GET /.well-known/oauth-authorization-server': (request, response) =>
      json(metadata)(request, response, ''),
    'POST /register': (request, response, body) => {
      const sent = JSON.parse(body) as Record<string, unknown>
      json({ client_id: 'client-1', ...sent }, 201)(request, response, body)
    },
    'POST /token': json({ access_token: 'at', token_type: 'Bearer' }),
    ...changes.as,
  })
  const mcp = await party({
    'GET /.well-known/oauth-protected-resource/mcp': (request, response) =>
      json(resource)(request, response, ''),
    '/mcp': (request, response) => {
      if (request.headers.authorization !== undefined)
        return json({ jsonrpc: '2.0', id: 1, result: {} })(request, response, '')
      const url = `http://${request.headers.host}/.well-known/oauth-protected-resource/mcp`
      response
        .writeHead(401, {
          'WWW-Authenticate': `Bearer realm="x", resource_metadata="${url}", scope="a"`,
        })
        .end()
    },
    ...changes.mcp,
  })
  Object.assign(metadata, {
    issuer: as.origin,
    authorization_endpoint: `${as.origin}/authorize`,
    token_endpoint: `${as.origin}/token`,
    registration_endpoint: `${as.origin}/register`,
    code_challenge_methods_supported: ['S256'],
  })
  Object.assign(resource, { resource: `${mcp.origin}/mcp`, authorization_servers: [as.origin] })
  return { mcp, as, metadata, resource }
}
