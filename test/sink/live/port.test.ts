import { randomBytes } from 'node:crypto'
import { type Socket, connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { createRedactor } from '../../../src/core/redact/redactor.ts'
import { LiveStream } from '../../../src/sink/live/stream.ts'

const token = randomBytes(32).toString('hex')
let stream: LiveStream
let port = 0

beforeAll(async () => {
  stream = await LiveStream.open({ port: 0, token, allowOrigin: ['https://debug.example'] })
  stream.use(createRedactor({ key: randomBytes(32) }))
  port = Number(new URL(stream.url).port)
})
afterAll(() => stream.close())

function dial(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket))
    socket.on('error', reject)
  })
}

/** Everything that a request is answered, until the connection ends or a snapshot has come. */
async function ask(request: string): Promise<string> {
  const socket = await dial()
  let answer = ''
  socket.setEncoding('latin1')
  socket.write(request)
  await new Promise<void>((resolve) => {
    socket.on('data', (text: string) => {
      answer += text
      if (answer.includes('"snapshot"')) resolve()
    })
    socket.on('close', () => resolve())
  })
  socket.destroy()
  return answer
}

function upgrade(fields: Readonly<Record<string, string | undefined>>): string {
  const all = {
    Host: `127.0.0.1:${port}`,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    ...fields,
  }
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  )
  return `GET / HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`
}

const bearer = { Authorization: `Bearer ${token}` }

/** A status line, no body, and nothing that tells who answers. */
function bare(status: number): RegExp {
  return new RegExp(
    `^HTTP/1\\.1 ${status} [A-Za-z ]+\\r\\nConnection: close\\r\\nContent-Length: 0\\r\\n\\r\\n$`,
  )
}

describe('who may watch', () => {
  test('the token in Authorization opens the stream, in any case of the scheme', async () => {
    expect(await ask(upgrade(bearer))).toMatch(/^HTTP\/1\.1 101 /)
    expect(await ask(upgrade({ authorization: `bearer ${token}` }))).toMatch(/^HTTP\/1\.1 101 /)
  })

  test('a page offers the token as a subprotocol, and it is not echoed', async () => {
    const answer = await ask(
      upgrade({ 'Sec-WebSocket-Protocol': `authtap, ${token}`, Origin: 'http://localhost:3000' }),
    )
    expect(answer).toMatch(/^HTTP\/1\.1 101 /)
    expect(answer).toContain('Sec-WebSocket-Protocol: authtap\r\n')
    expect(answer).not.toContain(token)
  })

  test.each([
    ['no token', {}],
    ['a wrong token', { Authorization: `Bearer ${randomBytes(32).toString('hex')}` }],
    ['the beginning of the token', { Authorization: `Bearer ${token.slice(0, -1)}` }],
    ['the token and more', { Authorization: `Bearer ${token}0` }],
    ['another scheme', { Authorization: `Basic ${token}` }],
    ['an empty token', { Authorization: 'Bearer ' }],
    ['a subprotocol without the token', { 'Sec-WebSocket-Protocol': 'authtap' }],
    ['the token as the only subprotocol', { 'Sec-WebSocket-Protocol': token }],
    ['a token of prototypes', { Authorization: 'Bearer __proto__' }],
  ])('%s is answered 401 and nothing else', async (_, fields) => {
    expect(await ask(upgrade(fields))).toMatch(bare(401))
  })

  test.each([
    ['a page elsewhere', 'https://evil.example'],
    ['a page whose host begins like ours', 'http://localhost.evil.example'],
    ['a page without an origin', 'null'],
    ['a file', 'file://localhost'],
  ])('%s is answered 403, though it has the token', async (_, origin) => {
    expect(await ask(upgrade({ ...bearer, Origin: origin }))).toMatch(bare(403))
  })

  test.each([
    ['a name bound anew', 'evil.example'],
    ['no host', ''],
    ['a name with ours before an @', 'localhost@evil.example'],
    ['an address that is not ours', '192.0.2.1'],
  ])('%s is answered 421, though it has the token', async (_, host) => {
    expect(await ask(upgrade({ ...bearer, Host: host === '' ? '' : `${host}:${port}` }))).toMatch(
      bare(421),
    )
  })

  test('two Host fields are answered 421', async () => {
    expect(await ask(upgrade({ ...bearer, host: 'localhost' }))).not.toMatch(/^HTTP\/1\.1 101/)
  })

  test('localhost, a mapped port and an origin that was allowed are let in', async () => {
    for (const host of ['localhost:1', '[::1]:80', '127.0.0.2'])
      expect(await ask(upgrade({ ...bearer, Host: host }))).toMatch(/^HTTP\/1\.1 101 /)
    const terminated = { ...bearer, Host: 'debug.example', Origin: 'https://debug.example' }
    expect(await ask(upgrade(terminated))).toMatch(/^HTTP\/1\.1 101 /)
  })

  test('what is no upgrade is answered 404 without words, also with the token', async () => {
    const fields = `Host: localhost\r\nAuthorization: Bearer ${token}\r\n`
    expect(await ask(`GET / HTTP/1.1\r\n${fields}\r\n`)).toMatch(bare(404))
    expect(
      await ask(`POST / HTTP/1.1\r\n${fields}Content-Length: 9\r\nExpect: 100-continue\r\n\r\n`),
    ).toMatch(bare(404))
    expect(await ask('not HTTP at all\r\n\r\n')).toBe('')
  })
})

function watch(): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, { headers: bearer })
  return new Promise((resolve, reject) => {
    socket.once('message', () => resolve(socket))
    socket.once('error', reject)
  })
}

describe('viewers can only read', () => {
  test.each([
    ['a message', 'hello', 1008],
    ['an empty message', '', 1008],
    ['a large message', 'x'.repeat(100_000), 1009],
  ])('%s closes the viewer', async (_, message, code) => {
    const viewer = await watch()
    const closed = new Promise((resolve) => viewer.once('close', resolve))
    viewer.send(message)
    expect(await closed).toBe(code)
  })

  test('a ping is answered', async () => {
    const viewer = await watch()
    const pong = new Promise((resolve) => viewer.once('pong', (data) => resolve(String(data))))
    viewer.ping('there?')
    expect(await pong).toBe('there?')
    viewer.terminate()
  })
})

describe('many at once', () => {
  test('a flood of 1,000 connections keeps no viewer out, and its oldest are dropped', async () => {
    const early = await watch()
    const flood: Socket[] = []
    let dropped = 0
    for (let index = 0; index < 1000; index += 1) {
      const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: '))
      socket.on('error', () => {})
      socket.on('close', () => (dropped += 1))
      flood.push(socket)
    }
    const late = await watch()
    while (dropped < 900) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(early.readyState).toBe(WebSocket.OPEN)
    expect(late.readyState).toBe(WebSocket.OPEN)
    const told = new Promise((resolve) => early.once('message', resolve))
    const body = {
      type: 'notice',
      notice: { code: 'x', level: 'info', text: 'still here' },
    } as const
    stream.line(createRedactor({ key: randomBytes(32) }).value(body))
    expect(String(await told)).toContain('still here')
    for (const socket of flood) socket.destroy()
    early.terminate()
    late.terminate()
  })

  test('the 33rd viewer is answered 503, and has a place when another leaves', async () => {
    while (!(await ask(upgrade(bearer))).startsWith('HTTP/1.1 101'));
    const viewers: WebSocket[] = []
    for (;;) {
      const viewer = await watch().catch(() => undefined)
      if (viewer === undefined) break
      viewers.push(viewer)
    }
    expect(viewers.length).toBeLessThanOrEqual(32)
    expect(viewers.length).toBeGreaterThan(25)
    expect(await ask(upgrade(bearer))).toMatch(bare(503))
    // Whoever has no token does not learn that it is full.
    expect(await ask(upgrade({}))).toMatch(bare(401))
    viewers.pop()!.terminate()
    while (!(await ask(upgrade(bearer))).startsWith('HTTP/1.1 101'));
    for (const viewer of viewers) viewer.terminate()
  })
})

test('a port that is taken is told as such', async () => {
  await expect(LiveStream.open({ port, token })).rejects.toMatchObject({ code: 'EPORTTAKEN' })
})
