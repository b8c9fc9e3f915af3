/** `npm run new-rule` and `npm run test-rule`. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { errorsBeside, exampleFaults } from '../src/core/example.ts'
import { loadRules } from '../src/rules.ts'
import type { Rule } from '../src/core/verdict/rule.ts'
import { ruleFaults } from '../src/core/verdict/rule-shape.ts'

const run = promisify(execFile)
const script = fileURLToPath(new URL('tools/new-rule.mjs', import.meta.url))
const examples = fileURLToPath(new URL('tools/test-rule.mjs', import.meta.url))
// Beside the sources, so that the rule's import of the kit leads there.
const parent = fileURLToPath(new URL('.', import.meta.url))
let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(parent, 'new-rule-'))
  await mkdir(join(folder, 'rules'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('writes a rule that loads and whose examples hold before a word of it is changed', async () => {
  await newRule('house/my-rule')
  const file = join(folder, 'rules', 'house', 'my-rule.ts')
  const text = await readFile(file, 'utf8')
  expect(text).toContain("from '../../src/core/kit.ts'")
  await writeFile(file, text.replace('../../src/core/kit.ts', '../../../../src/core/kit.ts'))
  const { default: rule } = (await import(pathToFileURL(file).href)) as { default: Rule }
  expect(ruleFaults(rule)).toEqual([])
  for (const example of rule.examples.good)
    expect(await exampleFaults(rule, [rule], example, true)).toEqual([])
  for (const example of rule.examples.bad)
    expect(await exampleFaults(rule, [rule], example, false)).toEqual([])
  const { rules } = await loadRules()
  for (const example of rule.examples.bad)
    expect((await errorsBeside(rule, rules, example)).map(({ message }) => message)).toEqual([])
})

test('prints the commands that come next, with the id', async () => {
  const { stdout } = await newRule('house/my-rule')
  expect(stdout).toContain('npm run test-rule house/my-rule')
})

test('says when a category is new, and which one is near', async () => {
  await mkdir(join(folder, 'rules', 'token'))
  expect((await newRule('tokens/foo')).stdout).toMatch(
    /^The category tokens is new\. There are token\. Did you mean token\?/,
  )
  expect((await newRule('token/foo')).stdout).not.toContain('is new')
})

test('refuses an id that is none, and one that exists, and says why', async () => {
  await expect(newRule('NoCategory')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('one category and one name') as string,
  })
  await expect(newRule('token/Foo_Bar')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('lower case letters, digits and hyphens only') as string,
  })
  await newRule('house/my-rule')
  await expect(newRule('house/my-rule')).rejects.toMatchObject({ code: 2 })
})

test('the examples of one rule are run alone, and an unknown id is refused', async () => {
  const { stdout } = await run(process.execPath, [examples, 'pkce/verifier-missing'])
  expect(stdout.match(/^. (?:good|bad): /gm)!.length).toBeGreaterThan(1)
  expect(stdout).not.toContain('✗')
  await expect(run(process.execPath, [examples, 'pkce/verifier-misng'])).rejects.toMatchObject({
    code: 2,
    stderr: 'There is no rule pkce/verifier-misng. Did you mean pkce/verifier-missing?\n',
  })
})

function newRule(id: string) {
  return run(process.execPath, [script, id, join(folder, 'rules')])
}
