/** Addresses are judged by what a name leads to, not by the name alone. */
import { afterEach, expect, test, vi } from 'vitest'
import { OriginMap } from '../../../src/tap/identity/map.ts'
import { Origins } from '../../../src/tap/identity/origins.ts'
import { type Notice, Notices } from '../../../src/tap/notices.ts'

const names: Record<string, string> = {
  'mcp.public.example': '93.184.216.34',
  'as.public.example': '93.184.216.35',
  'hidden.public.example': '127.0.0.1',
  'six.public.example': 'fd00::1',
  'mcp.company.example': '10.0.0.1',
  'as.company.example': '10.0.0.2',
}
vi.mock('node:dns/promises', () => ({
  lookup: async (host: string) => {
    if (names[host] === undefined) throw new Error('ENOTFOUND')
    return [{ address: names[host] }]
  },
}))
afterEach(() => vi.unstubAllEnvs())

/** Whether an origin is mapped that a server names, and what is told. */
async function named(from: string, origin: string) {
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'])
    vi.stubEnv(name, '')
  const told: Notice[] = []
  let port = 50_000
  const origins = new Origins(
    new OriginMap([], 'http'),
    async () => (port += 1),
    new Notices((notice) => told.push(notice)),
  )
  const site = await origins.add(from, 'target')
  await origins.admit([`${origin}/authorize`], 'authorization-server', site)
  return { isMapped: origins.site(origin) !== undefined, codes: told.map(({ code }) => code) }
}

test.each(['https://hidden.public.example', 'https://six.public.example'])(
  'a public server may not name %s, which leads inside',
  async (origin) => {
    const { isMapped, codes } = await named('https://mcp.public.example', origin)
    expect(isMapped).toBe(false)
    expect(codes).toEqual(['internal-address'])
  },
)

test.each([
  ['https://mcp.public.example', 'https://as.public.example'],
  ['https://mcp.public.example', 'https://unknown.example'],
  ['https://mcp.company.example', 'https://as.company.example'],
])('%s may name %s', async (from, origin) => {
  expect(await named(from, origin)).toEqual({ isMapped: true, codes: [] })
})
