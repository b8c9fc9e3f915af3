import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  browserCommand,
  editorCommand,
  launch,
  pagerCommand,
  runOnText,
} from '../../../src/tui/term/child.ts'

describe('the command of a child is words, never a line for a shell', () => {
  test('its arguments may be quoted, and what a shell would act on is text', () => {
    expect(pagerCommand({ PAGER: 'less -R -P "my prompt"' }, 'linux')).toEqual([
      'less',
      '-R',
      '-P',
      'my prompt',
    ])
    expect(pagerCommand({ PAGER: 'less; rm -rf $HOME `id` | cat' }, 'linux')).toEqual([
      'less;',
      'rm',
      '-rf',
      '$HOME',
      '`id`',
      '|',
      'cat',
    ])
  })

  test('VISUAL comes before EDITOR, and without either there is one', () => {
    expect(editorCommand({ VISUAL: 'code -w', EDITOR: 'ed' }, 'linux')).toEqual(['code', '-w'])
    expect(editorCommand({ EDITOR: 'ed' }, 'linux')).toEqual(['ed'])
    expect(editorCommand({}, 'linux')).toEqual(['vi'])
    expect(pagerCommand({ PAGER: ' ' }, 'linux')).toEqual(['less'])
    expect(pagerCommand({}, 'win32')).toEqual(['more'])
  })
})

describe('a program run on text', () => {
  /** A program that writes down what it was given. */
  function witness(): { program: string; seen: () => string[] } {
    const folder = mkdtempSync(join(tmpdir(), 'authtap-witness-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const program = join(folder, 'witness program.cjs')
    const log = join(folder, 'log')
    writeFileSync(
      program,
      `#!${process.execPath}
const fs = require('fs'), path = require('path')
const file = process.argv.at(-1)
const mode = (name) => (fs.statSync(name).mode & 0o777).toString(8)
const facts = [process.argv.length - 2, mode(file), mode(path.dirname(file)), process.env.LESSSECURE, file]
fs.writeFileSync(${JSON.stringify(log)}, [...facts, fs.readFileSync(file, 'utf8')].join('\\n'))
process.exit(5)
`,
    )
    chmodSync(program, 0o700)
    return { program, seen: () => readFileSync(log, 'utf8').split('\n') }
  }

  test('gets it in a file that only we can read, and may start nothing', async () => {
    const { program, seen } = witness()
    const end = await runOnText([program, '-x'], 'line one\nline two', process.env)
    expect(end).toEqual({ code: 5, signal: null })
    const [count, fileMode, folderMode, secure, file, ...text] = seen()
    expect([count, fileMode, folderMode, secure]).toEqual(['2', '600', '700', '1'])
    expect(text).toEqual(['line one', 'line two'])
    expect(existsSync(dirname(file!))).toBe(false)
  })

  test('gets no control in it', async () => {
    const { program, seen } = witness()
    await runOnText([program], 'a\x1b]0;x\x07\n\u009b2J\u202e\tb', process.env)
    expect(seen().slice(5)).toEqual(['a␛]0;x␇', '\\x9b2J\\u{202e}\tb'])
  })

  test('that is not there is said to be so in a sentence', async () => {
    const end = await runOnText(['/nowhere/pager'], 'text', process.env)
    expect(end.failure).toBe('/nowhere/pager cannot be started (ENOENT).')
  })
})

describe('a page is opened in the browser', () => {
  const url = 'https://www.rfc-editor.org/rfc/rfc9728#section-3.3'

  test('by the program of the platform', () => {
    expect(browserCommand(url, { DISPLAY: ':0' }, 'linux')).toEqual(['xdg-open', url])
    expect(browserCommand(url, {}, 'darwin')).toEqual(['open', url])
    expect(browserCommand(url, {}, 'win32')).toEqual([
      'rundll32',
      'url.dll,FileProtocolHandler',
      url,
    ])
  })

  test('but not where nobody would see it', () => {
    expect(browserCommand(url, {}, 'linux')).toBeUndefined()
    expect(browserCommand(url, { SSH_CONNECTION: '1', DISPLAY: ':0' }, 'linux')).toBeUndefined()
  })

  test('and nothing else is', () => {
    for (const other of ['file:///etc/passwd', 'javascript:alert(1)', '--help', 'not a url', '']) {
      expect(browserCommand(other, { DISPLAY: ':0' }, 'linux')).toBeUndefined()
    }
    expect(browserCommand('https://x.example/$(id) `id`', { DISPLAY: ':0' }, 'linux')?.[1]).toBe(
      'https://x.example/$(id)%20%60id%60',
    )
  })
})

describe('the browser', () => {
  test('gets its arguments as they are, and no shell looks at them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'authtap-browser-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const program = join(folder, 'browser')
    writeFileSync(
      program,
      `#!/bin/sh\nprintf '%s\\n' "$@" > ${folder}/new\nmv ${folder}/new ${folder}/got\n`,
    )
    chmodSync(program, 0o700)
    const args = ['https://x.example/?a=1&b=$(touch x)#`id`', ';', 'two words', "'"]
    launch([program, ...args], () => expect.unreachable())
    await expect.poll(() => existsSync(join(folder, 'got')), { timeout: 15_000 }).toBe(true)
    expect(readFileSync(join(folder, 'got'), 'utf8')).toBe(`${args.join('\n')}\n`)
  })

  test('that is not there is told of', async () => {
    await new Promise<void>((resolve) =>
      launch(['/nowhere/browser', 'https://x.example/'], resolve),
    )
  })
})
