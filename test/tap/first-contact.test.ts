import { createServer } from 'node:https'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { contactTrouble } from '../../src/tap/first-contact.ts'
import { authority, issue } from './certificate.ts'
import { answering, ok, proxyFor, rawServer } from './wire.ts'

async function told(target: string): Promise<string> {
  const { notices } = await proxyFor(target, { firstContact: true })
  for (let waited = 0; waited < 5000 && notices.length === 0; waited += 20)
    await new Promise((resolve) => setTimeout(resolve, 20))
  return notices.map(({ code, text }) => `${code}: ${text}`).join('\n')
}

test('nothing listens: it is told at once, and the proxy stands', async () => {
  const { port } = await answering(ok('hi'))
  const gone = await rawServer(() => {})
  gone.sockets.length = 0
  expect(await told('http://127.0.0.1:1/mcp')).toMatch(
    /^no-contact: Nothing listens at 127\.0\.0\.1:1\./,
  )
  expect(port).not.toBe(1)
})

test('https at a port without TLS names the address to try', async () => {
  const upstream = await rawServer((socket) =>
    socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'),
  )
  const url = `https://127.0.0.1:${upstream.port}/mcp`
  expect(await told(url)).toContain(`speaks no TLS. Try http://127.0.0.1:${upstream.port}/mcp.`)
})

test('a certificate that nobody trusts names --ca and --insecure', async () => {
  const server = createServer(issue(authority('some authority'), 'localhost'), (_, response) =>
    response.end('hi'),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  expect(await told(`https://localhost:${port}/mcp`)).toMatch(
    /The certificate of localhost:\d+ is not trusted \(\w+\)\. Give the authority that signed it with --ca FILE, or --insecure/,
  )
})

test('where all is well nothing is told, and nothing is sent', async () => {
  const upstream = await answering(ok('hi'))
  const { notices } = await proxyFor(`${upstream.origin}/mcp`, { firstContact: true })
  for (let waited = 0; waited < 3000 && upstream.sockets.length === 0; waited += 20)
    await new Promise((resolve) => setTimeout(resolve, 20))
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(upstream.received).toEqual([''])
  expect(notices).toEqual([])
})

test.each([
  ['dns', 'ENOTFOUND', 'The name mcp.example was not found (ENOTFOUND). Look for a typing error'],
  ['tls', 'CERT_HAS_EXPIRED', 'The certificate of mcp.example has expired. Renew it'],
  ['tls', 'ERR_TLS_CERT_ALTNAME_INVALID', 'The certificate of mcp.example is for another name.'],
  ['tcp', 'ETIMEDOUT', 'mcp.example could not be connected to (ETIMEDOUT: x).'],
] as const)('%s %s has a sentence and an advice', (phase, code, text) => {
  expect(contactTrouble('https://mcp.example/mcp', { phase, code, message: 'x' })).toContain(text)
})
