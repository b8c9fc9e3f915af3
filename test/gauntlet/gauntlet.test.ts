/** `src/gauntlet/`: a client and a server run through the faults. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { profiles } from '../../src/gauntlet/profiles.ts'
import { interceptFlags } from '../../src/intercept-flags.ts'
import { run, start } from '../command.ts'
import { startServers } from '../peers/play.ts'
import { compile } from '../tui/term/compile.ts'

const client = compile('test/gauntlet/client.ts')

async function gauntlet(...flags: readonly string[]) {
  const servers = await startServers()
  onTestFinished(servers.stop)
  const command = [process.execPath, client, 'v1', '{url}']
  return run(['gauntlet', servers.mcp.url, ...flags, '--', ...command])
}

test('a client that compares no iss is fooled, one that asks elsewhere recovers, and each run leaves a capture', async () => {
  const captures = mkdtempSync(join(tmpdir(), 'authtap-captures-'))
  onTestFinished(() => rmSync(captures, { recursive: true, force: true }))
  const { code, stdout } = await gauntlet(
    ...['--faults', 'authorization-response/iss-wrong', '--faults', 'challenge/no-header'],
    ...['--format', 'json', '--captures', captures],
  )
  expect(JSON.parse(stdout)).toMatchObject({
    schema: 'authtap.gauntlet/1',
    runs: [
      { fault: 'authorization-response/iss-wrong', reaction: 'fooled', expected: 'refused' },
      { fault: 'challenge/no-header', reaction: 'recovered' },
    ],
  })
  expect(code).toBe(1)
  expect(readdirSync(captures).sort()).toEqual([
    'authorization-response-iss-wrong.har',
    'authorization-response-iss-wrong.log',
    'challenge-no-header.har',
    'challenge-no-header.log',
    'healthy.har',
    'healthy.log',
  ])
  expect(readFileSync(join(captures, 'challenge-no-header.log'), 'utf8')).toContain('Listening')
  expect(readFileSync(join(captures, 'challenge-no-header.har'), 'utf8')).toContain(
    'challenge/no-header',
  )
})

test('a server that refuses what it has to passes', async () => {
  const { code, stdout } = await gauntlet('--as-server', '--faults', 'use/authorization-stripped')
  expect(stdout).toMatch(/✓ use\/authorization-stripped +refused +#\d+ was answered 401/)
  expect(code).toBe(0)
})

test('a client that does not get through without a fault is told so', async () => {
  const { code, stdout } = await run([
    'gauntlet',
    'http://127.0.0.1:9/mcp',
    '--',
    process.execPath,
    '--version',
  ])
  expect(stdout).toContain('does not get through without a fault')
  expect(code).toBe(3)
})

test('what a client says before it fails is printed without its tokens and without control characters', async () => {
  const says = `console.log('\\x1b]0;title\\x07Authorization: Bearer a-token-of-the-client-0123'); process.exit(1)`
  const { stdout } = await run([
    ...['gauntlet', 'http://127.0.0.1:9/mcp'],
    ...['--', process.execPath, '-e', says],
  ])
  expect(stdout).toMatch(/Authorization: Bearer ‹access_token:/)
  expect(stdout).not.toContain('a-token-of-the-client-0123')
  expect(stdout).not.toContain('\x1b')
})

test('who ends it leaves neither the client nor what it kept', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'authtap-ended-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const note = join(folder, 'pid')
  const idle = `require('fs').writeFileSync(${JSON.stringify(note)}, String(process.pid)); setInterval(() => {}, 1000)`
  const { child, ended } = start(
    ['gauntlet', 'http://127.0.0.1:9/mcp', '--', process.execPath, '-e', idle],
    { env: { TMPDIR: folder } },
  )
  await vi.waitFor(() => expect(readFileSync(note, 'utf8')).not.toBe(''), 20_000)
  const client = Number(readFileSync(note, 'utf8'))
  child.kill('SIGINT')
  const { code, stdout } = await ended
  expect([code, stdout]).toEqual([3, ''])
  expect(readdirSync(folder)).toEqual(['pid'])
  expect(() => process.kill(client, 0)).toThrow('ESRCH')
})

test('a client has a fresh folder where its variables name one', async () => {
  const says = `console.log(process.env.MY_CLIENT_HOME, process.env.MCP_REMOTE_CONFIG_DIR, process.env.HOME); process.exit(1)`
  const { stdout } = await run([
    ...['gauntlet', 'http://127.0.0.1:9/mcp', '--client-home', 'MY_CLIENT_HOME'],
    ...['--', process.execPath, '-e', says],
  ])
  expect(stdout).toMatch(/(\S+)\/MY_CLIENT_HOME \1\/MCP_REMOTE_CONFIG_DIR \1\n/)
})

test('each client that can be named is one that is known', () => {
  const flag = interceptFlags.find(({ name }) => name === 'profile')
  expect(flag).toMatchObject({ choices: profiles.map(({ name }) => name) })
})

test.each([
  [[], 'needs the URL of a server'],
  [['http://127.0.0.1:9/mcp'], 'needs the URL of a server'],
  [['http://127.0.0.1:9/mcp', '--faults', 'token/htm', '--', 'x'], 'Did you mean token/html'],
])('%j is refused', async (args, message) => {
  const { code, stderr } = await run(['gauntlet', ...args])
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
})

test.each([
  ['--output', 'table.txt'],
  ['--captures', 'captures'],
])('a place that %s cannot write to is told before anything runs', async (flag, name) => {
  const file = join(mkdtempSync(join(tmpdir(), 'authtap-output-')), 'file')
  writeFileSync(file, '')
  onTestFinished(() => rmSync(dirname(file), { recursive: true, force: true }))
  const { code, stderr } = await gauntlet(flag, join(file, name))
  expect(stderr).toContain(file)
  expect(stderr).not.toContain('internal error')
  expect(stderr).not.toContain('healthy')
  expect(code).toBe(2)
})
