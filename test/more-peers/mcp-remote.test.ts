import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type StartProxy, direct } from '../peers/play.ts'
import { startMcpRemote } from './mcp-remote.ts'
import { received } from './peer.ts'
import { startSdkServer } from './sdk-server.ts'
import { throughAuthtap } from './through.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'authtap-mcp-remote-'))
})
afterEach(() => rm(home, { recursive: true }))

/** An editor starts mcp-remote, calls the tool and quits; and again. Gives what the servers received. */
async function twoStarts(startProxy: StartProxy) {
  const server = await startSdkServer('on an origin of its own')
  const proxied = await startProxy(server.url)
  try {
    for (const text of ['first', 'second']) {
      const remote = await startMcpRemote(proxied.url, join(home, 'mcp-auth'))
      expect(await remote.callTool(text)).toBe(text)
      await remote.close()
    }
  } finally {
    await proxied.stop()
    await server.stop()
  }
  return withoutStreams(received(server))
}

/** Whether the stream is still asked for before the editor quits is a race within the client, with and without a proxy. */
function withoutStreams(
  seen: Readonly<Record<string, readonly string[]>>,
): Record<string, readonly string[]> {
  return Object.fromEntries(
    Object.entries(seen).map(([name, requests]) => [
      name,
      requests.filter((request) => !request.startsWith('GET /mcp')),
    ]),
  )
}

const posts = (requests: readonly string[] | undefined, path: string) =>
  requests?.filter((request) => request.startsWith(`POST ${path}`)).length

describe('mcp-remote', () => {
  test('registers and logs in at its first start only', async () => {
    const { as } = await twoStarts(direct)
    expect([posts(as, '/register'), posts(as, '/token')]).toEqual([1, 1])
  })

  test('looks the same to the servers through authtap, in both its starts', async () => {
    const before = await twoStarts(direct)
    await rm(home, { recursive: true })
    expect(await twoStarts(throughAuthtap)).toEqual(before)
  })
})
