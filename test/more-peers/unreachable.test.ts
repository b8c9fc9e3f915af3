/** A server that cannot be reached, or breaks off, meets a client through authtap as it does directly. */
import { mkdtemp, rm } from 'node:fs/promises'
import { type Server, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startClientV1 } from '../peers/client-v1.ts'
import { startClientV2 } from '../peers/client-v2.ts'
import type { StartClient } from '../peers/client.ts'
import { startAiSdk } from './ai-sdk.ts'
import { startMcpRemote } from './mcp-remote.ts'
import { throughAuthtap } from './through.ts'

/** Takes each request, and closes its connection without an answer. */
async function hangingUp(): Promise<{ server: Server; url: string; asked: string[] }> {
  const asked: string[] = []
  const server = createServer((socket) => {
    socket.once('data', (data) => {
      asked.push(data.toString('latin1').split(' HTTP/', 1)[0]!)
      socket.destroy()
    })
    socket.on('error', () => undefined)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, asked }
}

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'authtap-mcp-remote-'))
})
afterEach(() => rm(home, { recursive: true }))

const inProcess = (start: StartClient) => async (url: string) => {
  const client = await start()
  try {
    await client.login(url)
  } finally {
    await client.close()
  }
}

const clients: [string, (url: string) => Promise<void>][] = [
  ['SDK v1', inProcess(startClientV1)],
  ['SDK v2', inProcess(startClientV2)],
  ['the AI SDK', inProcess(startAiSdk)],
  ['mcp-remote', async (url) => (await startMcpRemote(url, home)).close()],
]

test.each(clients)('%s asks a server that hangs up for the same, and fails', async (_, connect) => {
  const ways: ((url: string) => Promise<string[]>)[] = [
    async (url) => {
      await expect(connect(url)).rejects.toThrow()
      return []
    },
    async (url) => {
      const authtap = await throughAuthtap(url)
      await expect(connect(authtap.url)).rejects.toThrow()
      await authtap.stop()
      return authtap.exchanges().map(({ failure }) => failure?.phase ?? 'none')
    },
  ]
  const asked: string[][] = []
  const phases: string[] = []
  for (const way of ways) {
    const { server, url, asked: seen } = await hangingUp()
    phases.push(...(await way(url)))
    server.close()
    asked.push(seen)
  }
  expect(asked[0]).not.toEqual([])
  expect(new Set(asked[1])).toEqual(new Set(asked[0]))
  expect(new Set(phases)).toEqual(new Set(['http']))
})

test.each(clients)('%s does not get past a server that is not there', async (_, connect) => {
  const { server, url } = await hangingUp()
  await new Promise((done) => server.close(done))
  await expect(connect(url)).rejects.toThrow()
  const authtap = await throughAuthtap(url)
  await expect(connect(authtap.url)).rejects.toThrow()
  await authtap.stop()
  expect(new Set(authtap.exchanges().map(({ failure }) => failure?.phase))).toEqual(
    new Set(['tcp']),
  )
})
