import { expect, test } from 'vitest'
import { answering, fields, head, ok, proxyFor, rawClient } from './wire.ts'

const hop = ['host', 'connection', 'keep-alive', 'content-length']

test('fields keep their order, case and repeats on the way up', async () => {
  const upstream = await answering(ok('hi'))
  const { port, report } = await proxyFor(`${upstream.origin}/mcp`)
  const sent = [
    'X-One: 1',
    'accept: a',
    'X-ONE: 2',
    'Accept: b',
    'x-one: ',
    'Cookie: a=1',
    'Cookie: b=2',
  ]
  const client = await rawClient(port)
  client.socket.write(
    head(port, 'GET /mcp HTTP/1.1', ...sent.slice(0, 2), '{host}', ...sent.slice(2)),
  )
  await client.until(/hi$/)
  expect(fields(upstream.received[0]!, ...hop)).toEqual(sent)
  expect(upstream.received[0]).toMatch(/^GET \/mcp HTTP\/1\.1\r\n/)
  expect(upstream.received[0]).toMatch(
    new RegExp(`^host: 127\\.0\\.0\\.1:${upstream.port}\r$`, 'im'),
  )
  const { request } = await report()
  expect(request.headers.map(([name, value]) => `${name}: ${value}`)).toEqual([
    ...sent.slice(0, 2),
    `Host: 127.0.0.1:${upstream.port}`,
    ...sent.slice(2),
  ])
})

test('fields keep their order, case and repeats on the way back, and nothing is added', async () => {
  const sent = [
    'WWW-Authenticate: Bearer',
    'Set-cookie: a=1',
    'www-authenticate: DPoP',
    'X-b: 1',
    'x-B: 2',
  ]
  const upstream = await answering(
    ['HTTP/1.1 401 Nope, really', ...sent, 'Content-Length: 2', '', 'no'].join('\r\n'),
  )
  const { port, report } = await proxyFor(`${upstream.origin}/mcp`)
  const client = await rawClient(port)
  client.socket.write(head(port, 'GET /mcp HTTP/1.1'))
  const text = await client.until(/no$/)
  expect(text).toMatch(/^HTTP\/1\.1 401 Nope, really\r\n/)
  const seen = fields(text, ...hop).map((line) => line.replace(/authtap-[0-9a-f]{8}-/, ''))
  expect(seen).toEqual(sent)
  const { response } = await report()
  expect(response).toMatchObject({ status: 401, statusText: 'Nope, really', complete: true })
  expect(response!.headers.map(([name, value]) => `${name}: ${value}`)).toEqual([
    ...sent,
    'Content-Length: 2',
  ])
})
