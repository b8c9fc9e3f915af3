import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../src/core/wire/exchange.ts'
import { answering, fields, head, ok, proxyFor, rawClient, rawServer } from './wire.ts'

const text = (exchange: Exchange) => Buffer.from(exchange.response!.body.bytes).toString('latin1')

describe('the request target', () => {
  test.each([
    '//a//b',
    '/mcp?resource=https%3a%2F%2fx//y&a=%7e&b=a+b#',
    '/a/../b/./c',
    '/%7e%2F;x=1?',
    '/mcp?a=1?b=2',
  ])('%s goes up character for character', async (target) => {
    const upstream = await answering(ok('hi'))
    const { port, report } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(head(port, `GET ${target} HTTP/1.1`))
    await client.until(/hi$/)
    expect(upstream.received[0]!.split(' ')[1]).toBe(target)
    expect((await report()).request.url).toBe(upstream.origin + target)
  })

  test('the absolute form is understood, and its authority replaces Host', async () => {
    const upstream = await answering(ok('hi'))
    const { port } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(
      `GET http://127.0.0.1:${port}/mcp?x HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n`,
    )
    await client.until(/hi$/)
    expect(upstream.received[0]).toMatch(/^GET \/mcp\?x HTTP\/1\.1\r\n/)
  })

  test('OPTIONS * is a clear error and a recorded failure', async () => {
    const upstream = await answering(ok('hi'))
    const { port, report } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(head(port, 'OPTIONS * HTTP/1.1'))
    expect(await client.until(/authtap's, not the server's/)).toMatch(/^HTTP\/1\.1 501 /)
    const exchange = await report()
    expect(exchange.response).toBeUndefined()
    expect(exchange.failure).toMatchObject({ phase: 'http', code: 'UND_ERR_INVALID_ARG' })
  })
})

describe('methods and framing', () => {
  test('HEAD keeps the length of the body that does not come', async () => {
    const upstream = await answering(
      'HTTP/1.1 200 OK\r\nContent-Length: 12345\r\nETag: "x"\r\n\r\n',
    )
    const { port, report } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(head(port, 'HEAD /mcp HTTP/1.1'))
    const answer = await client.until(/\r\n\r\n$/)
    expect(fields(answer, 'connection', 'keep-alive')).toEqual([
      'Content-Length: 12345',
      'ETag: "x"',
    ])
    expect((await report()).response).toMatchObject({ status: 200, complete: true })
  })

  test.each([
    ['204 No Content', ''],
    ['304 Not Modified', 'ETag: "x"\r\n'],
  ])('%s comes without a body and leaves the connection usable', async (status, extra) => {
    const upstream = await answering(`HTTP/1.1 ${status}\r\n${extra}\r\n`)
    const { port } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(head(port, 'GET /a HTTP/1.1'))
    const answer = await client.until(/\r\n\r\n/)
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status}\r\n`))
    expect(answer).not.toMatch(/transfer-encoding|content-length/i)
    client.socket.write(head(port, 'GET /b HTTP/1.1'))
    await client.until(/\r\n\r\nHTTP[^]*\r\n\r\n$/)
  })

  test('a chunked DELETE arrives as one request with its body', async () => {
    const upstream = await rawServer((socket, received) => {
      if (received.endsWith('0\r\n\r\n') || /content-length: 5\r\n[^]*hello$/i.test(received))
        socket.write(ok('gone'))
    })
    const { port, report } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(
      `${head(port, 'DELETE /mcp HTTP/1.1', 'Transfer-Encoding: chunked')}5\r\nhello\r\n0\r\n\r\n`,
    )
    await client.until(/gone$/)
    expect(upstream.received).toHaveLength(1)
    expect(upstream.received[0]!.match(/DELETE/g)).toHaveLength(1)
    expect(Buffer.from((await report()).request.body.bytes).toString()).toBe('hello')
  })

  test('a DELETE without a body is sent without one', async () => {
    const upstream = await answering(ok('gone'))
    const { port } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(head(port, 'DELETE /mcp HTTP/1.1'))
    await client.until(/gone$/)
    expect(upstream.received[0]).not.toMatch(/transfer-encoding/i)
    expect(upstream.received[0]).toMatch(/\r\n\r\n$/)
  })

  test('a body of announced length and one in chunks arrive as they are', async () => {
    const upstream = await rawServer((socket, received) => {
      if (/body!$/.test(received) || received.endsWith('0\r\n\r\n')) socket.write(ok('got it'))
    })
    const { port } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(`${head(port, 'POST /mcp HTTP/1.1', 'Content-Length: 5')}body!`)
    await client.until(/got it$/)
    expect(upstream.received[0]).toMatch(/\r\ncontent-length: 5\r\n/i)
    expect(upstream.received[0]).toMatch(/\r\n\r\nbody!$/)
    const second = await rawClient(port)
    second.socket.write(head(port, 'POST /mcp HTTP/1.1', 'Transfer-Encoding: chunked'))
    await new Promise<void>((sent) => second.socket.write('3\r\nabc\r\n', () => sent()))
    second.socket.write('2\r\nde\r\n0\r\n\r\n')
    await second.until(/got it$/)
    const chunked = upstream.received.at(-1)!
    const chunks = [...chunked.matchAll(/\r\n([0-9a-f]+)\r\n([a-e]*)(?=\r\n)/g)].map(
      ([, , data]) => data,
    )
    expect(chunks.join('')).toBe('abcde')
  })

  test('trailers of the response reach the client and the record', async () => {
    const upstream = await answering(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 42\r\nx-sum: 43\r\n\r\n',
    )
    const { port, report } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(head(port, 'GET /mcp HTTP/1.1'))
    const answer = await client.until(/0\r\n[^]*\r\n\r\n$/)
    expect(answer).toMatch(/\r\nTrailer: X-Sum\r\n/)
    expect(answer).toMatch(/0\r\nX-Sum: 42\r\nx-sum: 43\r\n\r\n$/)
    expect((await report()).response!.trailers).toEqual([
      ['X-Sum', '42'],
      ['x-sum', '43'],
    ])
  })

  test('a Trailer field that announces what cannot come does no harm', async () => {
    const upstream = await answering(ok('hi', 'Trailer: X-Sum'))
    const { port } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(head(port, 'GET /mcp HTTP/1.1'))
    expect(await client.until(/hi$/)).toMatch(/^HTTP\/1\.1 200 /)
  })

  test('heads of 200 kB pass in both directions', async () => {
    const large = 'x'.repeat(200 * 1024)
    const upstream = await answering(ok('hi', `X-Large: ${large}`))
    const { port } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(head(port, 'GET /mcp HTTP/1.1', `X-Large: ${large}`))
    expect(await client.until(/hi$/)).toContain(`X-Large: ${large}\r\n`)
    expect(upstream.received[0]).toContain(`X-Large: ${large}\r\n`)
  })

  test('three thousand fields pass', async () => {
    const many = Array.from({ length: 3000 }, (_, n) => `X-${n}: ${n}`)
    const upstream = await answering(ok('hi', ...many))
    const { port } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(head(port, 'GET /mcp HTTP/1.1', ...many))
    expect(fields(await client.until(/hi$/), 'connection', 'keep-alive', 'content-length')).toEqual(
      many,
    )
    expect(fields(upstream.received[0]!, 'host', 'connection')).toEqual(many)
  })

  test.each([
    ['two lengths', ['Content-Length: 5', 'Content-Length: 6']],
    ['a length and chunks', ['Content-Length: 5', 'Transfer-Encoding: chunked']],
    ['no number as length', ['Content-Length: five']],
  ])('a request with %s is refused and goes no further', async (_, conflicting) => {
    const upstream = await answering(ok('hi'))
    const { port } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(`${head(port, 'POST /mcp HTTP/1.1', ...conflicting)}hello`)
    expect(await client.until(/malformed/)).toMatch(/^HTTP\/1\.1 400 /)
    await client.ended()
    expect(upstream.received).toHaveLength(0)
  })

  test.each([
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 3'],
    ['a length and chunks', 'Content-Length: 2\r\nTransfer-Encoding: chunked'],
  ])('a response with %s is a recorded failure', async (_, conflicting) => {
    const upstream = await answering(`HTTP/1.1 200 OK\r\n${conflicting}\r\n\r\nhi`)
    const { port, report } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(head(port, 'GET /mcp HTTP/1.1'))
    expect(await client.ended()).toBe('closed')
    expect(client.text()).toBe('')
    expect((await report()).failure).toMatchObject({ phase: 'http' })
  })

  test('pipelined requests are answered in their order', async () => {
    const upstream = await rawServer((socket, received) => {
      const path = /GET (\S+)/.exec(received)![1]!
      // The first one is the slowest.
      setTimeout(() => socket.write(ok(`<${path}>`)), path === '/1' ? 60 : 0)
    })
    const { port, reports } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(
      ['/1', '/2', '/3'].map((path) => head(port, `GET ${path} HTTP/1.1`)).join(''),
    )
    const answer = await client.until(/<\/3>$/)
    expect([...answer.matchAll(/<(\S+)>/g)].map(([, path]) => path)).toEqual(['/1', '/2', '/3'])
    expect(new Set(reports.map(({ connection }) => connection)).size).toBe(1)
  })

  test('100-continue is answered here and not sent on', async () => {
    const upstream = await rawServer((socket, received) => {
      if (received.endsWith('body!')) socket.write(ok('got it'))
    })
    const { port } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(
      head(port, 'POST /mcp HTTP/1.1', 'Content-Length: 5', 'Expect: 100-continue'),
    )
    await client.until(/^HTTP\/1\.1 100 Continue\r\n\r\n/)
    client.socket.write('body!')
    await client.until(/got it$/)
    expect(upstream.received[0]).not.toMatch(/expect/i)
  })

  test('early hints reach the client before the response', async () => {
    const upstream = await answering(
      `HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n${ok('hi')}`,
    )
    const { port, report } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(head(port, 'GET /mcp HTTP/1.1'))
    const answer = await client.until(/hi$/)
    expect(answer).toMatch(
      /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a>; rel=preload\r\n\r\nHTTP\/1\.1 200 OK/,
    )
    expect((await report()).response!.status).toBe(200)
  })

  test('fields that Connection nominates stay on their hop', async () => {
    const upstream = await answering(ok('hi', 'Connection: X-Hop', 'X-Hop: 1', 'X-End: 1'))
    const { port } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(
      head(
        port,
        'GET /mcp HTTP/1.1',
        'Connection: x-mine, keep-alive',
        'X-Mine: 1',
        'TE: trailers',
        'X-Too: 1',
      ),
    )
    const answer = await client.until(/hi$/)
    expect(fields(answer, 'connection', 'keep-alive', 'content-length')).toEqual(['X-End: 1'])
    expect(fields(upstream.received[0]!, 'host', 'connection')).toEqual(['X-Too: 1'])
  })

  test('an HTTP/1.0 client gets a response that ends with the connection', async () => {
    const upstream = await answering(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n',
    )
    const { port } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(head(port, 'GET /mcp HTTP/1.0'))
    expect(await client.ended()).toBe('closed')
    expect(client.text()).toMatch(/\r\n\r\nhi$/)
  })

  test('a body without framing ends with the upstream connection', async () => {
    const upstream = await rawServer((socket) =>
      socket.end('HTTP/1.1 200 OK\r\nX: 1\r\n\r\nall of it'),
    )
    const { port, report } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(head(port, 'GET /mcp HTTP/1.1'))
    await client.until(/0\r\n\r\n$/)
    const exchange = await report()
    expect(text(exchange)).toBe('all of it')
    expect(exchange.response!.complete).toBe(true)
  })

  test('an offer of h2c is ignored and the request proxied', async () => {
    const upstream = await rawServer((socket, received) => {
      if (received.endsWith('hello')) socket.write(ok('hi'))
    })
    const { port, report } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    const offer = [
      'Connection: Upgrade, HTTP2-Settings',
      'Upgrade: h2c',
      'HTTP2-Settings: AAEAAEAAAAIAAAAB',
    ]
    client.socket.write(`${head(port, 'POST /mcp HTTP/1.1', ...offer, 'Content-Length: 5')}hello`)
    await client.until(/hi$/)
    expect(fields(upstream.received[0]!, 'host', 'connection', 'content-length')).toEqual([])
    expect((await report()).response!.status).toBe(200)
    client.socket.write(`${head(port, 'POST /again HTTP/1.1', 'Content-Length: 5')}hello`)
    await client.until(/hi[^]*hi$/)
  })

  test('a response that comes before the request has ended reaches the client', async () => {
    const upstream = await answering('HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno')
    const { port, report } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(`${head(port, 'POST /mcp HTTP/1.1', 'Content-Length: 1000000')}begins`)
    expect(await client.until(/no$/)).toMatch(/^HTTP\/1\.1 401 /)
    expect((await report()).response).toMatchObject({ status: 401, complete: true })
  })
})
