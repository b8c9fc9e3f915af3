import { mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { openPart, replaceFile } from '../src/part-file.ts'

let folder = ''
let target = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authtap-part-'))
  target = join(folder, 'target')
  await writeFile(target, 'before', { mode: 0o644 })
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
})

async function expectUntouched(): Promise<void> {
  expect(await readdir(folder)).toEqual(['target'])
  expect(await readFile(target, 'utf8')).toBe('before')
}

describe('a file is replaced', () => {
  test('when all of it is written, with the mode that was asked for', async () => {
    const whole = await replaceFile(target, 0o600, async ({ file, path }) => {
      await file.writeFile('half')
      expect(await readFile(target, 'utf8')).toBe('before')
      expect(await readFile(path, 'utf8')).toBe('half')
      await file.writeFile(' and half')
      return true
    })
    expect(whole).toBe(true)
    expect(await readdir(folder)).toEqual(['target'])
    expect(await readFile(target, 'utf8')).toBe('half and half')
    expect((await stat(target)).mode & 0o777).toBe(0o600)
  })

  test('never through what somebody else put beside it', async () => {
    const other = join(folder, 'other')
    await writeFile(other, 'theirs')
    await symlink(other, `${target}.${process.pid}.part`)
    await replaceFile(target, 0o600, async ({ file }) => {
      await file.writeFile('mine')
      return true
    })
    expect([await readFile(other, 'utf8'), await readFile(target, 'utf8')]).toEqual([
      'theirs',
      'mine',
    ])
  })
})

describe('a file stays as it was, and nothing beside it', () => {
  test('when the writing was stopped', async () => {
    expect(await replaceFile(target, 0o600, () => Promise.resolve(false))).toBe(false)
    await expectUntouched()
  })

  test('when the system refuses to write, which is told as the system tells it', async () => {
    const writing = replaceFile(target, 0o600, async ({ file }) => {
      await file.writeFile('half')
      // More than any file can hold: refused like a full disk.
      await file.truncate(2 ** 52)
      return true
    })
    await expect(writing).rejects.toMatchObject({ syscall: 'ftruncate' })
    await expectUntouched()
  })

  test('when it cannot take its place', async () => {
    const taken = join(folder, 'taken')
    await mkdir(join(taken, 'inner'), { recursive: true })
    const writing = replaceFile(taken, 0o600, () => Promise.resolve(true))
    await expect(writing).rejects.toMatchObject({ syscall: 'rename' })
    expect((await readdir(folder)).sort()).toEqual(['taken', 'target'])
  })

  test('when it is given up, also twice', async () => {
    const part = await openPart(target, 0o600)
    await part.file.writeFile('half')
    await part.discard()
    await part.discard()
    await expectUntouched()
  })
})

test('giving up what is in its place already takes nothing away', async () => {
  const part = await openPart(target, 0o600)
  await part.file.writeFile('whole')
  await part.place()
  await part.discard()
  expect(await readFile(target, 'utf8')).toBe('whole')
})
