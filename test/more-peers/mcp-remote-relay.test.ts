import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listen } from '../peers/listener.ts'
import { type Proxied, type Servers, direct, startServers } from '../peers/play.ts'
import { tapped } from '../peers/tap.ts'
import { type McpRemoteOptions, startMcpRemote } from './mcp-remote.ts'

let home: string
let servers: Servers
let proxied: Proxied
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'authtap-mcp-remote-'))
  servers = await startServers()
})
afterEach(async () => {
  await proxied.stop()
  await servers.stop()
  await rm(home, { recursive: true })
})

/** How mcp-remote is started as a client that the server knows under an id, with the port that it registered. */
async function known(comparesPorts: boolean): Promise<string[]> {
  const { origin, stop } = await listen(() => (_request, response) => void response.end())
  await stop()
  const { port } = new URL(origin)
  const redirectUri = `http://localhost:${port}/oauth/callback`
  await servers.as.know({ id: 'known-client', redirectUri, comparesPorts })
  return [port, '--static-oauth-client-info', JSON.stringify({ client_id: 'known-client' })]
}

/** The editor starts it, and gives up once this is so. */
async function inVain(
  url: string,
  options: McpRemoteOptions,
  until: () => Promise<void>,
): Promise<void> {
  const editor = new AbortController()
  const started = startMcpRemote(url, join(home, 'mcp-auth'), {
    ...options,
    signal: editor.signal,
  }).then(
    () => 'connected',
    () => 'given up',
  )
  await until()
  editor.abort()
  expect(await started).toBe('given up')
}

async function works(url: string, options: McpRemoteOptions): Promise<void> {
  const remote = await startMcpRemote(url, join(home, 'mcp-auth'), options)
  expect(await remote.callTool('through')).toBe('through')
  await remote.close()
}

const browserCame = async () => {
  const came = () => servers.as.seen.some(({ target }) => target.startsWith('/auth?'))
  await expect.poll(came, { timeout: 30_000 }).toBe(true)
}

describe('mcp-remote with a client id that the server knows', () => {
  test.each(['directly', 'through authtap'])(
    'logs in after a login page that was closed, %s',
    async (way) => {
      const tap = tapped()
      proxied = await (way === 'directly' ? direct : tap.startProxy)(servers.mcp.url)
      const options = { arguments: await known(false) }
      await inVain(proxied.url, { ...options, closes: '/interaction/' }, browserCame)
      await works(proxied.url, options)
      expect(tap.codes).toEqual([])
    },
  )

  test('logs in directly at a server that compares ports', async () => {
    proxied = await direct(servers.mcp.url)
    await works(proxied.url, { arguments: await known(true) })
  })

  test('which checks iss, is told at its first start through authtap why it cannot get through there', async () => {
    const tap = tapped()
    proxied = await tap.startProxy(servers.mcp.url)
    const options = { arguments: await known(true) }
    await inVain(proxied.url, options, async () => {
      await expect.poll(() => tap.codes, { timeout: 30_000 }).toEqual(['redirect-port-exact'])
    })
    expect(tap.notices[0]).toContain('A client that checks iss (RFC 9207) will still refuse')
    const tokens = () => servers.as.seen.filter(({ target }) => target === '/token').length
    await expect(works(proxied.url, options)).rejects.toThrow('Connection closed')
    expect(tokens()).toBe(0)
    expect(tap.codes).toEqual(['redirect-port-exact'])
  })
})
