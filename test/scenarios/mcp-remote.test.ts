import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startMcpRemote } from '../more-peers/mcp-remote.ts'
import { everyone, use } from './clients.ts'
import { expectHealthy, watched } from './forms.ts'
import { libraries, servedBy } from './libraries.ts'
import { nightPasses } from './night.ts'
import { served } from './served.ts'

const once = { logins: ['authorized'] } as const
const twice = { logins: ['authorized', 'authorized'] } as const

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'authtap-mcp-remote-'))
})
afterEach(() => rm(home, { recursive: true }))

/** An editor starts it, calls the tool and quits. */
async function run(url: string): Promise<void> {
  const remote = await startMcpRemote(url, home)
  expect(await remote.callTool('hello')).toBe('hello')
  await remote.close()
}

async function forgetTokens(): Promise<void> {
  const files = await readdir(home, { recursive: true })
  const tokens = files.filter((name) => name.includes('tokens'))
  expect(tokens).not.toEqual([])
  for (const name of tokens) await rm(join(home, name))
}

describe.each(libraries)('at a server made with %s, mcp-remote', (_library, library) => {
  test('that is started again, and once more after a night, has logged in', async () => {
    await servedBy(library, async (server) => {
      const judged = await watched([server.url], async ([url]) => {
        await run(url!)
        await run(url!)
        nightPasses()
        await run(url!)
      })
      expectHealthy(judged, library.renews ? once : twice)
    })
  })

  test('that has lost its tokens has logged in twice, with one registration', async () => {
    await servedBy(library, async (server) => {
      const judged = await watched([server.url], async ([url]) => {
        await run(url!)
        await forgetTokens()
        await run(url!)
      })
      expectHealthy(judged, twice)
    })
  })

  test('that kept its token while authtap was restarted has logged in', async () => {
    await servedBy(library, async (server) => {
      const judged = await watched(
        [server.url],
        async ([url]) => {
          await run(url!)
          nightPasses()
          await run(url!)
        },
        ([url]) => run(url!),
      )
      expectHealthy(judged, library.renews ? once : twice)
    })
  })

  test('that logs in at once with clients of all sorts has logged in', async () => {
    await servedBy(library, async (server) => {
      const clients = await Promise.all(everyone.map(([, startClient]) => startClient()))
      const judged = await watched([server.url], async ([url]) => {
        const runs = clients.map((client) => use(client, url!))
        await Promise.all([run(url!), ...runs])
        await Promise.all(clients.map((client) => client.close()))
      })
      expectHealthy(judged, { logins: ['authorized', ...clients.map(() => 'authorized' as const)] })
    })
  })
})

test('mcp-remote whose user had said no has logged in', async () => {
  let willing = false
  await served({ authorizationServer: { agrees: () => willing } }, async ({ mcp, as }) => {
    const judged = await watched([mcp.url], async ([url]) => {
      const editor = new AbortController()
      const refused = startMcpRemote(url!, home, { signal: editor.signal }).then(
        () => 'connected',
        () => 'given up',
      )
      const denied = () => as.seen.filter(({ target }) => target.startsWith('/auth/')).length
      await expect.poll(denied, { timeout: 30_000 }).toBeGreaterThan(0)
      editor.abort()
      expect(await refused).toBe('given up')
      willing = true
      await run(url!)
    })
    expectHealthy(judged, { logins: ['superseded', 'authorized'] })
  })
})
