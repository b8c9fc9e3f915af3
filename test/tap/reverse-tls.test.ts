import { once } from 'node:events'
import { createServer as createHttpsServer } from 'node:https'
import { createServer, connect, type AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { authority, issue } from './certificate.ts'
import { proxyFor } from './wire.ts'

const ca = authority('test authority')
const server = issue(ca, 'server')

afterEach(() => vi.unstubAllEnvs())

async function secureServer(options: object = {}): Promise<{ origin: string; port: number }> {
  const https = createHttpsServer({ ...server, ...options }, (request, response) => {
    const peer = (request.socket as TLSSocket).getPeerCertificate()
    response.end(`hello ${peer.subject?.CN ?? 'nobody'} ${request.headers.host}`)
  })
  https.listen(0, '127.0.0.1')
  await once(https, 'listening')
  onTestFinished(() => {
    https.closeAllConnections()
    https.close()
  })
  const { port } = https.address() as AddressInfo
  return { origin: `https://localhost:${port}`, port }
}

describe('an upstream behind TLS', () => {
  test('is reached with a CA of its own, and its handshake is timed', async () => {
    const { origin, port: upstreamPort } = await secureServer()
    const { port, report } = await proxyFor(origin, { ca: ca.cert })
    const response = await fetch(`http://localhost:${port}/mcp`)
    expect(await response.text()).toBe(`hello nobody localhost:${upstreamPort}`)
    const exchange = await report()
    expect(exchange.timings!.tls).toBeGreaterThan(0)
    expect(exchange.request.url).toBe(`${origin}/mcp`)
  })

  test('whose certificate is not trusted is a failure of TLS', async () => {
    const { origin } = await secureServer()
    const { port, report } = await proxyFor(origin)
    await expect(fetch(`http://localhost:${port}/mcp`)).rejects.toThrow()
    expect((await report()).failure).toMatchObject({
      phase: 'tls',
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    })
  })

  test('whose certificate is for another name is a failure of TLS', async () => {
    const { port: upstreamPort } = await secureServer()
    const { port, report } = await proxyFor(`https://[::ffff:127.0.0.1]:${upstreamPort}`, {
      ca: ca.cert,
    })
    await expect(fetch(`http://localhost:${port}/mcp`)).rejects.toThrow()
    expect((await report()).failure).toMatchObject({
      phase: 'tls',
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    })
  })

  test('is reached whatever its certificate when that is asked for', async () => {
    const { origin } = await secureServer()
    const { port } = await proxyFor(origin, { insecure: true })
    expect((await fetch(`http://localhost:${port}/mcp`)).status).toBe(200)
  })

  test('gets the client certificate', async () => {
    const { origin } = await secureServer({
      requestCert: true,
      ca: ca.cert,
      rejectUnauthorized: true,
    })
    const client = issue(ca, 'the client')
    const { port } = await proxyFor(origin, { ca: ca.cert, cert: client.cert, key: client.key })
    expect(await (await fetch(`http://localhost:${port}/mcp`)).text()).toMatch(/^hello the client /)
    const without = await proxyFor(origin, { ca: ca.cert })
    await expect(fetch(`http://localhost:${without.port}/mcp`)).rejects.toThrow()
    expect((await without.report()).failure?.message).toMatch(
      /client certificate \(--cert and --key/,
    )
  })

  test('certificates that cannot be read are an error of the user', async () => {
    await expect(
      proxyFor('https://example.com', { ca: 'nonsense', cert: 'nonsense', key: 'x' }),
    ).rejects.toMatchObject({
      name: 'UserError',
      code: 'ETLSOPTIONS',
    })
  })
})

/** A proxy that tunnels to 127.0.0.1 whatever name it is given, and remembers what it was asked. */
async function forwardProxy(
  answer = 'HTTP/1.1 200 OK\r\n\r\n',
): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = []
  const proxy = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (chunk) => {
      const head = chunk.toString('latin1')
      asked.push(head)
      const port = Number(/^CONNECT \S+:(\d+)/.exec(head)?.[1] ?? 0)
      if (port === 0) return void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy')
      if (!answer.includes(' 200 ')) return void socket.end(answer)
      const upstream = connect(port, '127.0.0.1', () => {
        socket.write(answer)
        upstream.pipe(socket).pipe(upstream)
      })
      upstream.on('error', () => socket.destroy())
    })
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  onTestFinished(() => void proxy.close())
  return { url: `http://user:p%40ss@127.0.0.1:${(proxy.address() as AddressInfo).port}`, asked }
}

describe('a proxy that the environment names', () => {
  test('carries https through a tunnel', async () => {
    const { port: upstreamPort } = await secureServer()
    const { url, asked } = await forwardProxy()
    vi.stubEnv('HTTPS_PROXY', url)
    const { port } = await proxyFor(`https://mcp.example:${upstreamPort}`, { insecure: true })
    const response = await fetch(`http://localhost:${port}/mcp`, { headers: { 'X-Twice': 'a' } })
    expect(await response.text()).toBe(`hello nobody mcp.example:${upstreamPort}`)
    expect(asked[0]).toMatch(new RegExp(`^CONNECT mcp\\.example:${upstreamPort} HTTP/1\\.1\r\n`))
    expect(asked[0]).toMatch(
      new RegExp(
        `^proxy-authorization: Basic ${Buffer.from('user:p@ss').toString('base64')}\r$`,
        'im',
      ),
    )
  })

  test('gets plain http in absolute form', async () => {
    const { url, asked } = await forwardProxy()
    vi.stubEnv('HTTP_PROXY', url)
    const { port } = await proxyFor('http://mcp.example/')
    expect(await (await fetch(`http://localhost:${port}//a?b`)).text()).toBe('proxy')
    expect(asked[0]).toMatch(
      /^GET http:\/\/mcp\.example\/\/a\?b HTTP\/1\.1\r\nhost: mcp\.example\r\n/,
    )
  })

  test('is not used for what NO_PROXY lists, nor for this machine', async () => {
    const { origin } = await secureServer()
    const { url, asked } = await forwardProxy()
    vi.stubEnv('HTTPS_PROXY', url)
    const { port } = await proxyFor(origin, { ca: ca.cert })
    expect((await fetch(`http://localhost:${port}/mcp`)).status).toBe(200)
    vi.stubEnv('NO_PROXY', 'other.example, .invalid')
    const exempt = await proxyFor('https://mcp.invalid')
    await expect(fetch(`http://localhost:${exempt.port}/mcp`)).rejects.toThrow()
    expect((await exempt.report()).failure!.phase).toBe('dns')
    expect(asked).toEqual([])
  })

  test('that refuses is named in the failure', async () => {
    const { url } = await forwardProxy('HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n')
    vi.stubEnv('HTTPS_PROXY', url)
    const { port, report } = await proxyFor('https://mcp.example')
    await expect(fetch(`http://localhost:${port}/mcp`)).rejects.toThrow()
    const { failure } = await report()
    expect(failure).toMatchObject({ phase: 'tcp', code: 'EPROXYREFUSED' })
    expect(failure!.message).toMatch(/407 Who are you/)
    expect(failure!.message).not.toMatch(/p@ss|p%40ss/)
  })

  test('whose URL makes no sense is an error of the user', async () => {
    vi.stubEnv('HTTPS_PROXY', 'socks5://127.0.0.1:1')
    await expect(proxyFor('https://mcp.example')).rejects.toMatchObject({ code: 'EPROXYURL' })
  })
})
