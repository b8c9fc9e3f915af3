import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { clearInterval, setInterval } from 'node:timers'
import { URLSearchParams } from 'node:url'

/** A server that can die and come back on its port. */
class Mortal {
  #server
  #answer
  #connections = new Set()

  constructor(answer) {
    this.#answer = answer
  }

  async live(port = 0) {
    this.#server = createServer((request, response) => {
      response.on('error', () => undefined)
      const chunks = []
      request.on('data', (chunk) => chunks.push(chunk))
      request.on('error', () => undefined)
      request.on('end', () => this.#answer(request, response, Buffer.concat(chunks).toString()))
    })
    this.#server.on('connection', (socket) => {
      this.#connections.add(socket)
      socket.on('close', () => this.#connections.delete(socket))
    })
    this.#server.listen(port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.port = this.#server.address().port
    this.origin = `http://127.0.0.1:${this.port}`
  }

  get connections() {
    return this.#connections.size
  }

  /** @param reset its connections are reset, as by a process that was killed */
  die(reset) {
    this.#server.close()
    for (const socket of this.#connections)
      if (reset) socket.resetAndDestroy()
      else socket.destroy()
  }
}

/** An MCP server and its authorization server, with nothing wrong but that they may die. */
export class Parties {
  #tokens = new Set()
  #refreshTokens = new Map()
  #codes = new Map()
  #clients = new Map()
  mcp = new Mortal((request, response, body) => this.#mcp(request, response, body))
  as = new Mortal((request, response, body) => this.#as(request, response, body))

  async start() {
    await this.mcp.live()
    await this.as.live()
    return this
  }

  get endpoint() {
    return `${this.mcp.origin}/mcp`
  }

  /** Of the proxy: browsers go to the authorization server themselves. */
  get connections() {
    return this.mcp.connections
  }

  stop() {
    this.mcp.die(false)
    this.as.die(false)
  }

  #mcp(request, response, body) {
    if (request.url.startsWith('/.well-known/oauth-protected-resource'))
      return json(response, 200, {
        resource: this.endpoint,
        authorization_servers: [this.as.origin],
        bearer_methods_supported: ['header'],
      })
    if (request.url !== '/mcp') return json(response, 404, {})
    const token = request.headers.authorization?.replace('Bearer ', '')
    if (!this.#tokens.has(token)) {
      const error = token === undefined ? '' : 'error="invalid_token", '
      response.setHeader(
        'WWW-Authenticate',
        `Bearer ${error}resource_metadata="${this.mcp.origin}/.well-known/oauth-protected-resource/mcp"`,
      )
      return json(response, 401, { error: 'invalid_token' })
    }
    if (request.method === 'GET') return stream(response)
    const { id, method } = JSON.parse(body)
    json(response, 200, { jsonrpc: '2.0', id, result: results[method] })
  }

  #as(request, response, body) {
    const { pathname, searchParams } = new URL(request.url, this.as.origin)
    if (pathname === '/.well-known/oauth-authorization-server')
      return json(response, 200, this.#metadata())
    if (pathname === '/register') return this.#register(response, JSON.parse(body))
    if (pathname === '/authorize') return this.#authorize(response, searchParams)
    if (pathname === '/token') return this.#token(response, new URLSearchParams(body))
    json(response, 404, {})
  }

  #metadata() {
    const { origin } = this.as
    return {
      issuer: origin,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/token`,
      registration_endpoint: `${origin}/register`,
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_methods_supported: ['none'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    }
  }

  #register(response, sent) {
    const id = `client-${made()}`
    this.#clients.set(id, sent.redirect_uris)
    json(response, 201, { ...sent, client_id: id, client_id_issued_at: 1_800_000_000 })
  }

  #authorize(response, query) {
    const redirect = query.get('redirect_uri')
    if (this.#clients.get(query.get('client_id'))?.includes(redirect) !== true)
      return json(response, 400, { error: 'invalid_request' })
    const code = made()
    this.#codes.set(code, { challenge: query.get('code_challenge'), redirect })
    const back = new URLSearchParams({ code, state: query.get('state'), iss: this.as.origin })
    response.writeHead(302, { Location: `${redirect}?${back}` }).end()
  }

  #token(response, form) {
    const kept = this.#codes.get(form.get('code'))
    const isCode =
      kept !== undefined &&
      kept.redirect === form.get('redirect_uri') &&
      createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url') === kept.challenge
    const isRefresh = this.#refreshTokens.delete(form.get('refresh_token'))
    if (!isCode && !isRefresh) return json(response, 400, { error: 'invalid_grant' })
    this.#codes.delete(form.get('code'))
    const [access, refresh] = [made(), made()]
    this.#tokens.add(access)
    this.#refreshTokens.set(refresh, true)
    json(response, 200, {
      access_token: access,
      refresh_token: refresh,
      token_type: 'Bearer',
      expires_in: 3600,
    })
  }
}

const results = {
  initialize: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    serverInfo: { name: 'soak', version: '1' },
  },
  'tools/list': { tools: [] },
  'tools/call': { content: [{ type: 'text', text: 'x'.repeat(500) }] },
}

function made() {
  return randomBytes(24).toString('base64url')
}

function json(response, status, value) {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
  response.end(JSON.stringify(value))
}

function stream(response) {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
  let left = 20
  const clock = setInterval(() => {
    left -= 1
    if (left < 0 || response.destroyed) return response.end()
    response.write(
      `data: ${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: left } })}\n\n`,
    )
  }, 20)
  response.on('close', () => clearInterval(clock))
}
