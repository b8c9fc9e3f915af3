import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startMcpRemote } from '../more-peers/mcp-remote.ts'
import type { PeerClient } from '../peers/client.ts'
import { startGateway } from '../peers/gateway.ts'
import { startMcpServer } from '../peers/mcp-server.ts'
import { startAuthorizationServer } from '../peers/oidc-provider.ts'
import { everyone, use } from './clients.ts'
import { expectHealthy, watched } from './forms.ts'

const byHand = 'registered-by-hand'

/** Two MCP servers behind one authorization server, which knows a client that was registered by hand. */
async function pair(play: (urls: readonly string[]) => Promise<void>): Promise<void> {
  const as = await startAuthorizationServer({ clients: [byHand] })
  const servers = [await startMcpServer(as), await startMcpServer(as)]
  try {
    await play(servers.map(({ url }) => url))
  } finally {
    for (const server of [...servers, as]) await server.stop()
  }
}

/** The same on one origin, as two paths of one gateway. */
async function pairOnOneOrigin(play: (urls: readonly string[]) => Promise<void>): Promise<void> {
  const as = await startAuthorizationServer({ clients: [byHand] })
  const origins = new Map<string, string>()
  const gateway = await startGateway({
    upstream: (path) => origins.get(/one|two/.exec(path)?.[0] ?? '') ?? '',
  })
  const servers = []
  for (const name of ['one', 'two']) {
    const server = await startMcpServer({
      issuer: as.issuer,
      path: `/${name}`,
      publicOrigin: gateway.origin,
    })
    origins.set(name, server.origin)
    servers.push(server)
  }
  try {
    await play(servers.map(({ url }) => url))
  } finally {
    for (const server of [...servers, gateway, as]) await server.stop()
  }
}

const expected = { logins: ['authorized', 'authorized'] } as const

/** Logs in with each client to the server of its own. */
type Order = (clients: readonly PeerClient[], urls: readonly string[]) => Promise<void>

const orders: [string, Order][] = [
  [
    'one after the other',
    async (clients, urls) => {
      for (const [index, client] of clients.entries()) await use(client, urls[index]!)
    },
  ],
  [
    'at once',
    async (clients, urls) => {
      await Promise.all(clients.map((client, index) => use(client, urls[index]!)))
    },
  ],
]

const ids = [
  ['one client id', byHand],
  ['a registration each', undefined],
] as const

const places = [
  ['two servers', pair],
  ['two servers on one origin', pairOnOneOrigin],
] as const

describe.each(places)('%s behind one authorization server', (_place, start) => {
  describe.each(everyone)('are logged in to by clients made with %s', (_name, startClient) => {
    describe.each(ids)('with %s,', (_ids, id) => {
      test.each(orders)('%s', async (_order, logIn) => {
        await start(async (targets) => {
          const clients = [await startClient(), await startClient()]
          if (id !== undefined)
            for (const { memory } of clients) memory.saveClientInformation({ client_id: id })
          const judged = await watched(targets, async (urls) => {
            await logIn(clients, urls)
            for (const client of clients) await client.close()
          })
          expectHealthy(judged, expected)
        })
      })
    })
  })

  test.each(['one after the other', 'at once'])(
    'are logged in to by mcp-remote, %s',
    async (order) => {
      await start(async (targets) => {
        const judged = await watched(targets, async (urls) => {
          if (order === 'at once') await Promise.all(urls.map((url) => run(url)))
          else for (const url of urls) await run(url)
        })
        expectHealthy(judged, expected)
      })
    },
  )
})

/** An editor starts mcp-remote for a server, calls the tool and quits. */
async function run(url: string): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'authtap-mcp-remote-'))
  try {
    const remote = await startMcpRemote(url, home)
    expect(await remote.callTool('hello')).toBe('hello')
    await remote.close()
  } finally {
    await rm(home, { recursive: true })
  }
}
