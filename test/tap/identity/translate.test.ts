/** What the proxy translates on the way, and what it leaves alone. */
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../../src/core/wire/exchange.ts'
import { json, type Parties, parties, party } from '../parties.ts'
import { type Proxy, proxyFor } from '../wire.ts'

const prm = '/.well-known/oauth-protected-resource/mcp'
const asm = '/.well-known/oauth-authorization-server'

/** Does what a client does first, so that both origins are mapped. */
async function discovered(world: Parties, options: Parameters<typeof proxyFor>[1] = {}) {
  const proxy = await proxyFor(`${world.mcp.origin}/mcp`, options)
  const local = `http://localhost:${proxy.port}`
  const resource = (await (await fetch(local + prm)).json()) as {
    resource: string
    authorization_servers: string[]
  }
  return { proxy, local, resource, as: resource.authorization_servers[0]! }
}

const ended = (path: string) => (exchange: Exchange) =>
  exchange.endedAt !== undefined && new URL(exchange.request.url).pathname === path

async function lastReport({ report }: Proxy, path: string): Promise<Exchange> {
  return report(ended(path))
}

describe('the challenge', () => {
  test('resource_metadata names the local URL, everything else stays as it was written', async () => {
    const lines = (origin: string) => [
      `Basic realm="a \\"b\\", resource_metadata=\\"no\\"", Bearer error="x" ,resource_metadata = "${origin}${prm}?a=%7e",, scope=a`,
      `DPoP algs="ES256", RESOURCE_METADATA=${origin}/x`,
      'Negotiate abc==',
    ]
    const mcp = await party({
      '/mcp': (request, response) => {
        response.writeHead(
          401,
          ['WWW-Authenticate', lines(`http://${request.headers.host}`)].flat() as never,
        )
        response.end()
      },
    })
    const mapped = await party({
      '/mcp': (_request, response) => {
        const raw = lines(mcp.origin).flatMap((line) => ['Www-Authenticate', line])
        response.writeHead(401, raw).end()
      },
    })
    const { port, report } = await proxyFor(`${mapped.origin}/mcp`, { also: [mcp.origin] })
    const response = await fetch(`http://localhost:${port}/mcp`)
    const alsoPort = (await report()).touched
    expect(response.status).toBe(401)
    const upstream = lines(mcp.origin).join(', ')
    const seen = response.headers.get('www-authenticate')!
    const shown = /resource_metadata = "(http:\/\/localhost:\d+)/.exec(seen)![1]!
    expect(seen).toBe(upstream.replaceAll(mcp.origin, shown))
    expect(alsoPort.filter(({ at }) => at.startsWith('response'))).toEqual([
      {
        at: 'response.header.www-authenticate[0]',
        client: lines(shown)[0],
        upstream: lines(mcp.origin)[0],
        why: 'origin mapped',
      },
      {
        at: 'response.header.www-authenticate[1]',
        client: lines(shown)[1],
        upstream: lines(mcp.origin)[1],
        why: 'origin mapped',
      },
    ])
  })

  test('a challenge may name another origin, which is then mapped', async () => {
    const other = await party({ [`GET ${prm}`]: json({ resource: 'x' }) })
    const mcp = await party({
      '/mcp': (_request, response) =>
        response
          .writeHead(401, {
            'WWW-Authenticate': `Bearer resource_metadata="${other.origin}${prm}"`,
          })
          .end(),
    })
    const { tap, port } = await proxyFor(`${mcp.origin}/mcp`)
    const response = await fetch(`http://127.0.0.1:${port}/mcp`)
    const url = /"(.*)"/.exec(response.headers.get('www-authenticate')!)![1]!
    expect(new URL(url).hostname).toBe('127.0.0.1')
    expect(tap.listening.ports[other.origin]).toBe(Number(new URL(url).port))
    expect(await (await fetch(url)).json()).toEqual({ resource: 'x' })
  })

  test('the document may stand at any path', async () => {
    const mcp = await party({
      '/mcp': (request, response) => {
        const url = `http://${request.headers.host}/anywhere?x=1`
        response.writeHead(401, { 'WWW-Authenticate': `Bearer resource_metadata="${url}"` }).end()
      },
      '/anywhere': (request, response) =>
        json({ resource: `http://${request.headers.host}/mcp` })(request, response, ''),
    })
    const { port } = await proxyFor(`${mcp.origin}/mcp`)
    const local = `http://localhost:${port}`
    const challenge = (await fetch(`${local}/mcp`)).headers.get('www-authenticate')!
    const url = /"(.*)"/.exec(challenge)![1]!
    expect(url).toBe(`${local}/anywhere?x=1`)
    expect(await (await fetch(url)).json()).toEqual({ resource: `${local}/mcp` })
  })

  test('an event stream is never taken for a document', async () => {
    const mcp = await party({
      '/mcp': (request, response) => {
        if (request.headers.authorization !== undefined)
          return void response
            .writeHead(200, { 'Content-Type': 'text/event-stream' })
            .write('data: 1\n\n')
        const url = `http://${request.headers.host}/mcp`
        response.writeHead(401, { 'WWW-Authenticate': `Bearer resource_metadata="${url}"` }).end()
      },
    })
    const { port } = await proxyFor(`${mcp.origin}/mcp`)
    await fetch(`http://localhost:${port}/mcp`)
    const stream = await fetch(`http://localhost:${port}/mcp`, { headers: { Authorization: 'x' } })
    const { value } = await stream.body!.getReader().read()
    expect(Buffer.from(value!).toString()).toBe('data: 1\n\n')
  })

  test('a 200 with such a field is left alone', async () => {
    const mcp = await party({
      '/mcp': (request, response) =>
        response
          .writeHead(200, {
            'WWW-Authenticate': `Bearer resource_metadata="http://${request.headers.host}/"`,
          })
          .end(),
    })
    const { port } = await proxyFor(`${mcp.origin}/mcp`)
    const response = await fetch(`http://localhost:${port}/mcp`)
    expect(response.headers.get('www-authenticate')).toContain(mcp.origin)
  })
})

describe('documents', () => {
  test('resource and authorization servers are shown with their local origins', async () => {
    const world = await parties()
    const { proxy, local, resource, as } = await discovered(world)
    expect(resource.resource).toBe(`${local}/mcp`)
    expect(as).toBe(`http://localhost:${proxy.tap.listening.ports[world.as.origin]}`)
    const exchange = await lastReport(proxy, prm)
    expect(Buffer.from(exchange.response!.body.bytes).toString()).toBe(
      JSON.stringify(world.resource),
    )
    expect(exchange.touched).toEqual([
      {
        at: 'request.header.host[0]',
        client: `localhost:${proxy.port}`,
        upstream: new URL(world.mcp.origin).host,
        why: 'origin mapped',
      },
      {
        at: 'response.json/resource',
        client: `${local}/mcp`,
        upstream: `${world.mcp.origin}/mcp`,
        why: 'origin mapped',
      },
      {
        at: 'response.json/authorization_servers/0',
        client: as,
        upstream: world.as.origin,
        why: 'origin mapped',
      },
    ])
  })

  test('the server that the client dials is asked, and its metadata shown the same way', async () => {
    const world = await parties()
    const { as } = await discovered(world)
    Object.assign(world.metadata, {
      issuer: `${world.as.origin}/`,
      jwks_uri: `${world.as.origin}/jwks`,
      scopes_supported: [`${world.as.origin}/scope`],
      mtls_endpoint_aliases: { token_endpoint: `${world.as.origin}/mtls` },
      authorization_response_iss_parameter_supported: true,
    })
    const shown = (await (await fetch(as + asm)).json()) as Record<string, unknown>
    expect(shown).toEqual({
      ...world.metadata,
      issuer: `${as}/`,
      authorization_endpoint: `${as}/authorize`,
      token_endpoint: `${as}/token`,
      registration_endpoint: `${as}/register`,
      jwks_uri: `${as}/jwks`,
    })
  })

  test('a value that is wrong upstream is as wrong for the client', async () => {
    const world = await parties()
    Object.assign(world.resource, { resource: 'https://wrong.example/mcp' })
    Object.assign(world.metadata, { issuer: 'https://wrong.example' })
    const { resource, as } = await discovered(world)
    expect(resource.resource).toBe('https://wrong.example/mcp')
    expect(((await (await fetch(as + asm)).json()) as { issuer: string }).issuer).toBe(
      'https://wrong.example',
    )
  })

  test('an origin that only issuer or resource names is not mapped', async () => {
    const world = await parties()
    Object.assign(world.resource, { resource: 'http://127.0.0.1:1/mcp' })
    const { proxy, resource } = await discovered(world)
    expect(resource.resource).toBe('http://127.0.0.1:1/mcp')
    expect(Object.keys(proxy.tap.listening.ports)).toEqual([world.mcp.origin, world.as.origin])
  })

  test('everything but the URLs keeps its bytes: order, spacing, escapes, repeats', async () => {
    const world = await parties()
    const escaped = world.mcp.origin.replaceAll('/', '\\/')
    const text = (origin: string) =>
      `\ufeff{ "x" : "caf\\u00e9 é \\ud83d\\ude00 😀",\r\n\t"resource":"${origin}\\/mcp\\u002fé","nested":{"resource":"${world.mcp.origin}"}, "resource" : "${origin}" ,"n":1.0e0}\n`
    const mcp = await party({ [`GET ${prm}`]: json(text(escaped)), '/mcp': json({}) })
    const proxy = await proxyFor(`${world.mcp.origin}/mcp`, { also: [mcp.origin] })
    const port = proxy.tap.listening.ports[mcp.origin]
    const bytes = Buffer.from(await (await fetch(`http://localhost:${port}${prm}`)).arrayBuffer())
    const local = `http://localhost:${proxy.port}`
    expect(bytes.toString()).toBe(text(escaped).replaceAll(`"${escaped}`, `"${local}`))
  })

  test.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('%s is decoded, changed and sent as it is', async (coding, compress) => {
    const world = await parties({
      mcp: {
        [`GET ${prm}`]: (_request, response) => {
          const headers = {
            'Content-Encoding': coding,
            ETag: '"1"',
            'Last-Modified': 'x',
            'Content-Digest': 'y',
            'X-Kept': '1',
          }
          response.writeHead(200, { 'Content-Type': 'application/json', ...headers })
          response.end(compress(JSON.stringify(world.resource)))
        },
      },
    })
    const { proxy, local } = await discovered(world)
    const response = await fetch(local + prm)
    expect(((await response.json()) as { resource: string }).resource).toBe(`${local}/mcp`)
    for (const name of ['content-encoding', 'etag', 'last-modified', 'content-digest'])
      expect(response.headers.get(name)).toBeNull()
    expect(response.headers.get('x-kept')).toBe('1')
    const exchange = await lastReport(proxy, prm)
    expect(exchange.response!.headers).toContainEqual(['Content-Encoding', coding])
    expect(exchange.touched.map(({ at }) => at)).toContain('response.header.etag[0]')
  })

  test('a document in which nothing has to change keeps its bytes and its fields', async () => {
    const compressed = gzipSync(JSON.stringify({ resource: 'https://elsewhere.example/mcp' }))
    const world = await parties({
      mcp: {
        [`GET ${prm}`]: (_request, response) =>
          response
            .writeHead(200, {
              'Content-Encoding': 'gzip',
              ETag: '"1"',
              'Content-Length': compressed.length,
            })
            .end(compressed),
      },
    })
    const { port } = await proxyFor(`${world.mcp.origin}/mcp`)
    const response = await fetch(`http://localhost:${port}${prm}`)
    expect(response.headers.get('content-encoding')).toBe('gzip')
    expect(response.headers.get('etag')).toBe('"1"')
    expect(response.headers.get('content-length')).toBe(String(compressed.length))
    expect(await response.json()).toEqual({ resource: 'https://elsewhere.example/mcp' })
  })

  test.each([
    ['not JSON', '<html>'],
    ['JSON with a comment', '{"resource":"ORIGIN/mcp"} // x'],
    ['JSON cut short', '{"resource":"ORIGIN/mcp"'],
    ['no object', '["ORIGIN/mcp"]'],
    ['nested without end', '['.repeat(200_000)],
    ['prototype keys', '{"__proto__":{"resource":"ORIGIN"},"constructor":"ORIGIN"}'],
    ['members of other types', '{"resource":1,"authorization_servers":"ORIGIN","issuer":null}'],
    ['nothing', ''],
  ])('%s passes as it is', async (_, template) => {
    const mcp = await party({
      [`GET ${prm}`]: (request, response) =>
        response.end(template.replaceAll('ORIGIN', `http://${request.headers.host}`)),
    })
    const { port } = await proxyFor(`${mcp.origin}/mcp`)
    const response = await fetch(`http://localhost:${port}${prm}`)
    expect(await response.text()).toBe(template.replaceAll('ORIGIN', mcp.origin))
  })

  test('a document of 2 MB passes as it is', async () => {
    const world = await parties()
    Object.assign(world.resource, { padding: 'x'.repeat(2 * 1024 * 1024) })
    const { port } = await proxyFor(`${world.mcp.origin}/mcp`)
    const text = await (await fetch(`http://localhost:${port}${prm}`)).text()
    expect(text).toBe(JSON.stringify(world.resource))
  })

  test('a coding that cannot be read is not asked for, and one that comes all the same passes', async () => {
    const world = await parties({
      mcp: {
        [`GET ${prm}`]: (_request, response) =>
          response.writeHead(200, { 'Content-Encoding': 'zstd' }).end('(zstd)'),
      },
    })
    const { port, notices, report } = await proxyFor(`${world.mcp.origin}/mcp`)
    const response = await fetch(`http://localhost:${port}${prm}`, {
      headers: { 'Accept-Encoding': 'zstd, gzip', 'If-None-Match': '"1"' },
    })
    expect(response.headers.get('content-encoding')).toBe('zstd')
    expect(world.mcp.headers[0]!['accept-encoding']).toBe('gzip, deflate, br')
    expect(world.mcp.headers[0]!['if-none-match']).toBeUndefined()
    expect(notices.map(({ code }) => code)).toEqual(['document-unreadable'])
    expect((await report()).touched).toContainEqual({
      at: 'request.header.accept-encoding[0]',
      client: 'zstd, gzip',
      upstream: 'gzip, deflate, br',
      why: 'authtap has to read the document',
    })
  })

  test('an error page under a metadata path is left alone', async () => {
    const world = await parties({
      mcp: {
        [`GET ${prm}`]: (request, response) =>
          json({ resource: `http://${request.headers.host}` }, 404)(request, response, ''),
      },
    })
    const { port } = await proxyFor(`${world.mcp.origin}/mcp`)
    const body = (await (await fetch(`http://localhost:${port}${prm}`)).json()) as {
      resource: string
    }
    expect(body.resource).toBe(world.mcp.origin)
  })

  test('what hints at something that cannot pass is told once', async () => {
    const world = await parties()
    const { proxy, as } = await discovered(world)
    Object.assign(world.metadata, {
      signed_metadata: 'x.y.z',
      dpop_signing_alg_values_supported: ['ES256'],
      tls_client_certificate_bound_access_tokens: true,
    })
    for (let n = 0; n < 2; n++) await (await fetch(as + asm)).arrayBuffer()
    expect(proxy.notices.map(({ code }) => code)).toEqual([
      'signed-metadata',
      'dpop-cannot-pass',
      'mtls-cannot-pass',
    ])
  })
})

describe('which origins are mapped', () => {
  test('plain http on another machine is left for the client to judge', async () => {
    const world = await parties()
    Object.assign(world.resource, { authorization_servers: ['http://as.example', world.as.origin] })
    const { proxy, resource } = await discovered(world)
    expect(resource.authorization_servers[0]).toBe('http://as.example')
    expect(proxy.notices.map(({ code }) => code)).toEqual(['plain-http-origin'])
  })

  test('an upstream that names one of our listeners is shown as naming nobody', async () => {
    const world = await parties()
    const proxy = await proxyFor(`${world.mcp.origin}/mcp`)
    const local = `http://localhost:${proxy.port}`
    Object.assign(world.resource, {
      resource: `${local}/mcp`,
      authorization_servers: [`http://127.0.0.1:${proxy.tap.listening.relayPort}`],
    })
    const shown = (await (await fetch(local + prm)).json()) as {
      resource: string
      authorization_servers: string[]
    }
    expect(shown.resource).toBe(`http://localhost-${proxy.port}.this-proxy.invalid/mcp`)
    expect(shown.authorization_servers).toEqual([
      `http://127-0-0-1-${proxy.tap.listening.relayPort}.this-proxy.invalid`,
    ])
  })

  test('metadata of an endpoint origin maps nothing further', async () => {
    const third = await party({})
    const endpoint = await party({
      [`GET ${asm}`]: json({ issuer: 'x', token_endpoint: `${third.origin}/token` }),
    })
    const world = await parties()
    const { proxy, as } = await discovered(world)
    Object.assign(world.metadata, { jwks_uri: `${endpoint.origin}/jwks` })
    await (await fetch(as + asm)).arrayBuffer()
    const port = proxy.tap.listening.ports[endpoint.origin]
    const shown = (await (await fetch(`http://localhost:${port}${asm}`)).json()) as {
      token_endpoint: string
    }
    expect(shown.token_endpoint).toBe(`${third.origin}/token`)
    expect(proxy.tap.listening.ports[third.origin]).toBeUndefined()
  })

  test('a document that names ten thousand servers does not open ten thousand ports', async () => {
    const world = await parties()
    const many = Array.from({ length: 10_000 }, (_, n) => `http://127.0.0.1:${20_000 + n}`)
    Object.assign(world.resource, { authorization_servers: many })
    const { proxy } = await discovered(world)
    expect(Object.keys(proxy.tap.listening.ports).length).toBeLessThan(100)
    expect(proxy.notices.map(({ code }) => code)).toContain('too-many-origins')
  })
})

describe('fields', () => {
  test('Location, Content-Location and Link are translated where the origin is mapped', async () => {
    const mcp = await party({
      '/mcp': (request, response) => {
        const origin = `http://${request.headers.host}`
        response.writeHead(307, {
          Location: `${origin}/mcp/?x#y`,
          'Content-Location': '/relative',
          Link: `<${origin}/a>; rel="next"; title="<${'x'}>", <https://other.example/>; rel=x`,
        })
        response.end()
      },
    })
    const { port } = await proxyFor(`${mcp.origin}/mcp`)
    const local = `http://localhost:${port}`
    const response = await fetch(`${local}/mcp`, { redirect: 'manual' })
    expect(response.headers.get('location')).toBe(`${local}/mcp/?x#y`)
    expect(response.headers.get('content-location')).toBe('/relative')
    expect(response.headers.get('link')).toBe(
      `<${local}/a>; rel="next"; title="<x>", <https://other.example/>; rel=x`,
    )
  })

  test('a redirect to an origin that is not mapped stays and is told', async () => {
    const mcp = await party({
      '/mcp': (_request, response) =>
        response.writeHead(302, { Location: 'https://elsewhere.example/x' }).end(),
    })
    const { port, notices } = await proxyFor(`${mcp.origin}/mcp`)
    const response = await fetch(`http://localhost:${port}/mcp`, { redirect: 'manual' })
    expect(response.headers.get('location')).toBe('https://elsewhere.example/x')
    expect(notices.map(({ code }) => code)).toEqual(['redirect-leaves'])
  })

  test('a redirect to the same host over https asks for the final URL', async () => {
    const mcp = await party({
      '/mcp': (request, response) =>
        response.writeHead(301, { Location: `https://${request.headers.host}/mcp` }).end(),
    })
    const { port, notices } = await proxyFor(`${mcp.origin}/mcp`)
    await fetch(`http://localhost:${port}/mcp`, { redirect: 'manual' })
    expect(notices.map(({ code }) => code)).toEqual(['target-redirects-to-https'])
  })

  test('cookies are kept apart for each upstream and lose what a loopback host cannot hold', async () => {
    const world = await parties({
      mcp: {
        '/login': (_request, response) => {
          const cookies = [
            'sid=1; Path=/; Domain=example.com; Secure; HttpOnly; SameSite=None',
            '__Host-a=2;secure;path=/',
            'b=3; SameSite=Lax',
            'bare',
          ]
          response.writeHead(200, { 'Set-Cookie': cookies }).end()
        },
      },
      as: { '/any': json({}) },
    })
    const { local, as } = await discovered(world)
    const response = await fetch(`${local}/login`)
    const set = response.headers.getSetCookie()
    const prefix = /^authtap-[0-9a-f]{8}-/.exec(set[0]!)![0]
    expect(set).toEqual([
      `${prefix}sid=1; Path=/; HttpOnly`,
      `${prefix}__Host-a=2;path=/`,
      `${prefix}b=3; SameSite=Lax`,
      `${prefix}=bare`,
    ])
    const jar = `${set.map((cookie) => cookie.split(';', 1)[0]).join('; ')}; other=app`
    const browser = { 'Sec-Fetch-Site': 'none', Cookie: jar }
    await fetch(`${local}/login`, { headers: browser })
    await fetch(`${as}/any`, { headers: browser })
    await fetch(`${as}/any`, { headers: { Cookie: jar } })
    await fetch(`${as}/any`, { headers: { Cookie: 'static=kept;  as=is' } })
    expect(world.mcp.headers.at(-1)!.cookie).toBe('sid=1; __Host-a=2; b=3; bare')
    expect(world.as.headers.at(-3)!.cookie).toBeUndefined()
    expect(world.as.headers.at(-2)!.cookie).toBe('other=app')
    expect(world.as.headers.at(-1)!.cookie).toBe('static=kept;  as=is')
  })

  test('what would bind the local host to TLS is removed and recorded', async () => {
    const mcp = await party({
      '/mcp': (_request, response) =>
        response
          .writeHead(200, {
            'Strict-Transport-Security': 'max-age=1',
            'Alt-Svc': 'h3=":443"',
            'X-Kept': '1',
          })
          .end(),
    })
    const { port, report } = await proxyFor(`${mcp.origin}/mcp`)
    const response = await fetch(`http://localhost:${port}/mcp`)
    expect(response.headers.get('strict-transport-security')).toBeNull()
    expect(response.headers.get('alt-svc')).toBeNull()
    expect(response.headers.get('x-kept')).toBe('1')
    const exchange = await report()
    expect(exchange.response!.headers).toContainEqual(['Strict-Transport-Security', 'max-age=1'])
    expect(exchange.touched.map(({ at }) => at)).toContain('response.header.alt-svc[0]')
  })

  test('Origin and Referer are translated when they are ours, and pass otherwise', async () => {
    const mcp = await party({ '/mcp': json({}) })
    const { port } = await proxyFor(`${mcp.origin}/mcp`, { allowOrigin: ['https://app.example'] })
    const local = `http://localhost:${port}`
    await fetch(`${local}/mcp`, { headers: { Origin: local, Referer: `${local}/page?x` } })
    await fetch(`${local}/mcp`, {
      headers: { Origin: 'https://app.example', Referer: 'https://app.example/' },
    })
    expect(mcp.headers[0]).toMatchObject({ origin: mcp.origin, referer: `${mcp.origin}/page?x` })
    expect(mcp.headers[1]).toMatchObject({
      origin: 'https://app.example',
      referer: 'https://app.example/',
    })
  })
})

describe('the legacy event stream', () => {
  const stream = (events: string[]) =>
    party({
      'GET /sse': (_request, response) => {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' })
        for (const event of events) response.write(event)
        response.end()
      },
    })

  test('the endpoint event names the local URL, and nothing after it is touched', async () => {
    const pieces: string[] = []
    const mcp = await stream(pieces)
    pieces.push(
      ': hi\n\n',
      'event: endp',
      `oint\r\ndata: ${mcp.origin}/messages?id=1\r`,
      '\n\r\n',
      `data: ${mcp.origin}/x\n\n`,
    )
    const { port, report } = await proxyFor(`${mcp.origin}/sse`)
    const text = await (await fetch(`http://localhost:${port}/sse`)).text()
    expect(text).toBe(
      `: hi\n\nevent: endpoint\r\ndata: http://localhost:${port}/messages?id=1\r\n\r\ndata: ${mcp.origin}/x\n\n`,
    )
    const exchange = await report()
    expect(Buffer.from(exchange.response!.body.bytes).toString()).toBe(pieces.join(''))
    expect(exchange.touched.at(-1)).toMatchObject({
      at: 'response.body',
      upstream: `${mcp.origin}/messages?id=1`,
    })
  })

  test.each([
    ['a relative endpoint', 'event: endpoint\ndata: /messages\n\n'],
    ['another first event', 'event: message\ndata: {}\n\n'],
    ['an event without end', 'event: endpoint\ndata: x'],
    ['a long line', `data: ${'x'.repeat(20_000)}`],
  ])('%s passes as it is', async (_, event) => {
    const mcp = await stream([event])
    const { port } = await proxyFor(`${mcp.origin}/sse`)
    expect(await (await fetch(`http://localhost:${port}/sse`)).text()).toBe(event)
  })
})
