import { describe, expect, test } from 'vitest'
import { Gate } from '../../../src/tap/wire/gate.ts'
import { answering, head, ok, proxyFor, rawClient } from '../wire.ts'

describe('the Host field', () => {
  test.each(['localhost', '127.0.0.1', '[::1]', 'LOCALHOST'])('%s is ours', async (name) => {
    const upstream = await answering(ok('hi'))
    const { port, report } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(`GET /mcp HTTP/1.1\r\nHost: ${name}:${port}\r\n\r\n`)
    await client.until(/hi$/)
    expect((await report()).request.via).toBe(`http://${name}:${port}/mcp`)
  })

  test.each([
    'evil.example:PORT',
    'localhost',
    'localhost:1',
    'localhost.evil.example:PORT',
    '192.168.0.1:PORT',
    '',
    'localhost:PORT@evil.example',
    'evil@localhost:PORT',
  ])('%j is not, and nothing goes upstream', async (host) => {
    const upstream = await answering(ok('hi'))
    const { port, reports, notices } = await proxyFor(upstream.origin)
    const client = await rawClient(port)
    client.socket.write(`GET /mcp HTTP/1.1\r\nHost: ${host.replace('PORT', String(port))}\r\n\r\n`)
    expect(await client.until(/\n$/)).toMatch(
      /^HTTP\/1\.1 421 Misdirected Request\r\nContent-Type: text\/plain[^]*authtap/,
    )
    expect(upstream.received).toEqual([])
    expect(reports).toEqual([])
    expect(notices.map(({ code }) => code)).toEqual(['request-refused'])
  })

  test('a request without one, or with two, is refused', async () => {
    const upstream = await answering(ok('hi'))
    const { port } = await proxyFor(upstream.origin)
    for (const lines of ['', `Host: localhost:${port}\r\nHost: evil.example\r\n`]) {
      const client = await rawClient(port)
      client.socket.write(`GET /mcp HTTP/1.1\r\n${lines}\r\n`)
      expect(await client.until(/HTTP[^]*\r\n\r\n/)).toMatch(/^HTTP\/1\.1 400 /)
    }
    const old = await rawClient(port)
    old.socket.write('GET /mcp HTTP/1.0\r\n\r\n')
    expect(await old.until(/\n$/)).toMatch(/^HTTP\/1\.1 421 /)
    expect(upstream.received).toEqual([])
  })

  test('with remote clients allowed, addresses and the name of this machine are ours, too', () => {
    const gate = new Gate({ host: '0.0.0.0', allowRemote: true })
    const check = (host: string) => gate.check('/', [['Host', host]], 8484, true)
    expect(check('192.168.0.7:8484')).toMatchObject({ name: '192.168.0.7' })
    expect(check('[fe80::1]:8484')).toMatchObject({ name: '[fe80::1]' })
    expect(check('host.docker.internal:8484')).toMatchObject({ name: 'host.docker.internal' })
    expect(check('evil.example:8484')).toMatchObject({ status: 421 })
    expect(gate.name).toBe('localhost')
  })
})

describe('the Origin field', () => {
  test.each(['https://evil.example', 'null', 'http://localhost.evil.example', 'nonsense', ''])(
    '%j is refused',
    async (origin) => {
      const upstream = await answering(ok('hi'))
      const { port } = await proxyFor(upstream.origin, { allowOrigin: ['https://app.example'] })
      const client = await rawClient(port)
      client.socket.write(
        head(port, 'POST /mcp HTTP/1.1', `Origin: ${origin}`, 'Content-Length: 0'),
      )
      expect(await client.until(/\n$/)).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/)
      expect(upstream.received).toEqual([])
    },
  )

  test.each([
    'http://localhost:6274',
    'http://127.0.0.1',
    'https://[::1]:1',
    'https://app.example',
  ])('%s is let in', async (origin) => {
    const upstream = await answering(ok('hi'))
    const { port } = await proxyFor(upstream.origin, { allowOrigin: ['https://app.example'] })
    const client = await rawClient(port)
    client.socket.write(head(port, 'GET /mcp HTTP/1.1', `Origin: ${origin}`))
    await client.until(/hi$/)
    expect(upstream.received[0]).toContain(`\r\nOrigin: ${origin}\r\n`)
  })
})

describe('where it listens', () => {
  test('on both loopback addresses with one port', async () => {
    const upstream = await answering(ok('hi'))
    const { port } = await proxyFor(upstream.origin)
    for (const address of ['127.0.0.1', '::1']) {
      const client = await rawClient(port, address)
      client.socket.write(head(port, 'GET /mcp HTTP/1.1'))
      await client.until(/hi$/)
    }
  })

  test('on another address only when that is said twice', async () => {
    await expect(proxyFor('http://127.0.0.1:1', { host: '0.0.0.0' })).rejects.toMatchObject({
      code: 'EREMOTEHOST',
    })
    const { tap } = await proxyFor('http://127.0.0.1:1', { host: '0.0.0.0', allowRemote: true })
    expect(tap.listening.urls[0]!.url).toMatch(/^http:\/\/localhost:\d+$/)
  })

  test.each([[[]], [['ftp://x']], [['nonsense']], [['https://user:pw@x/']]])(
    'targets %j are an error of the user',
    async (targets) => {
      await expect(proxyFor('http://127.0.0.1:1', { targets })).rejects.toMatchObject({
        name: 'UserError',
      })
    },
  )
})

test('a client in a container is told which flags let it in', () => {
  const refusal = new Gate({}).check('/mcp', [['host', 'host.docker.internal:8484']], 8484, true)
  expect(refusal).toMatchObject({
    status: 421,
    text: expect.stringContaining('--host 0.0.0.0 --allow-remote') as string,
  })
  const remote = new Gate({ host: '0.0.0.0', allowRemote: true })
  expect(remote.check('/mcp', [['host', 'host.docker.internal:8484']], 8484, true)).toMatchObject({
    name: 'host.docker.internal',
  })
})
