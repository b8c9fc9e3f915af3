import { randomUUID } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { listen, type Listener } from './listener.ts'

export interface McpServerOptions {
  readonly issuer: string
  /** Path of the MCP endpoint. */
  readonly path?: string
  /** The scope that every request needs; asked at each. */
  readonly scope?: string | (() => string)
  /** The origin that clients see, when something stands in front of the server. */
  readonly publicOrigin?: string
  /** Where the metadata is served; the path-inserted well-known path by default (RFC 9728 §3.1). */
  readonly metadataPath?: string
  /** Fault: what a 401 carries in WWW-Authenticate, as Latin-1 text; undefined for none. */
  readonly challenge?: (proper: ProperChallenge) => string | undefined
  /** Fault: what the metadata says, given what it should say; undefined for a 404. */
  readonly metadata?: (proper: Record<string, unknown>) => Record<string, unknown> | undefined
}

export interface ProperChallenge {
  readonly field: string
  readonly resourceMetadata: string
  readonly scope: string
  /** There was a token, and this is what is wrong with it. */
  readonly error: string | undefined
}

export interface McpServerPeer extends Listener {
  /** The endpoint as clients see it. */
  readonly url: string
}

/** An MCP server made with the SDK (v1) that validates the JWTs of one issuer and publishes its metadata. */
export async function startMcpServer(options: McpServerOptions): Promise<McpServerPeer> {
  const path = options.path ?? '/mcp'
  let sessions: Sessions = new Map()
  const listener = await listen((origin) => {
    sessions = new Map()
    return route(options, (options.publicOrigin ?? origin) + path, sessions)
  })
  const url = (options.publicOrigin ?? listener.origin) + path
  return {
    ...listener,
    url,
    stop: async () => {
      await Promise.all([...sessions.values()].map((transport) => transport.close()))
      await listener.stop()
    },
  }
}

type Sessions = Map<string, StreamableHTTPServerTransport>

function route(options: McpServerOptions, url: string, sessions: Sessions): RequestListener {
  const guard = authorization(options, url)
  const { origin, pathname } = new URL(url)
  const metadataPath = options.metadataPath ?? wellKnownPath(pathname)
  return (request, response) => {
    const [path] = (request.url ?? '').split('?', 1)
    if (path === metadataPath) return answerMetadata(options, url, response)
    if (path !== pathname) return void response.writeHead(404).end()
    guard(request, response, origin + metadataPath)
      .then((passed) => (passed ? serve(sessions, request, response) : undefined))
      .catch((error: unknown) => response.writeHead(500).end(String(error)))
  }
}

function wellKnownPath(pathname: string): string {
  return `/.well-known/oauth-protected-resource${pathname === '/' ? '' : pathname}`
}

function answerMetadata(options: McpServerOptions, url: string, response: ServerResponse): void {
  const proper = {
    resource: url,
    authorization_servers: [options.issuer],
    scopes_supported: [scopeOf(options)],
    bearer_methods_supported: ['header'],
  }
  const document = options.metadata === undefined ? proper : options.metadata(proper)
  if (document === undefined) return void response.writeHead(404).end()
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(document))
}

function scopeOf({ scope = 'mcp:tools' }: McpServerOptions): string {
  return typeof scope === 'string' ? scope : scope()
}

/** Lets a request pass, or answers it: 401 and 403 with a challenge (RFC 6750 §3, RFC 9728 §5.1). */
function authorization(options: McpServerOptions, url: string) {
  const keys = createRemoteJWKSet(new URL('/jwks', options.issuer))
  const errorOf = async (token: string, scope: string): Promise<string | undefined> => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: options.issuer,
        audience: url,
        typ: 'at+jwt',
      })
      return String(payload['scope']).split(' ').includes(scope) ? undefined : 'insufficient_scope'
    } catch {
      return 'invalid_token'
    }
  }

  return async (
    request: IncomingMessage,
    response: ServerResponse,
    resourceMetadata: string,
  ): Promise<boolean> => {
    const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
    const scope = scopeOf(options)
    const error = token === undefined ? undefined : await errorOf(token, scope)
    if (token !== undefined && error === undefined) return true
    const field = `Bearer ${error ? `error="${error}", ` : ''}resource_metadata="${resourceMetadata}", scope="${scope}"`
    const proper = { field, resourceMetadata, scope, error }
    const sent = options.challenge === undefined ? field : options.challenge(proper)
    const headers = {
      'Content-Type': 'application/json',
      ...(sent !== undefined && { 'WWW-Authenticate': sent }),
    }
    const body = error === undefined ? { message: 'Authorization is required' } : { error }
    response
      .writeHead(error === 'insufficient_scope' ? 403 : 401, headers)
      .end(JSON.stringify(body))
    return false
  }
}

async function serve(
  sessions: Sessions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const id = request.headers['mcp-session-id']
  const transport = typeof id === 'string' ? sessions.get(id) : await open(sessions)
  if (transport === undefined) return void response.writeHead(404).end()
  await transport.handleRequest(request, response)
}

async function open(sessions: Sessions): Promise<StreamableHTTPServerTransport> {
  const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => void sessions.set(id, transport),
    onsessionclosed: (id) => void sessions.delete(id),
  })
  // The SDK's transport does not fit its own interface under exactOptionalPropertyTypes.
  await echoServer().connect(transport as never)
  return transport
}

function echoServer(): Server {
  const server = new Server(
    { name: 'peer-server', version: '1.0.0' },
    { capabilities: { tools: {} } },
  )
  const inputSchema = { type: 'object' as const, properties: { text: { type: 'string' } } }
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: [{ name: 'echo', inputSchema }],
  }))
  server.setRequestHandler(CallToolRequestSchema, ({ params }) => ({
    content: [{ type: 'text', text: String(params.arguments?.['text'] ?? '') }],
  }))
  return server
}
