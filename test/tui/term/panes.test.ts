import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { arrange, paneAt } from '../../../src/tui/term/panes.ts'
import { compile } from './compile.ts'

describe('panes lie where their measures say', () => {
  const size = { columns: 120, rows: 40 }

  test('shares of the screen, and what is left of it', () => {
    expect(
      arrange(size, {
        list: { top: 1, left: 0, width: '60%', height: '100%-2' },
        side: { top: 1, left: '60%', right: 0, bottom: 1 },
        hints: { bottom: 0, left: 0, right: 0, height: 1 },
        help: { left: 'center', top: 'center', width: 80, height: 20 },
      }),
    ).toEqual({
      list: { x: 0, y: 1, columns: 72, rows: 38 },
      side: { x: 72, y: 1, columns: 48, rows: 38 },
      hints: { x: 0, y: 39, columns: 120, rows: 1 },
      help: { x: 20, y: 10, columns: 80, rows: 20 },
    })
  })

  test('a pane within another starts behind its border', () => {
    const { inner } = arrange(size, {
      outer: { top: 2, left: 10, width: 40, height: 10, border: true },
      inner: { inside: 'outer', top: 0, left: 0, right: 0, height: 3 },
    })
    expect(inner).toEqual({ x: 11, y: 3, columns: 38, rows: 3 })
  })

  test('the same layout on another screen is laid out anew', () => {
    const layout = { half: { top: 0, left: 0, width: '50%', height: '50%' } }
    expect(arrange({ columns: 80, rows: 24 }, layout).half).toMatchObject({ columns: 40, rows: 12 })
    expect(arrange({ columns: 200, rows: 60 }, layout).half).toMatchObject({
      columns: 100,
      rows: 30,
    })
    expect(arrange({ columns: 80, rows: 24 }, layout).half).toMatchObject({ columns: 40, rows: 12 })
  })

  test('on a screen that is too small nothing is larger than the screen, or less than nothing', () => {
    for (const tiny of [
      { columns: 1, rows: 1 },
      { columns: 5, rows: 2 },
    ]) {
      const panes = arrange(tiny, {
        list: { top: 1, left: 0, width: '60%', height: '100%-5' },
        wide: { top: 0, left: 3, width: 80, height: 24 },
      })
      for (const { x, y, columns, rows } of Object.values(panes)) {
        expect(columns).toBeGreaterThanOrEqual(0)
        expect(rows).toBeGreaterThanOrEqual(0)
        expect(x + columns).toBeLessThanOrEqual(Math.max(x, tiny.columns))
        expect(y + rows).toBeLessThanOrEqual(Math.max(y, tiny.rows))
      }
    }
  })

  test('a pane within one that is not there is a mistake', () => {
    expect(() => arrange(size, { lost: { inside: 'nowhere' } })).toThrow(
      'pane lost lies in nowhere',
    )
  })

  test('a place belongs to the pane on top', () => {
    const panes = arrange(size, {
      list: { top: 0, left: 0, width: 60, height: 20 },
      help: { top: 5, left: 5, width: 10, height: 5 },
    })
    expect(paneAt(panes, 0, 0)).toBe('list')
    expect(paneAt(panes, 5, 5)).toBe('help')
    expect(paneAt(panes, 15, 5)).toBe('list')
    expect(paneAt(panes, 60, 0)).toBeUndefined()
    expect(paneAt(panes, 59, 19)).toBe('list')
  })
})

describe('blessed is on a leash', () => {
  const terms = ['xterm-256color', 'screen-256color', 'tmux-256color', 'alacritty', 'dumb', 'none']

  /** Runs a program that lays out panes, and returns all it printed and what it asked of the process. */
  async function layOut(env: Readonly<Record<string, string>>) {
    const script = compile('test/tui/term/fixtures/panes.ts')
    const child = spawn(process.execPath, [script], {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const limit = setTimeout(() => child.kill('SIGKILL'), 10_000)
    let printed = ''
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()))
    const [code] = (await once(child, 'close')) as [number | null]
    clearTimeout(limit)
    return { code, printed }
  }

  /** A database of terminals whose entries never end: whoever reads one hangs. */
  function trap(): string {
    const folder = mkdtempSync(join(tmpdir(), 'authtap-terminfo-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    for (const term of terms) {
      execFileSync('mkdir', ['-p', join(folder, term[0]!)])
      execFileSync('mkfifo', [join(folder, term[0]!, term)])
    }
    return folder
  }

  test.each(terms)(
    'with TERM=%s it prints nothing and reads no database of terminals',
    async (term) => {
      expect(await layOut({ TERM: term, TERMINFO: trap() })).toEqual({
        code: 0,
        printed: 'list 72 listeners 0\n',
      })
    },
  )

  test('a TERM that is the path of a file is not read', async () => {
    // blessed writes names of terminals in lower case.
    const path = join(tmpdir(), `authtap-term-${process.pid}`)
    execFileSync('mkfifo', [path])
    onTestFinished(() => rmSync(path))
    expect(await layOut({ TERM: path })).toMatchObject({ code: 0 })
  })

  test('in tmux it starts no tmux', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'authtap-path-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'tmux'), `#!/bin/sh\ntouch ${folder}/started\n`)
    chmodSync(join(folder, 'tmux'), 0o700)
    const env = { TERM: 'tmux-256color', TMUX: '/tmp/tmux,1,0', PATH: `${folder}:/bin:/usr/bin` }
    expect(await layOut(env)).toMatchObject({ code: 0 })
    expect(readdirSync(folder)).toEqual(['tmux'])
  })
})

test('on Windows it starts no command of the shell to clear the console', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'authtap-shell-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const shell = join(folder, 'shell')
  writeFileSync(shell, `#!/bin/sh\ntouch ${folder}/started\n`)
  chmodSync(shell, 0o700)
  const windows = `data:text/javascript,Object.defineProperty(process,'platform',{value:'win32'})`
  const script = compile('test/tui/term/fixtures/panes.ts')
  const env = { PATH: process.env['PATH'], COMSPEC: shell, comspec: shell }
  const printed = execFileSync(process.execPath, ['--import', windows, script], { env })
  expect(printed.toString()).toContain('list 72')
  expect(readdirSync(folder)).toEqual(['shell'])
})

describe('the sources of the terminal UI', () => {
  const root = fileURLToPath(new URL('../../../src/', import.meta.url))
  const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ name, text: readFileSync(join(root, name), 'utf8') }))

  test('import blessed in one file', () => {
    const users = sources.filter(({ text }) => /(?:import|from|\()\s*['"]blessed\b/.test(text))
    expect(users.map(({ name }) => name)).toEqual(['tui/term/panes.ts'])
  })

  test('get the version that was measured, and no other', () => {
    const manifest = JSON.parse(readFileSync(join(root, '../package.json'), 'utf8')) as {
      dependencies: Record<string, string>
    }
    expect(manifest.dependencies['blessed']).toBe('0.1.81')
  })

  test('use none of its widgets but the box', () => {
    const { text } = sources.find(({ name }) => name === 'tui/term/panes.ts')!
    const used = [...text.matchAll(/blessed\.([a-z]\w*)\(/g)].map(([, name]) => name)
    expect(new Set(used)).toEqual(new Set(['program', 'screen', 'box']))
  })
})
