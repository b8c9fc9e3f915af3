import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { runDemoClient } from '../../src/demo/client.ts'
import { startDemoServers } from '../../src/demo/parties.ts'
import { built } from '../tools/built.mjs'
import { open } from './harness.ts'

/** The real program on a terminal, the demo's servers behind it, and an editor that runs this. */
async function watching(script: string, ...flags: readonly string[]) {
  const home = mkdtempSync(join(tmpdir(), 'authtap-tui-'))
  const servers = await startDemoServers('none')
  onTestFinished(async () => {
    await servers.stop()
    rmSync(home, { recursive: true, force: true })
  })
  const editor = join(home, 'editor.sh')
  writeFileSync(editor, `cp "$1" ${home}/seen\n${script}\n`)
  const har = join(home, 'session.har')
  const session = open(
    [process.execPath, built('src/cli.js'), servers.mcpUrl, '--port', '0', '--har', har, ...flags],
    {
      columns: 120,
      rows: 40,
      cwd: home,
      env: {
        HOME: home,
        XDG_STATE_HOME: home,
        TMPDIR: home,
        EDITOR: `sh ${editor}`,
        VISUAL: undefined,
      },
    },
  )
  await session.until(/http:\/\/localhost:\d+\/mcp/)
  const [url] = /http:\/\/localhost:\d+\/mcp/.exec(session.text())!
  return {
    session,
    home,
    har,
    login: () => runDemoClient(url, 'none', () => {}),
    /** What lies there while a person edits. */
    editing: () => readdirSync(home).filter((name) => name.startsWith('authtap-held-')),
  }
}

test('a token request is held, changed in the editor and let go; the capture says so and holds no secret', async () => {
  const { session, home, har, login, editing } = await watching(
    'sed -i \'s/code_verifier=[^&]*/code_verifier=typed-by-hand-and-not-the-one-that-was-hashed/\' "$1"',
    '--hold',
    'kind:token',
  )
  const ended = login()
  await session.until('HELD')
  expect(session.text()).toContain('hold kind:token (1 held)')
  session.type('C')
  await session.until('ANSWER HELD')
  session.type('a')
  expect((await ended).ok).toBe(false)
  const seen = readFileSync(join(home, 'seen'), 'utf8')
  const [, verifier] = /code_verifier=([^&\s]+)/.exec(seen)!
  expect(editing()).toEqual([])
  session.type('Q')
  await session.exit
  const text = readFileSync(har, 'utf8')
  expect(text).not.toContain(verifier)
  expect(text).not.toContain('typed-by-hand')
  const { _authtap: own } = (JSON.parse(text) as { log: { _authtap: { report: unknown } } }).log
  expect(own.report).toMatchObject({
    firstBroken: null,
    capture: { changed: [{ at: 'request.form.code_verifier', by: 'person' }] },
  })
  expect(session.text()).toContain('(by a person)')
})

test('what is edited while authtap ends leaves nothing behind', async () => {
  const { session, home, login, editing } = await watching(
    'touch "$HOME/begun"; exec sleep 30',
    '--hold',
    'kind:mcp',
  )
  const ended = login().catch(() => undefined)
  await session.until('HELD')
  session.type('C')
  await session.until(() => existsSync(join(home, 'begun')))
  expect(editing().length).toBe(1)
  session.kill('SIGTERM')
  await session.exit
  await ended
  expect(editing()).toEqual([])
})
