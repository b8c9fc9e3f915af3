import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { brokenJson, brokenText } from './breaking.mjs'

/** Requests and responses of a login through a proxy, mostly broken. Text stands for bytes: one character each. */

/** @param at what the parties are called: `host` of the proxy, `origin` of the upstream, `redirect` of the client */
export function requestFor(chance, at, secrets) {
  const { method, target, headers = [], body } = chance.pick(requests(at, secrets))
  const text =
    body === undefined ? '' : typeof body === 'string' ? body : asJson(chance, body, secrets)
  const fields = [['Host', at.host], ...headers, ...moreFields(chance, secrets)]
  const { framing, payload } = framed(chance, text)
  if (body !== undefined || chance.is(0.1)) fields.push(...framing)
  const head = `${method} ${target} HTTP/1.1\r\n${lines(fields)}\r\n`
  const whole = head + (body === undefined ? '' : payload)
  const repeated = chance.is(0.1) ? whole.repeat(1 + chance.few(20)) : whole
  return chance.is(0.7) ? brokenText(chance, repeated, Object.values(secrets)) : repeated
}

function requests({ host, origin, redirect }, { access, refresh, client, session }) {
  const json = ['Content-Type', 'application/json']
  const form = ['Content-Type', 'application/x-www-form-urlencoded']
  const bearer = ['Authorization', `Bearer ${access}`]
  const call = {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'x', arguments: { q: '1' } },
  }
  const query = `response_type=code&client_id=app&redirect_uri=${encodeURIComponent(redirect)}&state=s1&code_challenge=${'c'.repeat(43)}&code_challenge_method=S256&resource=${encodeURIComponent(`http://${host}/mcp`)}`
  const upgrade = [
    ['Connection', 'Upgrade'],
    ['Upgrade', 'websocket'],
    ['Sec-WebSocket-Version', '13'],
    ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
  ]
  return [
    { method: 'POST', target: '/mcp', headers: [json, bearer], body: call },
    {
      method: 'POST',
      target: '/mcp',
      headers: [json],
      body: {
        ...call,
        method: 'initialize',
        params: { protocolVersion: '2025-11-25', clientInfo: { name: 'c', version: '1' } },
      },
    },
    { method: 'POST', target: '/mcp', headers: [json, bearer], body: [call, { ...call, id: 2 }] },
    {
      method: 'GET',
      target: '/mcp',
      headers: [bearer, ['Accept', 'text/event-stream'], ['Mcp-Session-Id', session]],
    },
    { method: 'GET', target: '/.well-known/oauth-protected-resource/mcp' },
    { method: 'GET', target: '/.well-known/oauth-authorization-server' },
    { method: 'GET', target: '/.well-known/openid-configuration' },
    {
      method: 'POST',
      target: '/register',
      headers: [json],
      body: {
        client_name: 'c',
        redirect_uris: [redirect],
        grant_types: ['authorization_code'],
        token_endpoint_auth_method: 'none',
      },
    },
    { method: 'GET', target: `/authorize?${query}` },
    {
      method: 'POST',
      target: '/token',
      headers: [form],
      body: `grant_type=authorization_code&code=c1&redirect_uri=${encodeURIComponent(redirect)}&client_id=app&code_verifier=${'v'.repeat(43)}`,
    },
    {
      method: 'POST',
      target: '/token',
      headers: [form, ['DPoP', `${access}.x.y`]],
      body: `grant_type=refresh_token&refresh_token=${refresh}&client_id=app&client_secret=${client}`,
    },
    {
      method: 'OPTIONS',
      target: '/mcp',
      headers: [
        ['Origin', 'http://localhost:3000'],
        ['Access-Control-Request-Method', 'POST'],
      ],
    },
    { method: 'GET', target: '/socket', headers: upgrade },
    { method: 'GET', target: `http://${host}/mcp`, headers: [bearer] },
    { method: 'CONNECT', target: 'example.invalid:443' },
    { method: 'DELETE', target: '/mcp', headers: [bearer, ['Mcp-Session-Id', session]] },
    { method: 'HEAD', target: '/mcp?access_token=' + access },
    { method: 'POST', target: '/mcp', headers: [json, ['Expect', '100-continue']], body: call },
    {
      method: 'GET',
      target: `${origin}/callback?code=c1&state=s1&iss=${encodeURIComponent(origin)}`,
    },
  ]
}

export function responseFor(chance, at, secrets) {
  const { status = '200 OK', headers = [], body = '' } = chance.pick(responses(at, secrets))
  const text = typeof body === 'string' ? body : asJson(chance, body, secrets)
  const { coded, coding } = chance.is(0.15) ? encoded(chance, text) : { coded: text, coding: [] }
  const { framing, payload } = framed(chance, coded)
  const early = chance.is(0.05)
    ? `HTTP/1.1 ${chance.pick(['100 Continue', '103 Early Hints', '102 Processing', '199 x'])}\r\nLink: <x>\r\n\r\n`
    : ''
  const fields = [...headers, ...coding, ...framing, ...moreFields(chance, secrets)]
  const whole = `${early}HTTP/1.1 ${status}\r\n${lines(fields)}\r\n${payload}`
  return chance.is(0.7) ? brokenText(chance, whole, Object.values(secrets)) : whole
}

function responses({ origin, redirect }, { access, refresh, client, session }) {
  const json = ['Content-Type', 'application/json']
  const result = { jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text: 'x' }] } }
  const metadata = {
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    registration_endpoint: `${origin}/register`,
    jwks_uri: `${origin}/jwks`,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
  }
  return [
    { headers: [json], body: result },
    {
      headers: [json, ['Mcp-Session-Id', session]],
      body: {
        ...result,
        result: {
          protocolVersion: '2025-11-25',
          capabilities: {},
          serverInfo: { name: 's', version: '1' },
        },
      },
    },
    {
      headers: [['Content-Type', 'text/event-stream']],
      body: `event: message\ndata: ${JSON.stringify(result)}\n\n`.repeat(3),
    },
    {
      headers: [['Content-Type', 'text/event-stream']],
      body: 'event: endpoint\ndata: /messages?x=1\n\n',
    },
    {
      status: '401 Unauthorized',
      headers: [
        [
          'WWW-Authenticate',
          `Bearer error="invalid_token", scope="a b", resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp"`,
        ],
      ],
      body: '{"error":"invalid_token"}',
    },
    {
      status: '403 Forbidden',
      headers: [['WWW-Authenticate', 'Bearer error="insufficient_scope", scope="b"']],
    },
    {
      headers: [json],
      body: { resource: `${origin}/mcp`, authorization_servers: [origin], scopes_supported: ['a'] },
    },
    { headers: [json], body: metadata },
    {
      status: '201 Created',
      headers: [json],
      body: {
        client_id: 'app',
        client_secret: client,
        redirect_uris: [redirect],
        client_id_issued_at: 1,
      },
    },
    {
      headers: [json, ['Cache-Control', 'no-store']],
      body: {
        access_token: access,
        refresh_token: refresh,
        token_type: 'Bearer',
        expires_in: 3600,
        scope: 'a',
      },
    },
    {
      status: '400 Bad Request',
      headers: [json],
      body: { error: 'invalid_grant', error_description: 'no', error_uri: `${origin}/e` },
    },
    {
      status: '302 Found',
      headers: [
        ['Location', `${redirect}?code=c1&state=s1`],
        ['Set-Cookie', `sid=${session}; Path=/; HttpOnly`],
      ],
    },
    {
      status: '500 Oops',
      headers: [['Content-Type', 'text/html']],
      body: '<html><title>Oops</title><body>trace</body></html>',
    },
    { status: '204 No Content' },
    { status: '304 Not Modified', headers: [['ETag', '"x"']] },
    {
      status: '101 Switching Protocols',
      headers: [
        ['Upgrade', 'websocket'],
        ['Connection', 'Upgrade'],
        ['Sec-WebSocket-Accept', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='],
      ],
    },
    { status: '200 OK', headers: [['Content-Type', 'text/plain']], body: 'x'.repeat(100_000) },
    {
      headers: [json, ['Content-Encoding', 'gzip']],
      body: gzipSync(Buffer.alloc(30_000_000, 0x20)).toString('latin1'),
    },
  ]
}

function asJson(chance, value, secrets) {
  return chance.is(0.5)
    ? JSON.stringify(value)
    : brokenJson(chance, value, Object.values(secrets)).slice(0, 300_000)
}

function moreFields(chance, secrets) {
  if (chance.is(0.6)) return []
  return Array.from({ length: 1 + chance.few(6) }, () => chance.pick(extra(chance, secrets)))
}

function extra(chance, { access, session }) {
  return [
    ['Cookie', `a=b; session=${session}; ${'c=d; '.repeat(chance.few(9000))}`],
    ['Set-Cookie', `sid=${session}; Path=/`],
    [`X-${chance.text(5, 'ABcd-_')}`, '\xe9\xff'],
    ['X-Bomb', 'x'.repeat(chance.few(300_000))],
    [
      'Connection',
      chance.pick(['close', 'keep-alive', 'Upgrade', 'Host', 'Content-Length, Authorization']),
    ],
    ['__proto__', access],
    ['Trailer', 'X-Sum'],
    ['TE', 'trailers, gzip'],
    ['Origin', chance.pick(['null', 'http://localhost', 'https://evil.invalid', ''])],
    ['Forwarded', 'for=1.2.3.4;host=evil.invalid'],
    [
      'Content-Type',
      chance.pick(['application/json; charset=\xff', 'multipart/form-data; boundary=x', ';;;', '']),
    ],
  ]
}

function encoded(chance, text) {
  const bytes = Buffer.from(text, 'latin1')
  const [name, code] = chance.pick([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
    ['gzip, br', (one) => brotliCompressSync(gzipSync(one))],
    ['zstd', (one) => one],
    ['x-unknown', (one) => one],
  ])
  return { coded: code(bytes).toString('latin1'), coding: [['Content-Encoding', name]] }
}

/** By length, in chunks, by the end of the connection, or wrong. */
function framed(chance, text) {
  const length = ['Content-Length', String(text.length)]
  switch (chance.below(8)) {
    case 0:
      return { framing: [['Transfer-Encoding', 'chunked']], payload: chunked(chance, text) }
    case 1:
      return { framing: [], payload: text }
    case 2:
      return {
        framing: [['Content-Length', String(text.length + chance.pick([-1, 1, 1000]))]],
        payload: text,
      }
    case 3:
      return { framing: [length, ['Transfer-Encoding', 'chunked']], payload: text }
    default:
      return { framing: [length], payload: text }
  }
}

function chunked(chance, text) {
  const size = 1 + chance.below(Math.max(1, text.length))
  const extension = chance.is(0.3) ? ';name="v\xff"' : ''
  const parts = text.match(new RegExp(`[^]{1,${Math.min(size, 60_000)}}`, 'g')) ?? []
  const trailers = chance.is(0.3) ? 'X-Sum: 1\r\nAuthorization: x\r\n' : ''
  return `${parts.map((part) => `${part.length.toString(16)}${extension}\r\n${part}\r\n`).join('')}0\r\n${trailers}\r\n`
}

function lines(fields) {
  return fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')
}
