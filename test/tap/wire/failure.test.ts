import { describe, expect, test } from 'vitest'
import { answering, head, ok, proxyFor, rawClient, rawServer } from '../wire.ts'

describe('what is known of an exchange', () => {
  test('its times, the address of the server, the connection and the client', async () => {
    const upstream = await answering(ok('hi'))
    const { port, reports } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    for (const path of ['/1', '/2']) {
      client.socket.write(head(port, `GET ${path} HTTP/1.1`, 'User-Agent: probe/1'))
      await client.until((text) => text.split('hi').length - 1 === Number(path[1]))
    }
    const other = await rawClient(port, '::1')
    other.socket.write(head(port, 'GET /3 HTTP/1.1', 'User-Agent: probe/1'))
    await other.until(/hi$/)
    while (reports.length < 3) await new Promise((resolve) => setImmediate(resolve))
    const [first, second, third] = reports
    expect(first).toMatchObject({
      source: 'reverse',
      serverAddress: '127.0.0.1',
      client: 'IPv4 probe/1',
    })
    expect(first!.timings!.connect).toBeGreaterThanOrEqual(0)
    expect(first!.timings!.wait).toBeGreaterThanOrEqual(0)
    expect(first!.timings!.receive).toBeGreaterThanOrEqual(0)
    expect(first!.endedAt!).toBeGreaterThanOrEqual(first!.startedAt)
    expect(second!.timings!.connect).toBeUndefined()
    expect(second!.connection).toBe(first!.connection)
    expect(third!.connection).not.toBe(first!.connection)
    expect(third!.client).toBe('IPv6 probe/1')
    expect(first!.request.via).toBe(`http://localhost:${port}/1`)
    expect(new Set(reports.map(({ id }) => id)).size).toBe(3)
  })

  test('a listener of reports that throws does not stop the proxy', async () => {
    const upstream = await answering(ok('hi'))
    const { port, notices } = await proxyFor(upstream.origin, {
      emit: () => {
        throw new Error('a bug in a sink')
      },
    })
    const client = await rawClient(port)
    client.socket.write(head(port, 'GET /1 HTTP/1.1'))
    await client.until(/hi$/)
    client.socket.write(head(port, 'GET /2 HTTP/1.1'))
    await client.until(/hi[^]*hi$/)
    expect(notices).toMatchObject([{ code: 'report-failed', level: 'error' }])
  })

  test('the body of a request is kept up to the limit and passed on whole', async () => {
    const upstream = await rawServer((socket, received) => {
      if (received.endsWith('0123456789')) socket.write(ok('hi'))
    })
    const { port, report } = await proxyFor(upstream.origin, { bodyLimit: 4 })
    const client = await rawClient(port)
    client.socket.write(`${head(port, 'POST /mcp HTTP/1.1', 'Content-Length: 10')}0123456789`)
    await client.until(/hi$/)
    expect((await report()).request.body).toEqual({ bytes: Buffer.from('0123'), dropped: 6 })
  })
})
