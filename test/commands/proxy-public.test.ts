import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { publicLines, publicOptions } from '../../src/commands/proxy-public.ts'
import { parseOptions } from '../../src/shell/arguments.ts'

const read = (...argv: string[]) => publicOptions(parseOptions(argv, ['proxy']))

test('without a name nobody comes from elsewhere, and flags for those who do need one', async () => {
  expect(await read()).toBeUndefined()
  for (const flag of ['--paths', '--keep-forwarded', '--from=claude', '--from-field=X-Real-IP'])
    await expect(read(flag)).rejects.toThrow('is for clients that come by a public name')
})

test('who may come is a range, a maker, or a file that a maker publishes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'authtap-from-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'list.json')
  const prefixes = [{ ipv4Prefix: '203.0.113.0/28' }, { ipv6Prefix: '2001:db8::/48' }, { x: 'no' }]
  await writeFile(file, JSON.stringify({ creationTime: '2026-11-30', prefixes }))
  const froms = ['198.51.100.7', 'claude', file].flatMap((who) => ['--from', who])
  expect((await read('--public', 'abc.test', ...froms))?.from).toEqual([
    '198.51.100.7',
    '160.79.104.0/21',
    '203.0.113.0/28',
    '2001:db8::/48',
  ])
})

test.each([
  ['chatgpt', 'changes too often'],
  ['nowhere.json', 'neither an address nor a file'],
  ['203.0.113.0/33', 'neither an address nor a file'],
  ['', 'neither an address nor a file'],
])('--from %j is refused: it %s', async (who, message) => {
  await expect(read('--public', 'abc.test', '--from', who)).rejects.toThrow(message)
})

test('says where the tunnel has to lead, who can come, and what claude.ai cannot reach', () => {
  const upstream = 'https://mcp.example/mcp'
  const listening = {
    urls: [{ upstream, url: 'https://localhost:8484/mcp' }],
    publicUrls: [{ upstream, url: 'https://abc.test:8443/mcp' }],
    ports: {},
    relayPort: 0,
  }
  const text = publicLines(listening).join('\n')
  expect(text).toContain('leads from there to https://localhost:8484')
  expect(text).toContain(
    'Whoever knows that name can reach the MCP server through it, as if directly',
  )
  expect(text).toContain(
    'claude.ai connects to port 443 alone, and so not to https://abc.test:8443/mcp',
  )
  expect(publicLines({ ...listening, publicUrls: [] })).toEqual([])
})
