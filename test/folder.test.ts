import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeFolder } from '../src/folder.ts'
import { run } from './command.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authtap-folder-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('folders come about with those above them, for their owner alone, and one that is there is left', async () => {
  const path = join(folder, 'a', 'b', 'c')
  makeFolder(path)
  makeFolder(path)
  expect((await stat(path)).mode & 0o777).toBe(0o700)
  expect((await stat(join(folder, 'a'))).mode & 0o777).toBe(0o700)
})

test('what is no folder stands in the way', async () => {
  await writeFile(join(folder, 'file'), '')
  expect(() => makeFolder(join(folder, 'file'))).toThrow('EEXIST')
  expect(() => makeFolder(join(folder, 'file', 'below'))).toThrow('ENOTDIR')
})

test.runIf(existsSync('/proc/self'))(
  'where no folder can be made, the proxy says so and ends',
  async () => {
    expect(() => makeFolder('/proc/authtap/journal')).toThrow('ENOENT')
    const args = ['http://127.0.0.1:1/mcp', '--port', '0', '--journal', '/proc/authtap/journal']
    const { code, stderr } = await run(args)
    expect([code, stderr]).toEqual([2, expect.stringContaining('cannot be written (ENOENT)')])
  },
)
