import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { build, isBuilt } from './build.mjs'

let root = ''
const at = (file: string) => join(root, file)

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'authtap-build-'))
  await mkdir(at('src'))
  await writeFile(at('package.json'), '{"type":"module"}')
  await writeFile(
    at('tsconfig.json'),
    '{"compilerOptions":{"outDir":"dist","rootDir":".","module":"nodenext","types":[],"skipLibCheck":true},"include":["src"]}',
  )
  await writeFile(at('src/kept.ts'), 'export const kept = 1\n')
  await writeFile(at('src/gone.ts'), 'export const gone = 1\n')
})
afterAll(() => rm(root, { recursive: true, force: true }))

test('what was built is built again when a source is changed, added or deleted, and else not', async () => {
  expect(isBuilt(root)).toBe(false)
  expect(build(true, root)).toBe(0)
  expect(isBuilt(root)).toBe(true)

  await utimes(at('src/kept.ts'), 1, 1)
  expect(isBuilt(root)).toBe(false)
  expect(build(false, root)).toBe(0)
  expect(isBuilt(root)).toBe(true)

  await rm(at('src/gone.ts'))
  expect(isBuilt(root)).toBe(false)
  expect(build(false, root)).toBe(0)
  expect(existsSync(at('dist/src/gone.js'))).toBe(false)
  expect(existsSync(at('dist/src/kept.js'))).toBe(true)

  await writeFile(at('src/wrong.ts'), 'export const wrong: string = 1\n')
  expect(build(false, root)).not.toBe(0)
  expect(isBuilt(root)).toBe(false)
}, 60_000)
