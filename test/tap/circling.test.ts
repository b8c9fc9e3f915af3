import { createServer, request } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { loopCode } from '../../src/core/wire/exchange.ts'
import { proxyFor } from './wire.ts'

/** A server that passes everything on to a port, as any proxy does, or keeps it for a while and answers. */
async function between({ delay, answers }: { delay: number; answers: boolean }) {
  let to = 0
  let asked = 0
  const server = createServer((incoming, response) => {
    asked += 1
    setTimeout(() => {
      if (answers) return response.end('{}')
      const headers = { ...incoming.headers, host: `localhost:${to}`, via: '1.1 between' }
      const { url: path, method } = incoming
      const onward = request({ host: '127.0.0.1', port: to, path, method, headers })
      onward.on('response', (answer) => answer.pipe(response.writeHead(answer.statusCode ?? 502)))
      onward.on('error', () => response.destroy())
      incoming.pipe(onward)
    }, delay)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close().closeAllConnections())
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
    leadTo: (port: number) => void (to = port),
  }
}

/** What a call is answered with: a status, or how it failed. */
async function call(port: number): Promise<number | string> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize' })
  const headers = { 'content-length': body.length, host: `localhost:${port}` }
  const asking = request({ host: '127.0.0.1', port, path: '/mcp', method: 'POST', headers })
  return new Promise((resolve) => {
    asking.on('response', (answer) => resolve(answer.resume().statusCode ?? 0))
    asking.on('error', (error: Error & { code?: string }) => resolve(error.code ?? ''))
    asking.end(body)
  })
}

test.each([0, 40])(
  'a request that comes back over another proxy is ended, and it is said (%i ms on the way)',
  async (delay) => {
    const upstream = await between({ delay, answers: false })
    const { port, notices, report } = await proxyFor(upstream.origin)
    upstream.leadTo(port)
    expect(await call(port)).toBe('ECONNRESET')
    expect(upstream.asked()).toBeLessThan(80)
    const told = notices.filter(({ code }) => code === 'loop')
    expect(told).toMatchObject([{ level: 'error' }])
    expect(told[0]!.text).toContain(`${upstream.origin} leads back to this proxy`)
    await report(({ id, failure }) => id === '1' && failure?.code === loopCode)
  },
  60_000,
)

test('requests that are alike, and wait for a slow server, all get through', async () => {
  const upstream = await between({ delay: 700, answers: true })
  const { port, notices } = await proxyFor(upstream.origin)
  const waves = Array.from({ length: 60 }, async (_, index) => {
    await new Promise((resolve) => setTimeout(resolve, index * 15))
    return call(port)
  })
  expect(new Set(await Promise.all(waves))).toEqual(new Set([200]))
  expect(upstream.asked()).toBe(60)
  expect(notices.filter(({ code }) => code === 'loop')).toEqual([])
})
