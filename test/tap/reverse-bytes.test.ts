import { describe, expect, test } from 'vitest'
import { answering, head, ok, proxyFor, rawClient, rawServer } from './wire.ts'

/** Every byte that a field may hold (RFC 9110 §5.5): those from 0x80 up are opaque. */
const high = Buffer.from(Array.from({ length: 128 }, (_, index) => 0x80 + index)).toString('latin1')

const bytes = (text: string) => Buffer.from(text, 'latin1')

describe('bytes from 0x80 up', () => {
  test.each([
    ['with a body of known length', 'Content-Length: 2\r\n', 'hi', 'GET'],
    ['without a body', 'Content-Length: 0\r\n', '', 'GET'],
    ['with chunks', 'Transfer-Encoding: chunked\r\n', '2\r\nhi\r\n0\r\n\r\n', 'GET'],
    ['for HEAD', 'Content-Length: 12\r\n', '', 'HEAD'],
    [
      'with nothing but a head, and the connection closed',
      'Content-Length: 0\r\nConnection: close\r\n',
      '',
      'GET',
    ],
  ])('pass in fields of a response %s', async (_, framing, body, method) => {
    const upstream = await answering(
      bytes(`HTTP/1.1 200 OK\r\nX-Name: ${high}\r\n${framing}\r\n${body}`),
    )
    const { port } = await proxyFor(upstream.origin)
    for (const version of ['1.1', '1.0']) {
      const client = await rawClient(port)
      client.socket.write(head(port, `${method} /mcp HTTP/${version}`, 'Connection: close'))
      await client.ended()
      expect(client.text(), `HTTP/${version}`).toContain(`X-Name: ${high}\r\n`)
    }
  })

  test('pass in fields of a request', async () => {
    const upstream = await answering('HTTP/1.1 204 No Content\r\n\r\n')
    const { port } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(bytes(head(port, 'GET /mcp HTTP/1.1', `X-Name: ${high}`)))
    await client.until(/204/)
    expect(upstream.received[0]).toContain(`${high}\r\n`)
  })

  test('pass in a response that ends with the connection', async () => {
    const upstream = await answering(bytes(`HTTP/1.1 200 OK\r\nX-Name: ${high}\r\n\r\n`))
    const { port } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(head(port, 'GET /mcp HTTP/1.0'))
    for (
      const deadline = Date.now() + 5000;
      upstream.sockets.length === 0 && Date.now() < deadline;
    )
      await new Promise((resolve) => setTimeout(resolve, 5))
    await new Promise((resolve) => setTimeout(resolve, 50))
    upstream.sockets[0]!.end()
    await client.ended()
    expect(client.text()).toContain(`X-Name: ${high}\r\n`)
  })

  test.each(['caf\xe9', 'caf\xc3\xa9', '\xff\xfe', 'Nicht gefunden: \xfc', ''])(
    'pass in the reason phrase %j',
    async (phrase) => {
      const upstream = await answering(
        bytes(`HTTP/1.1 404 ${phrase}\r\nContent-Length: 2\r\n\r\nno`),
      )
      const { port } = await proxyFor(upstream.origin)
      const client = await rawClient(port)
      client.socket.write(head(port, 'GET /mcp HTTP/1.1'))
      await client.until(/no$/)
      expect(client.text().split('\r\n')[0]).toBe(`HTTP/1.1 404 ${phrase}`)
    },
  )
})

test.each(['099', '000', '1000', '42'])(
  'a status of %s is no response, and gives the client none',
  async (status) => {
    const upstream = await answering(`HTTP/1.1 ${status} Odd\r\nContent-Length: 2\r\n\r\nhi`)
    const { port, report } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(head(port, 'GET /mcp HTTP/1.1', 'Connection: close'))
    await client.ended()
    expect(client.text().match(/HTTP\/1\.1/g)?.length ?? 0).toBeLessThan(2)
    expect((await report()).failure).toBeDefined()
  },
)

test('a stream that its client leaves leaves no connection to the upstream behind', async () => {
  const upstream = await rawServer((socket, received) => {
    if (received.endsWith('\r\n\r\n'))
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n')
  })
  const { port, report } = await proxyFor(upstream.origin)
  const client = await rawClient(port)
  client.socket.write(head(port, 'GET /mcp HTTP/1.1'))
  await client.until(/data: 1/)
  client.socket.destroy()
  await report()
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(upstream.sockets.filter((socket) => !socket.destroyed)).toHaveLength(0)
  expect(upstream.sockets).toHaveLength(1)
})

test('CONNECT is answered with a sentence', async () => {
  const upstream = await answering(ok('hi'))
  const { port } = await proxyFor(upstream.origin)
  const client = await rawClient(port)
  client.socket.write(`CONNECT mcp.example:443 HTTP/1.1\r\nHost: mcp.example:443\r\n\r\n`)
  await client.ended()
  expect(client.text()).toMatch(/^HTTP\/1\.1 501 /)
  expect(client.text()).toContain('authtap is no proxy for CONNECT')
  expect(upstream.received).toEqual([])
})

test.each([
  'https://mcp.example/x',
  'http://mcp.example/x',
  'ftp://localhost:{port}/x',
  'https://localhost:{port}/x',
])('the absolute form %s is not taken for a path', async (target) => {
  const upstream = await answering(ok('hi'))
  const { port } = await proxyFor(upstream.origin)
  const client = await rawClient(port)
  client.socket.write(head(port, `GET ${target.replace('{port}', String(port))} HTTP/1.1`))
  await client.until(/\r\n\r\n/)
  expect(client.text()).toMatch(/^HTTP\/1\.1 421 /)
  expect(upstream.received).toEqual([])
})

test.each([
  ['cross-site', 'no-cors', 403],
  ['cross-site', 'navigate', 200],
  ['same-site', 'no-cors', 200],
  ['none', 'navigate', 200],
])('a page elsewhere (%s, %s) that sends no Origin gets %i', async (site, mode, status) => {
  const upstream = await answering(ok('hi'))
  const { port } = await proxyFor(upstream.origin)
  const client = await rawClient(port)
  client.socket.write(
    head(port, 'GET /mcp HTTP/1.1', `Sec-Fetch-Site: ${site}`, `Sec-Fetch-Mode: ${mode}`),
  )
  await client.until(/\r\n\r\n/)
  expect(client.text()).toContain(`HTTP/1.1 ${status} `)
})
