import { createServer, type RequestListener } from 'node:http'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startBetterAuthServer } from '../../more-peers/better-auth-server.ts'
import { placements, startSdkServer } from '../../more-peers/sdk-server.ts'
import { startWorkersServer } from '../../more-peers/workers-server.ts'
import { listen } from '../../peers/listener.ts'
import { type Cast, startServers } from '../../peers/play.ts'
import { Asker, probeRecorder } from '../../../src/tap/probe/asker.ts'
import { checked, faultsOf } from './checked.ts'

const requestLimit = 30

async function cast(given: Cast = {}) {
  const servers = await startServers(given)
  onTestFinished(servers.stop)
  return servers
}

async function serving(handler: (origin: string) => RequestListener) {
  const listener = await listen(handler)
  onTestFinished(listener.stop)
  return listener
}

const challenge = 'Bearer error="invalid_token", resource_metadata='

describe('a healthy server', () => {
  test('of SDK v1 with oidc-provider: nothing is found, nothing changed there, and little is asked', async () => {
    const { mcp, as } = await cast()
    const { report, looks } = await checked(mcp.url)
    expect(report.findings).toEqual([])
    expect(report.verdict).toBe('incomplete')
    expect(report.flows.map(({ outcome, check }) => ({ outcome, check }))).toEqual([
      { outcome: 'looked', check: true },
    ])
    expect(mcp.seen.length + as.seen.length).toBeLessThanOrEqual(requestLimit)
    expect(as.seen.filter(({ method }) => method === 'POST')).toEqual([])
    expect(as.failures).toEqual([])
    expect(looks.filter(({ mark }) => mark === 'bad')).toEqual([])
  })

  test('every request says who asks', async () => {
    const { mcp, as } = await cast()
    await checked(mcp.url)
    const agents = [...mcp.seen, ...as.seen].map(
      ({ headers }) => headers.find(([name]) => name === 'User-Agent')?.[1],
    )
    // The MCP server itself fetches the keys, with jose.
    const ours = agents.filter((agent) => agent?.startsWith('jose/') !== true)
    expect(new Set(ours)).toEqual(new Set(['authtap/test (check)']))
  })

  test('what is a matter of the login is blind, not passed', async () => {
    const { mcp } = await cast()
    const { report } = await checked(mcp.url)
    const blind = new Set(report.blind.map(({ leg }) => leg))
    expect(blind).toContain('the token request')
    expect(blind).toContain('the authorization request')
    expect(report.checklist.find(({ item }) => item === 'A-1')?.status).toBe('blind')
  })

  test.each(placements.slice(0, 4))('of the SDK %s', async (placement) => {
    const peer = await startSdkServer(placement)
    onTestFinished(() => peer.stop())
    const { report, exchanges } = await checked(peer.url)
    expect(faultsOf(report)).toEqual([])
    expect(report.verdict).toBe('incomplete')
    expect(exchanges.length).toBeLessThanOrEqual(requestLimit)
  })

  test('of better-auth: it does not say invalid_token, and nothing else is wrong', async () => {
    const peer = await startBetterAuthServer()
    onTestFinished(() => peer.stop())
    const { report } = await checked(peer.url)
    expect(faultsOf(report)).toEqual(['trial/bad-token-not-refused, resource-server'])
    expect(report.verdict).toBe('incomplete')
  })

  test('of workers-oauth-provider: its page of consent breaks on a client that is not known', async () => {
    const peer = await startWorkersServer()
    onTestFinished(() => peer.stop())
    const { report, looks } = await checked(peer.url)
    expect(faultsOf(report)).toEqual(['trial/wrong-request-breaks, authorization-server'])
    expect(
      looks.filter(({ part, mark }) => part === 'Web pages (CORS)' && mark === 'well'),
    ).toHaveLength(5)
  })

  test('that lets everybody in: nothing asks for a token', async () => {
    const { url } = await openServer()
    const { report } = await checked(url)
    expect(report.findings.map(({ rule }) => rule)).toEqual(['flow/no-oauth-seen'])
    expect(report.verdict).toBe('incomplete')
  })
})

test('a server that speaks only the stateless revision is spoken to so, and initialize is not held against it', async () => {
  const { origin } = await serving(() => (request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      if (request.url !== '/mcp' || request.method !== 'POST')
        return void response.writeHead(request.url === '/mcp' ? 405 : 404).end()
      const { id, method } = JSON.parse(body) as { id: number; method: string }
      const isKnown = request.headers['mcp-protocol-version'] === '2026-07-28'
      const error = { code: -32020, message: 'Missing MCP-Protocol-Version header' }
      const result = method === 'tools/list' ? { tools: [] } : { supportedVersions: ['2026-07-28'] }
      response
        .writeHead(isKnown ? 200 : 400, { 'Content-Type': 'application/json' })
        .end(JSON.stringify({ jsonrpc: '2.0', id, ...(isKnown ? { result } : { error }) }))
    })
  })
  const { report, looks, exchanges } = await checked(`${origin}/mcp`)
  expect(report.findings.map(({ rule }) => rule)).toEqual(['flow/no-oauth-seen'])
  expect(looks.map(({ text }) => text)).toContain(
    'server/discover (2026-07-28): 200 answered as MCP',
  )
  expect(exchanges.find(({ id }) => id === '1')?.trial).toEqual({ sort: 'other-revision', of: '2' })
})

test('where no MCP answers, nobody is told that an authorization server is missing', async () => {
  const { origin } = await serving(() => (request, response) => {
    const isPage = request.url === '/mcp'
    response.writeHead(isPage ? 200 : 404, { 'Content-Type': 'text/html' }).end('<h1>Welcome</h1>')
  })
  const { report } = await checked(`${origin}/mcp`)
  expect(faultsOf(report)).toEqual(['flow/step-failed, undetermined'])
})

async function openServer() {
  const listener = await serving(() => (request, response) => {
    if (request.url !== '/mcp' || request.method !== 'POST')
      return void response.writeHead(request.url === '/mcp' ? 405 : 404).end()
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      const { id, method } = JSON.parse(body) as { id?: number; method: string }
      if (id === undefined) return void response.writeHead(202).end()
      const result =
        method === 'initialize'
          ? {
              protocolVersion: '2025-11-25',
              capabilities: {},
              serverInfo: { name: 'open', version: '1' },
            }
          : { tools: [] }
      // A stream that stays open, as servers may keep it.
      response.writeHead(200, { 'Content-Type': 'text/event-stream' })
      response.write(`event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', id, result })}\n\n`)
    })
  })
  return { ...listener, url: `${listener.origin}/mcp` }
}

/** The peer asks for every answer below /.well-known/, be it a 404 without a document. */
function without(document: Record<string, unknown> | undefined, name: string) {
  return Object.fromEntries(Object.entries(document ?? {}).filter(([member]) => member !== name))
}

describe('a broken server: the first broken step, and who has to act', () => {
  const cases: readonly [string, Cast, string, string, string][] = [
    [
      'its metadata describes another host',
      {
        server: { metadata: (proper) => ({ ...proper, resource: 'https://mcp.example.com/mcp' }) },
      },
      'discovery/prm-resource-mismatch',
      'resource-metadata',
      'resource-server',
    ],
    [
      'it has no metadata',
      {
        server: { metadata: () => undefined, challenge: ({ scope }) => `Bearer scope="${scope}"` },
      },
      'discovery/prm-missing',
      'resource-metadata',
      'resource-server',
    ],
    [
      'the issuer is another',
      { authorizationServer: { issuerInMetadata: 'https://login.example.com' } },
      'discovery/asm-issuer-mismatch',
      'server-metadata',
      'authorization-server',
    ],
    [
      'PKCE is not advertised',
      {
        authorizationServer: {
          metadata: (proper) => without(proper, 'code_challenge_methods_supported'),
        },
      },
      'pkce/support-not-advertised',
      'server-metadata',
      'authorization-server',
    ],
    [
      'the challenge cannot be read, and nothing else leads to the metadata',
      {
        server: {
          challenge: ({ field }) =>
            Buffer.from(field.replaceAll(/"([^"]*)"/g, '\u201c$1\u201d')).toString('latin1'),
          metadataPath: '/about/protected-resource',
        },
      },
      'challenge/unparseable',
      'challenge',
      'resource-server',
    ],
    [
      'nothing listens at the token endpoint',
      {
        authorizationServer: {
          metadata: (proper) => ({ ...proper, token_endpoint: 'http://127.0.0.1:1/token' }),
        },
      },
      'discovery/endpoint-unreachable',
      'preflight',
      'authorization-server',
    ],
    [
      'the token endpoint is not named',
      { authorizationServer: { metadata: (proper) => without(proper, 'token_endpoint') } },
      'discovery/asm-required-field-missing',
      'server-metadata',
      'authorization-server',
    ],
  ]

  test.each(cases)('%s', async (_what, given, rule, step, fault) => {
    const { mcp } = await cast(given)
    const { report } = await checked(mcp.url)
    expect(report.verdict).toBe('fail')
    const { firstBroken, findings } = report
    expect(findings.find(({ id }) => id === firstBroken?.finding)?.rule).toBe(rule)
    expect(firstBroken).toMatchObject({ step, fault })
  })

  test('a challenge without WWW-Authenticate is a warning, because the metadata is where it belongs', async () => {
    const { mcp } = await cast({ server: { challenge: () => undefined } })
    const { report } = await checked(mcp.url)
    expect(faultsOf(report)).toEqual(['challenge/www-authenticate-missing, resource-server'])
  })

  test('nobody listens', async () => {
    const listener = await listen(() => (_request, response) => response.end())
    await listener.stop()
    const { report, exchanges } = await checked(`${listener.origin}/mcp`)
    expect(report.firstBroken).toMatchObject({ step: 'mcp' })
    expect(report.findings.map(({ rule }) => rule)).toContain('discovery/endpoint-unreachable')
    expect(exchanges).toHaveLength(1)
  })

  test('TLS to a port that speaks plain http', async () => {
    const { origin } = await serving(() => (_request, response) => response.end())
    const { report } = await checked(`${origin.replace('http:', 'https:')}/mcp`)
    expect(report.findings[0]).toMatchObject({
      rule: 'discovery/endpoint-unreachable',
      variant: 'tls-to-plain-port',
    })
  })

  test.each([500, 403])('a bad token gets %d', async (status) => {
    const { origin } = await guarded(status)
    const { report } = await checked(`${origin}/mcp`)
    expect(
      report.findings.find(({ rule }) => rule === 'trial/bad-token-not-refused'),
    ).toMatchObject({ severity: 'error', fault: 'resource-server' })
    expect(report.findings.filter(({ fault }) => fault === 'client')).toEqual([])
  })

  test('any token is taken', async () => {
    const { origin } = await guarded(200)
    const { report } = await checked(`${origin}/mcp`)
    expect(report.findings.find(({ rule }) => rule.startsWith('trial/'))).toMatchObject({
      variant: 'accepted',
      severity: 'error',
    })
  })
})

/** A server that answers like this when there is a token, and asks for one when there is none. */
async function guarded(status: number) {
  return serving((origin) => (request, response) => {
    const json = { 'Content-Type': 'application/json' }
    const metadata = `${origin}/.well-known/oauth-protected-resource/mcp`
    if (request.url === '/.well-known/oauth-protected-resource/mcp')
      return void response
        .writeHead(200, json)
        .end(JSON.stringify({ resource: `${origin}/mcp`, authorization_servers: [origin] }))
    if (request.url === '/.well-known/oauth-authorization-server')
      return void response.writeHead(200, json).end(
        JSON.stringify({
          issuer: origin,
          authorization_endpoint: `${origin}/authorize`,
          token_endpoint: `${origin}/token`,
          registration_endpoint: `${origin}/register`,
          response_types_supported: ['code'],
          code_challenge_methods_supported: ['S256'],
          token_endpoint_auth_methods_supported: ['none'],
        }),
      )
    if (request.url?.startsWith('/mcp') !== true) return void response.writeHead(404).end()
    if (request.headers.authorization === undefined)
      return void response.writeHead(401, { 'WWW-Authenticate': `${challenge}"${metadata}"` }).end()
    const result = { protocolVersion: '2025-11-25', capabilities: {} }
    response
      .writeHead(status, json)
      .end(status === 200 ? JSON.stringify({ jsonrpc: '2.0', id: 1, result }) : '{}')
  })
}

test('an answer that never comes is not waited for without end', async () => {
  const server = createServer(() => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as { port: number }
  const { exchanges } = await checked(`http://127.0.0.1:${port}/mcp`, { patience: 50 })
  expect(exchanges.map(({ failure }) => failure?.code)).toEqual(['ETIMEDOUT'])
})

test('what a public server may name, and what lies inside a network and is not asked', () => {
  const asker = new Asker({
    target: 'https://mcp.example/mcp',
    agent: 'test',
    requests: 1,
    patience: 1000,
    recorder: probeRecorder(),
    connection: 'c',
    emit: () => {},
  })
  expect(asker.refuses('https://as.example/x')).toBeUndefined()
  expect(asker.refuses('http://169.254.169.254/latest')).toBe('inside')
  expect(asker.refuses('http://127.0.0.1:9000/')).toBe('inside')
})
