import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { exampleFaults } from '../src/core/example.ts'
import type { Rule } from '../src/core/verdict/rule.ts'
import { ruleFaults } from '../src/core/verdict/rule-shape.ts'

const run = promisify(execFile)
const script = fileURLToPath(new URL('tools/new-rule.mjs', import.meta.url))
// Beside the sources, so that the rule's import of the kit leads there.
const parent = fileURLToPath(new URL('.', import.meta.url))
let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(parent, 'new-rule-'))
  await mkdir(join(folder, 'rules'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('writes a rule that loads and whose examples hold before a word of it is changed', async () => {
  await run(process.execPath, [script, 'house/my-rule', join(folder, 'rules')])
  const file = join(folder, 'rules', 'house', 'my-rule.ts')
  const text = await readFile(file, 'utf8')
  expect(text).toContain("from '../../src/core/kit.ts'")
  await writeFile(file, text.replace('../../src/core/kit.ts', '../../../../src/core/kit.ts'))
  const { default: rule } = (await import(pathToFileURL(file).href)) as { default: Rule }
  expect(ruleFaults(rule)).toEqual([])
  for (const example of rule.examples.good)
    expect(exampleFaults(rule, [rule], example, true)).toEqual([])
  for (const example of rule.examples.bad)
    expect(exampleFaults(rule, [rule], example, false)).toEqual([])
})

test('refuses an id that is none, and one that exists', async () => {
  await expect(
    run(process.execPath, [script, 'NoCategory', join(folder, 'rules')]),
  ).rejects.toMatchObject({ code: 2 })
  await run(process.execPath, [script, 'house/my-rule', join(folder, 'rules')])
  await expect(
    run(process.execPath, [script, 'house/my-rule', join(folder, 'rules')]),
  ).rejects.toMatchObject({ code: 2 })
})
