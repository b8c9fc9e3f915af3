import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { refuseLoop } from '../../src/tap/loop.ts'
import { startReverse } from '../../src/tap/reverse.ts'

test.each([
  'http://localhost:8484/mcp',
  'http://127.0.0.1:8484',
  'http://[::1]:8484/mcp',
  `http://${hostname()}:8484/mcp`,
])('an endpoint on a port of our own is refused: %s', async (url) => {
  await expect(refuseLoop(url, [8484, 8485])).rejects.toThrow('address of this proxy itself')
  await refuseLoop(url, [8485])
})

test.each(['https://mcp.invalid:8484/mcp', 'http://192.0.2.1:8484/mcp'])(
  'the same port of another machine is not: %s',
  (url) => refuseLoop(url, [8484]),
)

test('a proxy does not start in front of itself', async () => {
  const options = { emit: () => undefined, notice: () => undefined }
  const first = await startReverse({ ...options, targets: ['http://127.0.0.1:9/mcp'], port: 0 })
  const port = Number(new URL(first.listening.urls[0]!.url).port)
  await first.stop()
  const itself = startReverse({ ...options, targets: [`http://localhost:${port}/mcp`], port })
  await expect(itself).rejects.toMatchObject({ code: 'ELOOP' })
})
