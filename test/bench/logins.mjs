/** Judges many logins of one session, one after the other, and prints what they cost: `logins.mjs CLI LOGINS`. */
import { createHash } from 'node:crypto'
import { URLSearchParams, pathToFileURL } from 'node:url'

const [, , cli, count] = process.argv
const load = (path) => import(new URL(path, pathToFileURL(cli)))
const { Session } = await load('core/session.js')
const { parseTranscript } = await load('core/transcript/transcript.js')
const { rules } = await (await load('rules.js')).loadRules([])

const issuer = 'https://as.example'
const endpoint = 'https://mcp.example/mcp'
const callback = 'http://127.0.0.1:41234/callback'
const metadata = 'https://mcp.example/.well-known/oauth-protected-resource/mcp'
const second = 1767268800
const json = (value) => JSON.stringify(value)
const random = (name, n) => createHash('sha256').update(`${name} ${n}`).digest('base64url')
const initialize = json({
  ...{ jsonrpc: '2.0', id: 1, method: 'initialize' },
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'client', version: '1' },
  },
})

const ok = (value) =>
  `< HTTP/1.1 200 OK\n< content-type: application/json\n< cache-control: no-store\n\n${json(value)}\n`
const get = (url, value) => `> GET ${url}\n\n${ok(value)}`
const form = (values) => new URLSearchParams(values).toString()

function call(fields, body, answer) {
  return `> POST ${endpoint}\n> content-type: application/json\n> accept: application/json, text/event-stream\n${fields}\n${body}\n\n${answer}\n`
}

function login(n) {
  const [verifier, state, code] = ['verifier', 'state', 'code'].map((name) => random(name, n))
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const client = `client-${n}`
  const [issued, expires] = [second + n * 60, second + n * 60 + 3600]
  const claims = { iss: issuer, sub: 'user', aud: endpoint, client_id: client, jti: `${n}` }
  const token = `\${jwt ${json({ ...claims, scope: 'mcp:tools', iat: issued, exp: expires })}}`
  const bearer = `> authorization: Bearer ${token}\n> mcp-protocol-version: 2025-11-25\n`
  const redirect = { redirect_uris: [callback], token_endpoint_auth_method: 'none' }
  const asked = { client_id: client, redirect_uri: callback, resource: endpoint }
  return [
    call(
      '',
      initialize,
      `< HTTP/1.1 401 Unauthorized\n< www-authenticate: Bearer resource_metadata="${metadata}"\n`,
    ),
    get(metadata, { resource: endpoint, authorization_servers: [issuer] }),
    get(`${issuer}/.well-known/oauth-authorization-server`, {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      registration_endpoint: `${issuer}/register`,
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['none'],
    }),
    `> POST ${issuer}/register\n> content-type: application/json\n\n${json({ ...redirect, client_name: 'client' })}\n\n< HTTP/1.1 201 Created\n< content-type: application/json\n\n${json({ ...redirect, client_id: client })}\n`,
    `# handed-over\n> GET ${issuer}/authorize?${form({ ...asked, response_type: 'code', state, code_challenge: challenge, code_challenge_method: 'S256', scope: 'mcp:tools' })}\n`,
    `# handed-over\n> GET ${callback}?${form({ code, state })}\n`,
    `> POST ${issuer}/token\n> content-type: application/x-www-form-urlencoded\n\n${form({ ...asked, grant_type: 'authorization_code', code, code_verifier: verifier })}\n\n${ok({}).replace('{}', `{"access_token":"${token}","token_type":"Bearer","expires_in":3600,"refresh_token":"\${secret rt_ ${n}}"}`)}`,
    call(
      bearer,
      initialize,
      ok({
        jsonrpc: '2.0',
        id: 1,
        result: {
          protocolVersion: '2025-11-25',
          capabilities: {},
          serverInfo: { name: 'server', version: '1' },
        },
      }),
    ),
    call(
      bearer,
      json({ jsonrpc: '2.0', id: 2, method: 'tools/list' }),
      ok({ jsonrpc: '2.0', id: 2, result: { tools: [] } }),
    ),
  ].join('\n')
}

const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })

/** Unlike the clock, it does not count what others on the machine do. */
function processorMs() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Logins from one to another, a minute each. Milliseconds of processor time that one took. */
function play(from, to) {
  let took = 0
  for (let n = from; n < to; n += 1) {
    const exchanges = parseTranscript(login(n))
    const began = processorMs()
    exchanges.forEach((exchange, index) => {
      const startedAt = (second + n * 60) * 1000 + index * 100
      const own = { id: `${n}.${index}`, connection: String(n), startedAt, endedAt: startedAt + 5 }
      session.ingest({ ...exchange, ...own })
      session.judge()
    })
    session.advance((second + n * 60 + 50) * 1000)
    took += processorMs() - began
  }
  return took / (to - from)
}

function heap() {
  globalThis.gc()
  return process.memoryUsage().heapUsed
}

const logins = Number(count)
play(0, 75)
const early = play(75, 125)
play(125, logins / 2)
const half = heap()
play(logins / 2, logins - 50)
const late = play(logins - 50, logins)
const kilobytes = (heap() - half) / 1024 / (logins / 2)
const { verdict, findings } = session.report()
if (verdict !== 'pass')
  throw new Error(`the logins are judged ${verdict}: ${findings[0]?.rule} ${findings[0]?.message}`)
process.stdout.write(json({ early, late, kilobytes }))
