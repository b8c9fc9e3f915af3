import { describe, expect, test } from 'vitest'
import type { PeerClient } from '../peers/client.ts'
import { again, generations, share, use } from './clients.ts'
import { type Judged, expectHealthy, watched } from './forms.ts'
import { libraries, servedBy } from './libraries.ts'
import { nightPasses } from './night.ts'
import { served } from './served.ts'

const grace = libraries.filter(([, { renews }]) => renews === 'leniently')

/** Two processes of one client, which read their tokens from one file when they start. */
async function twins(start: () => Promise<PeerClient>, url: string): Promise<PeerClient[]> {
  const [editor, worker] = [await start(), await start()]
  await use(editor, url)
  share(editor, worker)
  await use(worker, url)
  return [editor, worker]
}

/** Both need a new token in the morning, and ask for it with the same refresh token. */
function callAtOnce(clients: readonly PeerClient[]): Promise<PromiseSettledResult<string>[]> {
  nightPasses()
  return Promise.allSettled(clients.map((client, index) => client.callTool(`morning ${index}`)))
}

/** What every form of a session says broke first. */
function firstBroken(judged: readonly Judged[]) {
  return judged.map(({ form, report: { verdict, firstBroken: broken, findings } }) => {
    const first = findings.find(({ id }) => id === broken?.finding)
    return { form, verdict, rule: first?.rule, variant: first?.variant, fault: broken?.fault }
  })
}

describe.each(generations)('two processes of SDK %s that renew one token at once', (_, start) => {
  test('where it works once: one is logged out, and the client is told why', async () => {
    await served({}, async ({ mcp }) => {
      const judged = await watched([mcp.url], async ([url]) => {
        const clients = await twins(start, url!)
        const ends = (await callAtOnce(clients)).map(({ status }) => status)
        expect(ends.sort()).toEqual(['fulfilled', 'rejected'])
        for (const client of clients) await client.close()
      })
      expect(firstBroken(judged)).toEqual(
        judged.map(({ form }) => ({
          form,
          verdict: 'fail',
          rule: 'refresh/rotated-token-reused',
          variant: 'concurrent',
          fault: 'client',
        })),
      )
    })
  })

  test('where it works once: all is well when the other logs in anew', async () => {
    await served({}, async ({ mcp }) => {
      const judged = await watched([mcp.url], async ([url]) => {
        const clients = await twins(start, url!)
        const ends = await callAtOnce(clients)
        const loser = clients[ends.findIndex(({ status }) => status === 'rejected')]!
        await again(loser, url!)
        for (const client of clients) await client.close()
      })
      expectHealthy(judged, {
        logins: ['authorized', 'superseded', 'authorized'],
        past: ['refresh/rotated-token-reused', 'token/error-response'],
      })
    })
  })

  test.each(grace)('where it works a while longer (%s): both go on', async (_library, library) => {
    await servedBy(library, async (server) => {
      const judged = await watched([server.url], async ([url]) => {
        const clients = await twins(start, url!)
        const ends = (await callAtOnce(clients)).map(({ status }) => status)
        expect(ends).toEqual(['fulfilled', 'fulfilled'])
        for (const client of clients) await client.close()
      })
      expectHealthy(judged, { logins: ['authorized'] })
    })
  })
})
