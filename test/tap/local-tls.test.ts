/** The certificate of a session, and a proxy that speaks https with it. */
import { X509Certificate } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { connect as connectTls } from 'node:tls'
import { connect } from 'node:net'
import { once } from 'node:events'
import { describe, expect, test, vi } from 'vitest'
import { makeSessionCertificate } from '../../src/tap/wire/session-certificate.ts'
import { answering, ok, proxyFor, rawClient } from './wire.ts'

const { ca, ...identity } = makeSessionCertificate(['localhost', '127.0.0.1', '[::1]'])

describe('a certificate made for a session', () => {
  const authority = new X509Certificate(ca)
  const own = new X509Certificate(identity.cert)

  test('is issued by its authority, for the names of the listeners', () => {
    expect(authority.ca).toBe(true)
    expect(own.ca).toBe(false)
    expect(own.checkIssued(authority)).toBe(true)
    expect(own.verify(authority.publicKey)).toBe(true)
    expect(own.checkHost('localhost')).toBe('localhost')
    expect(own.checkIP('127.0.0.1')).toBe('127.0.0.1')
    expect(own.checkIP('::1')).toBe('::1')
    expect(own.checkHost('example.com')).toBeUndefined()
  })

  test('is another one each time, and ends', () => {
    expect(makeSessionCertificate(['localhost']).ca).not.toBe(ca)
    const days = (Date.parse(own.validTo) - Date.now()) / 86_400_000
    expect(days).toBeGreaterThan(1)
    expect(days).toBeLessThan(40)
  })
})

/** Status and fields of the answer. */
async function get(port: number, path = '/mcp', headers: Record<string, string> = {}) {
  const sent = request({ host: '127.0.0.1', port, path, ca, headers, servername: 'localhost' })
  sent.end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  return response
}

describe('a proxy that speaks https', () => {
  test('carries a request, and keeps cookies for https', async () => {
    const upstream = await answering(ok('{}', 'Set-Cookie: a=b; Secure; Domain=mcp.example'))
    const { port, report } = await proxyFor(upstream.origin, { identity })
    const response = await get(port, '/mcp', { host: `localhost:${port}` })
    expect(response.statusCode).toBe(200)
    expect(response.headers['set-cookie']![0]).toMatch(/-a=b; Secure$/)
    const { request: recorded } = await report()
    expect(recorded.url).toBe(`${upstream.origin}/mcp`)
    expect(recorded.via).toBe(`https://localhost:${port}/mcp`)
  })

  test('takes the absolute form of its own scheme', async () => {
    const upstream = await answering(ok('{}'))
    const { port } = await proxyFor(upstream.origin, { identity })
    const host = `localhost:${port}`
    expect((await get(port, `https://${host}/mcp`, { host })).statusCode).toBe(200)
    expect((await get(port, `http://${host}/mcp`, { host })).statusCode).toBe(421)
  })

  test('says that a client speaks plain http, that one does not trust it, and that one left', async () => {
    const upstream = await answering(ok('{}'))
    const { port, notices } = await proxyFor(upstream.origin, { identity })
    const told = (code: string) =>
      vi.waitFor(() => expect(notices.map((one) => one.code)).toContain(code))
    connect(port, '127.0.0.1')
      .on('error', () => {})
      .write('GET /mcp HTTP/1.1\r\n\r\n')
    await told('plain-http')
    const left = connectTls({ port, host: '127.0.0.1', ca, servername: 'localhost' })
    await once(left, 'secureConnect')
    left.destroy()
    await told('left-before-asking')
  })

  test('ends while a client is connected that says nothing', async () => {
    const upstream = await answering(ok('{}'))
    const { port, tap } = await proxyFor(upstream.origin, { identity })
    const silent = await rawClient(port)
    const spoken = connectTls({ port, host: '127.0.0.1', ca, servername: 'localhost' })
    await once(spoken, 'secureConnect')
    await tap.stop()
    await silent.ended()
  })

  test('refuses a certificate and key that do not belong together', async () => {
    const other = makeSessionCertificate(['localhost'])
    await expect(
      proxyFor('http://127.0.0.1:9', { identity: { cert: identity.cert, key: other.key } }),
    ).rejects.toMatchObject({ code: 'ETLSOPTIONS' })
  })
})
