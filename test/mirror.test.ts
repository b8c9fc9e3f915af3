/** Where the tests stand: each where its subject does, or with a first line that says what it is about. */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const tests = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.test.ts'))

/** The folder in which the source of a test would stand. */
function folderOf(file: string): string {
  return dirname(file.startsWith('rules/') ? file : `src/${file}`)
}

/** A source has its name, or begins it. */
function hasSubject(file: string): boolean {
  const name = file.slice(file.lastIndexOf('/') + 1, -'.test.ts'.length)
  return readdirSync(join(root, folderOf(file)))
    .filter((source) => source.endsWith('.ts'))
    .some((source) => name === source.slice(0, -3) || name.startsWith(`${source.slice(0, -3)}-`))
}

test('a test stands where its subject stands, or says first what it is about', () => {
  const lost = tests
    .filter((file) => existsSync(join(root, folderOf(file))) && !hasSubject(file))
    .filter((file) => !readFileSync(join(root, 'test', file), 'utf8').startsWith('/** '))
  expect(lost).toEqual([])
})

test('CONTRIBUTING says what the folders beside the mirror are for', () => {
  const contributing = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')
  const beside = tests.filter((file) => !existsSync(join(root, folderOf(file)))).map(dirname)
  const unnamed = [...new Set(beside)].filter((folder) => !contributing.includes(`test/${folder}/`))
  expect(unnamed).toEqual([])
})
