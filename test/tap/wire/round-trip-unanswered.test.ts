import dns from 'node:dns'
import { once } from 'node:events'
import { createServer as createHttpsServer } from 'node:https'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Failure } from '../../../src/core/wire/exchange.ts'
import type { ReverseOptions } from '../../../src/tap/reverse-options.ts'
import { authority, issue } from '../certificate.ts'
import { answering, head, ok, proxyFor, rawClient, rawServer } from '../wire.ts'

afterEach(() => vi.restoreAllMocks())

/** An upstream that answers, each time on a new connection, until it is told to fail. */
interface Failing {
  readonly origin: string
  readonly options?: Partial<ReverseOptions>
  fail(): void | Promise<void>
}

const lastOnConnection = ok('hi', 'Connection: close')

/** Ends each request with `cut` once it fails. */
async function cutting(cut: (socket: Socket) => void): Promise<Failing> {
  let failing = false
  const { origin } = await rawServer((socket) => {
    if (failing) cut(socket)
    else socket.end(lastOnConnection)
  })
  return { origin, fail: () => void (failing = true) }
}

async function refusing(): Promise<Failing> {
  const server = createServer((socket) => socket.once('data', () => socket.end(lastOnConnection)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const closed = once(server, 'close')
  return {
    origin: `http://127.0.0.1:${port}`,
    async fail() {
      server.close()
      await closed
    },
  }
}

/** Its name is known as long as it answers. */
async function nameLost(): Promise<Failing> {
  const { port } = await rawServer((socket) => socket.end(lastOnConnection))
  const resolve = dns.lookup
  let known = true
  const lookup = (name: string, ...rest: unknown[]) =>
    Reflect.apply(resolve, dns, [known && name === 'mcp.invalid' ? '127.0.0.1' : name, ...rest])
  vi.spyOn(dns, 'lookup').mockImplementation(lookup as typeof dns.lookup)
  return { origin: `http://mcp.invalid:${port}`, fail: () => void (known = false) }
}

async function distrusted(): Promise<Failing> {
  const trusted = authority('trusted')
  const server = createHttpsServer(issue(trusted, 'server'), (_request, response) => {
    response.writeHead(200, { 'content-length': 2, connection: 'close' }).end('hi')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    origin: `https://localhost:${(server.address() as AddressInfo).port}`,
    options: { ca: trusted.cert },
    fail: () => server.setSecureContext(issue(authority('another'), 'server')),
  }
}

const closing = () => cutting((socket) => socket.end())
const resetting = () => cutting((socket) => socket.resetAndDestroy())
const notHttp = () => cutting((socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n'))

describe.each([
  ['refuses the connection', refusing, 'closed', { phase: 'tcp', code: 'ECONNREFUSED' }],
  ['has a name that is not found', nameLost, 'closed', { phase: 'dns' }],
  ['fails the handshake of TLS', distrusted, 'closed', { phase: 'tls' }],
  ['closes before the head', closing, 'closed', { phase: 'http', code: 'UND_ERR_SOCKET' }],
  ['resets before the head', resetting, 'reset', { phase: 'http', code: 'ECONNRESET' }],
  ['does not speak HTTP', notHttp, 'closed', { phase: 'http', code: 'ENOTHTTP' }],
] satisfies [string, () => Promise<Failing>, string, Partial<Failure>][])(
  'an upstream that %s fails the client the same way',
  (_, start, end, failure) => {
    test.each([
      ['at its first request', false],
      ['at a later request on the same connection', true],
    ])('%s', async (_when, later) => {
      const upstream = await start()
      const { port, report } = await proxyFor(upstream.origin, upstream.options)
      const client = await rawClient(port)
      if (later) {
        client.socket.write(head(port, 'GET /mcp HTTP/1.1'))
        await client.until(/hi$/)
      }
      const before = client.text()
      await upstream.fail()
      client.socket.write(`${head(port, 'POST /mcp HTTP/1.1', 'Content-Length: 2')}{}`)
      expect(await client.ended()).toBe(end)
      expect(client.text()).toBe(before)
      const exchange = await report(({ request }) => request.method === 'POST')
      expect(exchange.failure).toMatchObject(failure)
      expect(exchange.failure!.message).not.toBe('')
      expect(exchange.response).toBeUndefined()
      expect(Buffer.from(exchange.request.body.bytes).toString()).toBe('{}')
    })
  },
)

test('a client comes back on a new connection and is served', async () => {
  let fail = true
  const upstream = await rawServer((socket) => (fail ? socket.end() : socket.write(ok('hi'))))
  const { port } = await proxyFor(upstream.origin)
  const first = await rawClient(port)
  first.socket.write(head(port, 'GET /mcp HTTP/1.1'))
  expect(await first.ended()).toBe('closed')
  fail = false
  const second = await rawClient(port)
  second.socket.write(head(port, 'GET /mcp HTTP/1.1'))
  await second.until(/hi$/)
})

test('the response before it on the connection arrives whole', async () => {
  const body = 'x'.repeat(1_000_000)
  const upstream = await rawServer((socket, received) => {
    if (received.includes('/2')) socket.end()
    else setImmediate(() => socket.write(ok(body)))
  })
  const { port } = await proxyFor(upstream.origin)
  const client = await rawClient(port)
  client.socket.write(head(port, 'GET /1 HTTP/1.1') + head(port, 'GET /2 HTTP/1.1'))
  expect(await client.ended()).toBe('closed')
  expect(client.text().split('HTTP/1.1 200 OK')).toHaveLength(2)
  expect(client.text().endsWith(body)).toBe(true)
})

test('what waits behind it on the connection was not left by the client', async () => {
  const upstream = await rawServer(() => {})
  const { port, reports } = await proxyFor(upstream.origin)
  const client = await rawClient(port)
  client.socket.write([1, 2, 3].map((n) => head(port, `GET /${n} HTTP/1.1`)).join(''))
  const arrived = (n: number) => upstream.received.findIndex((text) => text.includes(`GET /${n} `))
  await expect.poll(() => [1, 2, 3].every((n) => arrived(n) !== -1)).toBe(true)
  upstream.sockets[arrived(1)]!.end()
  expect(await client.ended()).toBe('closed')
  await expect.poll(() => reports.length).toBe(3)
  const byPath = reports.toSorted((a, b) => a.request.url.localeCompare(b.request.url))
  expect(byPath.map(({ failure }) => failure!.code)).toEqual(['UND_ERR_SOCKET', 'ECUT', 'ECUT'])
})

test('a client that leaves while a failed request waits for its turn has left the one before', async () => {
  const upstream = await rawServer(() => {})
  const { port, reports } = await proxyFor(upstream.origin)
  const client = await rawClient(port)
  client.socket.write(head(port, 'GET /1 HTTP/1.1') + head(port, 'GET /2 HTTP/1.1'))
  const arrived = (n: number) => upstream.received.findIndex((text) => text.includes(`GET /${n} `))
  await expect.poll(() => arrived(1) !== -1 && arrived(2) !== -1).toBe(true)
  upstream.sockets[arrived(2)]!.end()
  await expect.poll(() => reports.length).toBe(1)
  client.socket.destroy()
  await expect.poll(() => reports.length).toBe(2)
  expect(reports.map(({ failure }) => failure!.code)).toEqual(['UND_ERR_SOCKET', 'ECLIENTGONE'])
})

describe('what HTTP allows and the transport does not carry is an answer of authtap', () => {
  test.each([
    ['an interim response that nobody asked for', 'HTTP/1.1 100 Continue\r\n\r\n' + ok('hi')],
    [
      'an upgrade that nobody asked for',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n',
    ],
  ])('%s', async (_, response) => {
    const upstream = await answering(response)
    const { port, report } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(head(port, 'GET /mcp HTTP/1.1'))
    const answer = await client.until(/authtap's, not the server's/)
    expect(answer).toMatch(/^HTTP\/1\.1 501 Not Implemented\r\nContent-Type: text\/plain/)
    expect(answer).toContain(upstream.origin)
    const exchange = await report()
    expect(exchange.failure!.phase).toBe('http')
    expect(exchange.response).toBeUndefined()
  })
})
