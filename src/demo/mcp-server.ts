import { randomUUID } from 'node:crypto'
import { createRemoteJWKSet, errors, jwtVerify } from 'jose'
import type { DemoFault } from './faults.ts'
import { json, listen, page, parseObject } from './listener.ts'
import type { Answer, Handler, Incoming, Listener } from './listener.ts'
import { parseUrl } from '../core/wire/parse-url.ts'

const revision = '2025-11-25'
const supported = ['2025-11-25', '2025-06-18', '2025-03-26']
const scope = 'mcp:tools'
const endpoint = '/mcp'
const moved = `${endpoint}/`
const wellKnown = `/.well-known/oauth-protected-resource${endpoint}`
/** Where the metadata is when only the challenge leads to it. */
const hidden = '/about/protected-resource'

const echo = {
  name: 'echo',
  description: 'Gives back what it is given',
  inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
}

interface Options {
  readonly fault: DemoFault
  readonly issuer: string
  /** The origin that clients see; the server's own when nothing stands in front of it. */
  readonly publicOrigin?: string
}

/** An MCP server over Streamable HTTP that is an OAuth resource server: tools/list and an echo tool. */
export function startMcpServer(options: Options): Promise<Listener> {
  return listen((origin) => new McpServer(options.publicOrigin ?? origin, options).handler)
}

/** The MCP endpoint of a server whose public origin is this. */
export function endpointOf(origin: string): string {
  return origin + endpoint
}

class McpServer {
  readonly #origin: string
  readonly #options: Options
  readonly #keys: ReturnType<typeof createRemoteJWKSet>
  readonly #sessions = new Set<string>()

  constructor(origin: string, options: Options) {
    this.#origin = origin
    this.#options = options
    this.#keys = createRemoteJWKSet(new URL(`${options.issuer}/jwks`))
  }

  readonly handler: Handler = async (request) => {
    if (request.method === 'GET' && request.path === this.#metadataPath())
      return json(200, this.#metadata())
    if (request.path === endpoint && this.#is('moved-endpoint'))
      return { status: 301, headers: { Location: this.#origin + moved } }
    if (request.path !== endpoint && !this.#isMoved(request.path)) return page(404, 'Not Found')
    if (!isLocal(request.headers.origin))
      return json(403, rpcError(null, -32600, 'this origin is not allowed'))
    const refused = await this.#refuse(request.headers.authorization)
    if (refused !== undefined) return refused
    switch (request.method) {
      case 'POST':
        return this.#post(request)
      case 'DELETE':
        return this.#sessions.delete(sessionOf(request)) ? { status: 204 } : page(404, 'Not Found')
      default:
        return { status: 405, headers: { Allow: 'POST, DELETE' } }
    }
  }

  #is(fault: DemoFault): boolean {
    return this.#options.fault === fault
  }

  #isMoved(path: string): boolean {
    return path === moved && this.#is('moved-endpoint')
  }

  #metadataPath(): string | undefined {
    if (this.#is('prm-missing')) return undefined
    return this.#is('malformed-challenge') ? hidden : wellKnown
  }

  /** RFC 9728 §2. */
  #metadata(): Record<string, unknown> {
    return {
      resource: this.#is('resource-mismatch')
        ? 'https://mcp.example.com/mcp'
        : endpointOf(this.#origin),
      authorization_servers: [this.#options.issuer],
      scopes_supported: [scope],
      bearer_methods_supported: ['header'],
      resource_name: 'authtap demo',
    }
  }

  /** The answer to a request that is not authorized; undefined for one that is. */
  async #refuse(authorization: string | undefined): Promise<Answer | undefined> {
    const token = /^Bearer +([^ ]+) *$/i.exec(authorization ?? '')?.[1]
    if (token === undefined) return this.#challenge(401)
    const problem = await this.#problemWith(token)
    return problem && this.#challenge(problem.status, problem)
  }

  async #problemWith(token: string): Promise<Problem | undefined> {
    try {
      const { payload } = await jwtVerify(token, this.#keys, {
        issuer: this.#options.issuer,
        audience: endpointOf(this.#origin),
        typ: 'at+jwt',
        algorithms: ['ES256'],
        requiredClaims: ['exp', 'sub', 'client_id'],
      })
      const granted = String(payload['scope'] ?? '').split(' ')
      return granted.includes(scope)
        ? undefined
        : { status: 403, error: 'insufficient_scope', description: `${scope} is needed` }
    } catch (error) {
      return { status: 401, error: 'invalid_token', description: describe(error) }
    }
  }

  /** RFC 6750 §3, RFC 9728 §5.1: no error when no token came, so that the client can tell the two apart. */
  #challenge(status: 401 | 403, problem?: Problem): Answer {
    const body = problem
      ? { error: problem.error, error_description: problem.description }
      : { message: 'Authorization is required' }
    if (this.#is('wrong-status') && !problem) return json(403, { message: 'Forbidden' })
    if (this.#is('no-www-authenticate')) return json(status, body)
    const params: [string, string][] = problem
      ? [
          ['error', problem.error],
          ['error_description', problem.description],
        ]
      : []
    if (!this.#is('no-resource-metadata')) {
      params.push(['resource_metadata', this.#origin + (this.#metadataPath() ?? wellKnown)])
    }
    params.push(['scope', scope])
    const [open, close] = this.#is('malformed-challenge') ? typographicQuotes : ['"', '"']
    const text = params.map(([name, value]) => `${name}=${open}${value}${close}`).join(', ')
    return json(status, body, { 'WWW-Authenticate': `Bearer ${text}` })
  }

  #post(request: Incoming): Answer {
    if (!request.headers['content-type']?.startsWith('application/json'))
      return page(415, 'Unsupported Media Type')
    const accepted = request.headers.accept ?? ''
    if (!accepted.includes('application/json') || !accepted.includes('text/event-stream')) {
      return page(406, 'Not Acceptable')
    }
    const message = parseObject(request.body)
    if (message === undefined)
      return json(400, rpcError(null, -32700, 'the body is not a JSON object'))
    const id = message['id'] ?? null
    if (message['method'] === 'initialize') return this.#initialize(id, message['params'])
    const asked = request.headers['mcp-protocol-version']
    if (asked !== undefined && !supported.includes(String(asked))) {
      return json(400, rpcError(id, -32600, 'this protocol version is not supported'))
    }
    if (!this.#sessions.has(sessionOf(request)))
      return json(404, rpcError(id, -32001, 'the session is not known'))
    return id === null ? { status: 202 } : respond(id, message)
  }

  #initialize(id: unknown, params: unknown): Answer {
    const asked = (params as { protocolVersion?: unknown } | undefined)?.protocolVersion
    const session = randomUUID()
    this.#sessions.add(session)
    const result = {
      protocolVersion: supported.includes(String(asked)) ? asked : revision,
      capabilities: { tools: {} },
      serverInfo: { name: 'authtap-demo-server', version: '1.0.0' },
    }
    return json(200, { jsonrpc: '2.0', id, result }, { 'MCP-Session-Id': session })
  }
}

interface Problem {
  readonly status: 401 | 403
  readonly error: string
  readonly description: string
}

/** U+201C and U+201D as the UTF-8 bytes that a careless server puts into a field. */
const typographicQuotes = ['\u201c', '\u201d'].map((mark) =>
  Buffer.from(mark).toString('latin1'),
) as [string, string]

function respond(id: unknown, message: Record<string, unknown>): Answer {
  switch (message['method']) {
    case 'ping':
      return json(200, { jsonrpc: '2.0', id, result: {} })
    case 'tools/list':
      return json(200, { jsonrpc: '2.0', id, result: { tools: [echo] } })
    case 'tools/call':
      return eventStream(callTool(id, message['params']))
    default:
      return json(200, rpcError(id, -32601, 'this method is not known'))
  }
}

function callTool(id: unknown, params: unknown): unknown {
  const { name, arguments: given } = (params ?? {}) as {
    name?: unknown
    arguments?: { text?: unknown }
  }
  if (name !== echo.name) return rpcError(id, -32602, 'this tool is not known')
  return {
    jsonrpc: '2.0',
    id,
    result: { content: [{ type: 'text', text: String(given?.text ?? '') }] },
  }
}

function eventStream(message: unknown): Answer {
  return {
    status: 200,
    headers: { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' },
    body: `event: message\ndata: ${JSON.stringify(message)}\n\n`,
  }
}

function rpcError(id: unknown, code: number, message: string): unknown {
  return { jsonrpc: '2.0', id, error: { code, message } }
}

function sessionOf(request: Incoming): string {
  return String(request.headers['mcp-session-id'] ?? '')
}

/** Web pages of other machines may not call a server on this one (MCP 2025-11-25 Transports, Security Warning). */
function isLocal(origin: string | undefined): boolean {
  if (origin === undefined) return true
  return ['127.0.0.1', '[::1]', 'localhost'].includes(parseUrl(origin)?.hostname ?? '')
}

/** In words without quotation marks, which error_description cannot hold (RFC 6750 §3). */
function describe(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'the token has expired'
  if (error instanceof errors.JWTClaimValidationFailed) {
    return error.claim === 'aud'
      ? 'invalid audience: the token was not issued for this server'
      : `the claim ${error.claim} is not acceptable`
  }
  return error instanceof errors.JWSSignatureVerificationFailed
    ? 'the signature is not valid'
    : 'the token cannot be verified'
}
