import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { fields, head, proxyFor, rawClient, rawServer } from '../wire.ts'

const offer = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'X-Twice: 1',
  'x-twice: 2',
]
const accept =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'

test('a WebSocket passes both ways, and its handshake is recorded', async () => {
  const warnings: string[] = []
  const listen = (warning: Error) => warnings.push(`${warning.name}: ${warning.message}`)
  process.on('warning', listen)
  onTestFinished(() => void process.off('warning', listen))
  const upstream = await rawServer((socket, received) => {
    if (received.endsWith('\r\n\r\n')) socket.write(accept)
    else socket.write(`echo:${received.split('\r\n\r\n')[1]}`)
  })
  const { port, report } = await proxyFor(upstream.origin)
  const client = await rawClient(port)
  client.socket.write(head(port, 'GET //a//b?resource=http%3a//x HTTP/1.1', ...offer))
  await client.until(/^HTTP\/1\.1 101 [^]*\r\n\r\n/)
  client.socket.write('ping')
  await client.until(/echo:ping$/)
  expect(upstream.received[0]).toMatch(/^GET \/\/a\/\/b\?resource=http%3a\/\/x HTTP\/1\.1\r\n/)
  const sent = fields(upstream.received[0]!.split('ping')[0]!)
  expect(sent).toContain('Upgrade: websocket')
  expect(sent.filter((line) => /^x-twice/i.test(line))).toEqual(['X-Twice: 1', 'X-Twice: 2'])
  expect(sent).toContain(`Host: 127.0.0.1:${upstream.port}`)
  const exchange = await report()
  expect(exchange.response).toMatchObject({ status: 101, statusText: 'Switching Protocols' })
  expect(exchange.request.url).toBe(`${upstream.origin}//a//b?resource=http%3a//x`)
  client.socket.destroy()
  await once(upstream.sockets[0]!, 'close')
  await new Promise((resolve) => setImmediate(resolve))
  expect(warnings).toEqual([])
})

test('an upstream that will not upgrade is answered as it answers', async () => {
  const upstream = await rawServer((socket) =>
    socket.end('HTTP/1.1 426 Upgrade Required\r\nX-Why: no\r\nContent-Length: 2\r\n\r\nno'),
  )
  const { port, report } = await proxyFor(upstream.origin)
  const client = await rawClient(port)
  client.socket.write(head(port, 'GET /ws HTTP/1.1', ...offer))
  expect(await client.until(/no$/)).toMatch(/^HTTP\/1\.1 426 /)
  expect((await report()).response).toMatchObject({ status: 426, complete: true })
})

test('an upstream that cannot be reached ends the connection, and is a recorded failure', async () => {
  const { port, report } = await proxyFor('http://no-such-host.invalid')
  const client = await rawClient(port)
  client.socket.write(head(port, 'GET /ws HTTP/1.1', ...offer))
  expect(await client.ended()).toBe('closed')
  expect(client.text()).toBe('')
  const exchange = await report()
  expect(exchange.failure).toMatchObject({ phase: 'dns' })
  expect(exchange.response).toBeUndefined()
})

test('an upstream that resets the connection in place of an answer does so to the client', async () => {
  const upstream = await rawServer((socket) => void socket.resetAndDestroy())
  const { port, report } = await proxyFor(upstream.origin)
  const client = await rawClient(port)
  client.socket.write(head(port, 'GET /ws HTTP/1.1', ...offer))
  expect(await client.ended()).toBe('reset')
  expect(client.text()).toBe('')
  expect((await report()).failure).toMatchObject({ phase: 'http', code: 'ECONNRESET' })
})

test('a page of another machine may not open one', async () => {
  const upstream = await rawServer((socket) => socket.write(accept))
  const { port } = await proxyFor(upstream.origin)
  const client = await rawClient(port)
  client.socket.write(head(port, 'GET /ws HTTP/1.1', ...offer, 'Origin: https://evil.example'))
  expect(await client.until(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 403 /)
  expect(upstream.received).toEqual([])
})

test('open ones are closed when the proxy stops', async () => {
  const upstream = await rawServer((socket) => socket.write(accept))
  const { tap, port } = await proxyFor(upstream.origin)
  const client = await rawClient(port)
  client.socket.write(head(port, 'GET /ws HTTP/1.1', ...offer))
  await client.until(/101/)
  await tap.stop()
  await client.ended()
  if (!upstream.sockets[0]!.destroyed) await once(upstream.sockets[0]!, 'close')
})

test('a handshake that announces trailers ends neither the proxy nor the connection', async () => {
  const upstream = await rawServer((socket, received) => {
    if (received.endsWith('\r\n\r\n')) socket.write(accept)
  })
  const { port } = await proxyFor(upstream.origin)
  const client = await rawClient(port)
  client.socket.write(head(port, 'GET /ws HTTP/1.1', ...offer, 'Trailer: X-Sum'))
  await client.until(/^HTTP\/1\.1 101 [^]*\r\n\r\n/)
  expect(upstream.received[0]).not.toMatch(/trailer/i)
})

test('fields of the answer to a handshake keep their names, repeats and bytes', async () => {
  const odd = [
    'Set-Cookie: a=1',
    'X-Two: 1',
    'x-two: 2',
    'X-Name: caf\xe9',
    'set-cookie: b=2',
    '__proto__: 1',
  ]
  const upstream = await rawServer((socket) => {
    socket.write(
      Buffer.from(accept.replace('\r\n\r\n', `\r\n${odd.join('\r\n')}\r\n\r\n`), 'latin1'),
    )
  })
  const { port } = await proxyFor(upstream.origin)
  const client = await rawClient(port)
  client.socket.write(head(port, 'GET /ws HTTP/1.1', ...offer))
  const got = fields(await client.until(/\r\n\r\n/))
  expect(got.map((line) => line.toLowerCase()).sort()).toEqual(
    [...odd, 'Connection: Upgrade', 'Upgrade: websocket'].map((line) => line.toLowerCase()).sort(),
  )
  expect(got).toContain('Set-Cookie: a=1')
  expect(got).toContain('X-Name: caf\xe9')
})

test('a refusal in chunks reaches the client whole', async () => {
  const upstream = await rawServer((socket) =>
    socket.write(
      'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nWWW-Authenticate: DPoP\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n3\r\nway\r\n0\r\n\r\n',
    ),
  )
  const { port, report } = await proxyFor(upstream.origin)
  const client = await rawClient(port)
  client.socket.write(head(port, 'GET /ws HTTP/1.1', ...offer))
  await client.ended()
  expect(client.text()).toMatch(/\r\n\r\nnoway$/)
  expect(fields(client.text())).toEqual([
    'WWW-Authenticate: Bearer',
    'WWW-Authenticate: DPoP',
    'Connection: close',
  ])
  expect((await report()).response).toMatchObject({ status: 401, complete: true })
})
