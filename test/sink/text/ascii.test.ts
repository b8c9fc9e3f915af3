/** What every text output prints on a terminal without UTF-8. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { open } from '../../tui/harness.ts'
import { run } from '../../command.ts'
import { built } from '../../tools/built.mjs'

const args = ['demo', 'wrong-audience', '--format', 'text', '--no-color']

async function onTerminal(locale: string): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), 'authtap-ascii-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const env = { HOME: home, XDG_STATE_HOME: home, LC_ALL: locale }
  const session = open([process.execPath, built('src/cli.js'), ...args], {
    columns: 100,
    rows: 40,
    env,
  })
  expect(await session.exit).toMatchObject({ code: 1 })
  return session.written
}

test('a terminal that shows ASCII alone gets ASCII alone', async () => {
  const said = await onTerminal('C')
  expect(said).toContain('RFC 8707 section 2')
  expect([...said].filter((one) => one > '~')).toEqual([])
})

test('one that shows more gets the signs as they are, and so does what is no terminal', async () => {
  expect(await onTerminal('C.UTF-8')).toContain('RFC 8707 §2')
  expect((await run(args, { env: { LC_ALL: 'C' } })).stdout).toContain('RFC 8707 §2')
})
