import { once } from 'node:events'
import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { answering, head, ok, proxyFor, rawClient, rawServer } from './wire.ts'

const eventStream =
  'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n'
const chunk = (data: string) => `${data.length.toString(16)}\r\n${data}\r\n`

/** Sends zeros as fast as they are taken and counts what the socket has accepted. */
function flood(socket: Socket, total: number): { sent: () => number } {
  const piece = Buffer.alloc(64 * 1024)
  let sent = 0
  const more = () => {
    while (sent < total) {
      sent += piece.length
      if (!socket.write(piece)) return void socket.once('drain', more)
    }
  }
  more()
  return { sent: () => sent }
}

describe('backpressure', () => {
  const total = 64 * 1024 * 1024

  test('64 MB through a slow reader are held back at the upstream, and arrive whole', async () => {
    let flow: { sent: () => number } | undefined
    const upstream = await rawServer((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${total}\r\n\r\n`)
      flow = flood(socket, total)
    })
    const { port, report } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(head(port, 'GET /big HTTP/1.1'))
    await client.until(/\r\n\r\n/)
    client.socket.pause()
    client.socket.removeAllListeners('data')
    // Nobody reads: what the upstream could get rid of stops growing far below the whole.
    let before = -1
    while (before !== flow!.sent()) {
      before = flow!.sent()
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    expect(flow!.sent()).toBeLessThan(total / 2)
    const held = process.memoryUsage().arrayBuffers
    expect(held).toBeLessThan(48 * 1024 * 1024)
    let received = 0
    client.socket.on('data', (data) => (received += data.length))
    client.socket.resume()
    const { response } = await report()
    expect(response).toMatchObject({ complete: true })
    expect(response!.body.bytes.length + response!.body.dropped).toBe(total)
    expect(response!.body.bytes.length).toBe(1024 * 1024)
    while (received < total - 1024 * 1024) await once(client.socket, 'data')
  })

  test('an upload is held back by an upstream that does not read', async () => {
    let reading = false
    const upstream = await rawServer((socket) => void (reading || socket.pause()))
    const { port } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(head(port, 'POST /big HTTP/1.1', `Content-Length: ${total}`))
    const flow = flood(client.socket, total)
    let before = -1
    while (before !== flow.sent()) {
      before = flow.sent()
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    expect(flow.sent()).toBeLessThan(total / 2)
    reading = true
    upstream.sockets[0]!.resume()
    while (flow.sent() < total) await once(client.socket, 'drain')
  })
})

describe('event streams', () => {
  test('the head comes at once and every event as it is sent', async () => {
    const upstream = await rawServer((socket) => socket.write(eventStream))
    const { port } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(head(port, 'GET /mcp HTTP/1.1', 'Accept: text/event-stream'))
    await client.until(/text\/event-stream\r\n/)
    for (const n of [1, 2, 3]) {
      // The next one is sent only when this one is there: nothing is waited for, nothing is batched.
      upstream.sockets[0]!.write(chunk(`data: ${n}\n\n`))
      await client.until(new RegExp(`data: ${n}\n\n`))
    }
  })

  test('it is reported when it begins, while it grows, and when it ends', async () => {
    const upstream = await rawServer((socket) => socket.write(eventStream))
    const { port, reports, report } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(head(port, 'GET /mcp HTTP/1.1'))
    const begun = await report((exchange) => exchange.response !== undefined)
    expect(begun.endedAt).toBeUndefined()
    expect(begun.response).toMatchObject({ complete: false })
    expect(begun.response!.body.bytes.length).toBe(0)
    for (const n of [1, 2, 3]) {
      upstream.sockets[0]!.write(chunk(`data: ${n}\n\n`))
      await client.until(new RegExp(`data: ${n}\n\n`))
    }
    const grown = await report((exchange) => exchange.response!.body.bytes.length > 0)
    expect(grown.id).toBe(begun.id)
    expect(grown.endedAt).toBeUndefined()
    expect(reports).toHaveLength(2)
    upstream.sockets[0]!.write('0\r\n\r\n')
    const ended = await report()
    expect(Buffer.from(ended.response!.body.bytes).toString()).toBe(
      'data: 1\n\ndata: 2\n\ndata: 3\n\n',
    )
    expect(ended.response!.complete).toBe(true)
    expect(reports).toHaveLength(3)
  })

  test('what is kept of one stops at the limit, what passes does not', async () => {
    const upstream = await rawServer((socket) => socket.write(eventStream))
    const { port, report } = await proxyFor(upstream.origin, { bodyLimit: 10 })
    const client = await rawClient(port)
    client.socket.write(head(port, 'GET /mcp HTTP/1.1'))
    await report((exchange) => exchange.response !== undefined)
    upstream.sockets[0]!.write(`${chunk('data: 123\n\n')}${chunk('data: 456\n\n')}0\r\n\r\n`)
    await client.until(/data: 456\n\n/)
    const { response } = await report()
    expect(Buffer.from(response!.body.bytes).toString()).toBe('data: 123\n')
    expect(response!.body.dropped).toBe(12)
  })
})

describe('when one side goes', () => {
  test.each([1, 2, 3, 4, 5])(
    'a client that leaves an event stream closes it upstream (%i)',
    async () => {
      const upstream = await rawServer((socket) => socket.write(eventStream))
      const { port, report } = await proxyFor(upstream.origin)
      const client = await rawClient(port)
      client.socket.write(head(port, 'GET /mcp HTTP/1.1'))
      await client.until(/event-stream/)
      client.socket.destroy()
      await once(upstream.sockets[0]!, 'close')
      const exchange = await report()
      expect(exchange.failure).toMatchObject({ phase: 'client-gone', code: 'ECLIENTGONE' })
      expect(exchange.response).toMatchObject({ status: 200, complete: false })
    },
  )

  test('a client that leaves before the answer closes the request upstream', async () => {
    const upstream = await rawServer(() => {})
    const { port, report } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(`${head(port, 'POST /mcp HTTP/1.1', 'Content-Length: 2')}{}`)
    while (upstream.sockets.length === 0) await new Promise((resolve) => setImmediate(resolve))
    client.socket.resetAndDestroy()
    await once(upstream.sockets[0]!, 'close')
    const exchange = await report()
    expect(exchange.failure).toMatchObject({ phase: 'client-gone' })
    expect(exchange.response).toBeUndefined()
  })

  test('a request whose client leaves at once reaches the upstream all the same', async () => {
    const upstream = await rawServer(() => {})
    const { port, report } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.end(head(port, 'DELETE /mcp HTTP/1.1'))
    expect((await report()).failure).toMatchObject({ phase: 'client-gone' })
    while (upstream.sockets.length === 0) await new Promise((resolve) => setImmediate(resolve))
    if (!upstream.sockets[0]!.destroyed) await once(upstream.sockets[0]!, 'close')
    expect(upstream.received[0]).toMatch(/^DELETE \/mcp HTTP\/1\.1\r\n[^]*\r\n\r\n$/)
  })

  test('a client that leaves in the middle of its body closes the request upstream', async () => {
    const upstream = await rawServer(() => {})
    const { port, report } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(`${head(port, 'POST /mcp HTTP/1.1', 'Content-Length: 100')}{"some":`)
    while (!upstream.received[0]?.includes('{"some":'))
      await new Promise((resolve) => setImmediate(resolve))
    client.socket.destroy()
    await once(upstream.sockets[0]!, 'close')
    expect((await report()).failure).toMatchObject({ phase: 'client-gone' })
  })

  test('all pipelined requests of a client that leaves are closed', async () => {
    const upstream = await rawServer(() => {})
    const { port, reports } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write([1, 2, 3].map((n) => head(port, `GET /${n} HTTP/1.1`)).join(''))
    while (upstream.received.filter((text) => text !== '').length < 3)
      await new Promise((resolve) => setImmediate(resolve))
    client.socket.destroy()
    for (const socket of upstream.sockets) if (!socket.destroyed) await once(socket, 'close')
    while (reports.length < 3) await new Promise((resolve) => setImmediate(resolve))
    expect(reports.map(({ failure }) => failure?.phase)).toEqual([
      'client-gone',
      'client-gone',
      'client-gone',
    ])
  })

  test.each([
    ['closes', 'closed', (socket: Socket): void => void socket.end()],
    ['resets', 'reset', (socket: Socket): void => void socket.resetAndDestroy()],
  ] as const)(
    'an upstream that %s the connection in mid-response does so to the client',
    async (_, how, cut) => {
      const upstream = await rawServer((socket) =>
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'),
      )
      const { port, report } = await proxyFor(upstream.origin)
      const client = await rawClient(port)
      client.socket.write(head(port, 'GET /mcp HTTP/1.1'))
      await client.until(/half$/)
      cut(upstream.sockets[0]!)
      expect(await client.ended()).toBe(how)
      expect(client.text()).toMatch(/half$/)
      const exchange = await report()
      expect(exchange.failure).toMatchObject({ phase: 'http' })
      expect(exchange.response).toMatchObject({ status: 200, complete: false })
      expect(Buffer.from(exchange.response!.body.bytes).toString()).toBe('half')
    },
  )

  test('an upstream that closes in the middle of chunks leaves the client without the last one', async () => {
    const upstream = await rawServer((socket) => socket.write(eventStream + chunk('data: 1\n\n')))
    const { port } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(head(port, 'GET /mcp HTTP/1.1'))
    await client.until(/data: 1/)
    upstream.sockets[0]!.end()
    expect(await client.ended()).toBe('closed')
    expect(client.text()).not.toMatch(/\r\n0\r\n\r\n$/)
  })
})

describe('a request that is not answered', () => {
  test('is reported while it waits, and again when its head and its end have come', async () => {
    const upstream = await rawServer(() => {})
    const { port, report, reports } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(head(port, 'GET /mcp HTTP/1.1'))
    const waiting = await report(({ endedAt }) => endedAt === undefined)
    expect(waiting).toMatchObject({ id: '1', request: { method: 'GET' } })
    expect(waiting.response).toBeUndefined()
    upstream.sockets[0]!.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nh')
    const answered = await report(({ response }) => response !== undefined)
    expect(answered).toMatchObject({ id: '1', response: { status: 200, complete: false } })
    upstream.sockets[0]!.write('i')
    const ended = await report()
    expect(ended).toMatchObject({ id: '1', response: { complete: true } })
    // Nothing is told twice that has not changed.
    expect(reports).toEqual([waiting, answered, ended])
  })

  test('one that is answered soon is reported once', async () => {
    const upstream = await answering(ok('hi'))
    const { port, report, reports } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(head(port, 'GET /mcp HTTP/1.1'))
    await report()
    expect(reports).toHaveLength(1)
  })
})

describe('stopping', () => {
  test('streams are closed and recorded as ended', async () => {
    const upstream = await rawServer((socket) => socket.write(eventStream))
    const { tap, port, reports } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(head(port, 'GET /mcp HTTP/1.1'))
    await client.until(/event-stream/)
    await tap.stop()
    await client.ended()
    expect(reports.at(-1)).toMatchObject({
      failure: { phase: 'client-gone', code: 'ESTOPPED' },
      response: { complete: false },
    })
    expect(reports.at(-1)!.endedAt).toBeDefined()
    await expect(rawClient(port)).rejects.toThrow(/ECONNREFUSED/)
  })

  test('stopping twice does no harm', async () => {
    const upstream = await answering(ok('hi'))
    const { tap } = await proxyFor(upstream.origin)
    await tap.stop()
    await tap.stop()
  })
})
