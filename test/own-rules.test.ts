import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { loadRules } from '../src/rules.ts'
import { built } from './tools/built.mjs'

test('the built program, which is put together in a few files, holds every rule', async () => {
  const cli = built('src/cli.js')
  const { stdout } = await promisify(execFile)(process.execPath, [cli, 'rules', 'list'])
  const listed = stdout.split('\n').map((line) => line.split(' ', 1)[0])
  const { rules } = await loadRules()
  expect(listed).toEqual(expect.arrayContaining(rules.map(({ id }) => id)))
})
