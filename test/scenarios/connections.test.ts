import type { LookupFunction } from 'node:net'
import { Agent } from 'undici'
import { describe, test } from 'vitest'
import { again, everyone, use } from './clients.ts'
import { expectHealthy, watched } from './forms.ts'
import { served } from './served.ts'

/** Closes the connection after each request. */
const closing: typeof fetch = (url, init) => {
  const headers = new Headers(init?.headers)
  headers.set('Connection', 'close')
  return fetch(url, { ...init, headers })
}

/** Tells the server that it is ready, and does not wait for the answer. */
const abortsNotification: typeof fetch = async (url, init) => {
  if (!String(init?.body).includes('notifications/initialized')) return fetch(url, init)
  const controller = new AbortController()
  const asking = fetch(url, { ...init, signal: controller.signal }).catch(() => undefined)
  setImmediate(() => controller.abort())
  await asking
  return new Response(null, { status: 202 })
}

/** Connects to either address of localhost, as it comes. */
function alternating(): typeof fetch {
  const addresses = [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ]
  let count = 0
  const lookup: LookupFunction = (_host, _options, found) =>
    found(null, [addresses[(count += 1) % 2]!])
  // Without keep-alive, each request has a connection of its own.
  const dispatcher = new Agent({ connect: { lookup }, pipelining: 0 })
  return (url, init) => fetch(url, Object.assign({}, init, { dispatcher }))
}

const ways: [string, () => typeof fetch][] = [
  ['closes each connection', () => closing],
  ['gives up its first notification', () => abortsNotification],
  ['goes over IPv4 and IPv6 by turns', alternating],
]

describe.each(everyone)('a client made with %s', (_version, startClient) => {
  test.each(ways)('that %s has logged in each time', async (_way, make) => {
    await served({}, async ({ mcp }) => {
      const client = await startClient({ fetch: make() })
      const other = await startClient({ fetch: make() })
      const judged = await watched([mcp.url], async ([url]) => {
        await use(client, url!)
        await again(client, url!)
        await Promise.all([again(client, url!), use(other, url!)])
        await client.close()
        await other.close()
      })
      expectHealthy(judged, { logins: Array(4).fill('authorized') })
    })
  })
})
