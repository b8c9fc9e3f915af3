import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { editText, keepingNothing, removeLeftovers } from '../../../src/tui/term/edit.ts'

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'authtap-edit-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

/** A folder for temporary files that no other test and no authtap looks into. */
function ownTmpdir(): string {
  const made = folder()
  vi.stubEnv('TMPDIR', made)
  onTestFinished(() => void vi.unstubAllEnvs())
  return made
}

/** An editor that runs this on its file, and notes where that is and who may read it. */
function editor(script: string): { command: string[]; noted: () => string[] } {
  const place = folder()
  const file = join(place, 'editor.sh')
  const note = join(place, 'note')
  writeFileSync(
    file,
    `stat -c '%a' "$1" "$(dirname "$1")" > ${note}\necho "$1" >> ${note}\n${script}\n`,
  )
  return { command: ['sh', file], noted: () => readFileSync(note, 'utf8').trim().split('\n') }
}

test('a text is changed in a file that only we can read, and that is gone afterwards', async () => {
  const { command, noted } = editor('sed -i s/secret/changed/ "$1"; cp "$1" "$1~"')
  expect(await editText(command, 'a secret\n', process.env)).toEqual({ text: 'a changed\n' })
  const [mode, folderMode, path] = noted()
  expect([mode, folderMode]).toEqual(['600', '700'])
  expect(existsSync(dirname(path!))).toBe(false)
})

test('what an editor leaves that fails does not count, and its file is gone as well', async () => {
  const { command, noted } = editor('echo x > "$1"; exit 3')
  expect(await editText(command, 'a\n', process.env)).toMatchObject({
    failure: expect.stringContaining('ended with 3'),
  })
  expect(existsSync(dirname(noted()[2]!))).toBe(false)
  expect(await editText(['no-such-editor-here'], 'a\n', process.env)).toHaveProperty('failure')
})

test('what an authtap left that was killed is removed by the next one, and nothing else', () => {
  const { pid: dead } = spawnSync(process.execPath, ['--version'])
  const place = ownTmpdir()
  const left = join(place, `authtap-held-${dead}-test`)
  const own = join(place, `authtap-held-${process.pid}-test`)
  for (const one of [left, own]) mkdirSync(one)
  removeLeftovers()
  expect([existsSync(left), existsSync(own)]).toEqual([false, true])
})

test('what cannot be removed of another keeps nothing of ours from going', () => {
  const { pid: dead } = spawnSync(process.execPath, ['--version'])
  const place = ownTmpdir()
  const names = ['a', 'b', 'c'].map((end) => join(place, `authtap-held-${dead}-${end}`))
  for (const one of names) mkdirSync(one)
  removeLeftovers((path) => {
    if (path !== names.at(-1)) throw new Error('EACCES')
    rmSync(path, { recursive: true })
  })
  expect(names.map((one) => existsSync(one))).toEqual([true, true, false])
})

const isVimHere = spawnSync('vim', ['--version']).status === 0

test.runIf(isVimHere)('vim keeps no copies, whatever its own settings say', () => {
  const place = folder()
  const [kept, file] = [join(place, 'kept'), join(place, 'held.http')]
  mkdirSync(kept)
  writeFileSync(
    join(place, 'vimrc'),
    `set undofile undodir=${kept}\nset backup backupdir=${kept}\n`,
  )
  writeFileSync(file, 'secret\n')
  const [program = '', ...args] = keepingNothing(['vim', '-u', join(place, 'vimrc')], process.env)
  spawnSync(program, [...args, '-es', '-c', 'normal Ax', '-c', 'wq', file], { stdio: 'ignore' })
  expect([readFileSync(file, 'utf8'), readdirSync(kept)]).toEqual(['secretx\n', []])
})

test('an editor that is known keeps no copies', () => {
  const bin = folder()
  writeFileSync(join(bin, 'vim.basic'), '')
  symlinkSync(join(bin, 'vim.basic'), join(bin, 'vi'))
  writeFileSync(join(bin, 'nano'), '')
  const env = { PATH: bin }
  expect(keepingNothing(['vi', '-y'], env)).toEqual(
    expect.arrayContaining(['vi', '-n', 'NONE', '-y']),
  )
  expect(keepingNothing(['nano'], env)).toEqual(['nano'])
  expect(keepingNothing(['nvi'], env)).toEqual(['nvi'])
  expect(keepingNothing(['emacs', '-nw'], env)[1]).toBe('--eval')
})
