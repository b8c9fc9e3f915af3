import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { defaultStateDir, emptyState, StateFile, type StateTrouble } from '../src/state.ts'
import { firstPort } from '../src/tap/wire/ports.ts'
import { proxyFor } from './tap/wire.ts'
import { built } from './tools/built.mjs'

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'authtap-test-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return dir
}

function stateFile(dir: string): { file: StateFile; troubles: StateTrouble[] } {
  const troubles: StateTrouble[] = []
  return { file: new StateFile(dir, (trouble) => troubles.push(trouble)), troubles }
}

const withPort = (origin: string, port: number) => (state: typeof emptyState) => ({
  ...state,
  ports: { ...state.ports, [origin]: port },
})

describe('the state file', () => {
  test('is empty at first, and then what was written', async () => {
    const dir = join(await folder(), 'deep', 'er')
    const { file, troubles } = stateFile(dir)
    expect(await file.read()).toEqual(emptyState)
    await file.update(withPort('https://a.example', 8484))
    await file.update(withPort('__proto__', 8485))
    const again = await stateFile(dir).file.read()
    expect(Object.entries(again.ports)).toEqual([
      ['https://a.example', 8484],
      ['__proto__', 8485],
    ])
    expect(troubles).toEqual([])
    expect((await stat(dir)).mode & 0o777).toBe(0o700)
    expect((await stat(join(dir, 'state.json'))).mode & 0o777).toBe(0o600)
    expect(await readdir(dir)).toEqual(['state.json'])
  })

  test.each([
    ['no JSON', 'nonsense'],
    ['cut short', '{"schema":"authtap.state/1","ports":{'],
    ['of another schema', '{"schema":"x","ports":{},"relays":{},"registrations":{}}'],
    [
      'with ports that are none',
      '{"schema":"authtap.state/1","ports":{"a":0},"relays":{},"registrations":{}}',
    ],
    ['with members missing', '{"schema":"authtap.state/1"}'],
    ['a list', '[]'],
    ['empty', ''],
  ])('one that is %s is set aside and told, and begins anew', async (_, text) => {
    const dir = await folder()
    await writeFile(join(dir, 'state.json'), text)
    const { file, troubles } = stateFile(dir)
    await file.update(withPort('https://a.example', 8484))
    expect(troubles.map(({ kind }) => kind)).toEqual(['damaged'])
    expect((await file.read()).ports).toEqual({ 'https://a.example': 8484 })
    expect(await readFile(join(dir, 'state.json.damaged'), 'utf8')).toBe(text)
  })

  test('a folder that cannot be written to is told, and done without', async () => {
    const parent = await folder()
    await writeFile(join(parent, 'file'), '')
    const { file, troubles } = stateFile(join(parent, 'file', 'authtap'))
    const state = await file.update(withPort('https://a.example', 8484))
    expect(state.ports).toEqual({ 'https://a.example': 8484 })
    expect(troubles.map(({ kind }) => kind)).toContain('unwritable')
  })

  test('a lock that a dead process left behind is broken', async () => {
    const dir = await folder()
    const lock = join(dir, 'state.json.lock')
    await writeFile(lock, '1')
    await utimes(lock, new Date(0), new Date(0))
    const { file, troubles } = stateFile(dir)
    await file.update(withPort('https://a.example', 8484))
    expect(troubles).toEqual([])
    expect(await readdir(dir)).toEqual(['state.json'])
  })

  test('the lock of a process that was killed is broken at once, that of one that runs is waited for', async () => {
    const dir = await folder()
    const lock = join(dir, 'state.json.lock')
    const child = execFile(process.execPath, ['--eval', ''])
    await once(child, 'exit')
    await writeFile(lock, `${child.pid} ${hostname()} x`)
    const { file, troubles } = stateFile(dir)
    await file.update(withPort('https://a.example', 8484))
    expect(await readdir(dir)).toEqual(['state.json'])

    await writeFile(lock, `${process.pid} ${hostname()} x`)
    let done = false
    const waiting = file.update(withPort('https://b.example', 8485)).then(() => (done = true))
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(done).toBe(false)
    await rm(lock)
    await waiting
    expect(Object.keys((await file.read()).ports)).toHaveLength(2)
    expect(troubles).toEqual([])
  })

  test('the same number on another machine is another process', async () => {
    const dir = await folder()
    const lock = join(dir, 'state.json.lock')
    const child = execFile(process.execPath, ['--eval', ''])
    await once(child, 'exit')
    await writeFile(lock, `${child.pid} elsewhere x`)
    const { file } = stateFile(dir)
    const waiting = file.update(withPort('https://a.example', 8484))
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(await readFile(lock, 'utf8')).toContain('elsewhere')
    await rm(lock)
    await waiting
  })

  test('many that find an abandoned lock at once are still one after the other', async () => {
    for (let round = 0; round < 5; round += 1) {
      const dir = await folder()
      const lock = join(dir, 'state.json.lock')
      await writeFile(lock, '1')
      await utimes(lock, new Date(0), new Date(0))
      await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          stateFile(dir).file.update(withPort(`https://${n}.example`, 9000 + n)),
        ),
      )
      expect(Object.keys((await stateFile(dir).file.read()).ports)).toHaveLength(20)
      expect(await readdir(dir)).toEqual(['state.json'])
    }
  })

  test('whoever held the lock for too long leaves that of the next alone', async () => {
    const dir = await folder()
    const lock = join(dir, 'state.json.lock')
    const { file } = stateFile(dir)
    await file.update((state) => {
      writeFileSync(lock, 'of another')
      return withPort('https://a.example', 8484)(state)
    })
    expect(await readFile(lock, 'utf8')).toBe('of another')
  })

  test('many readers of a damaged file set it aside once, and never the good one that followed', async () => {
    const dir = await folder()
    await writeFile(join(dir, 'state.json'), '{')
    const all = Array.from({ length: 20 }, () => stateFile(dir))
    await Promise.all(
      all.map(({ file }, n) =>
        n % 2 === 0 ? file.read() : file.update(withPort(`https://${n}.example`, 9000 + n)),
      ),
    )
    expect(all.flatMap(({ troubles }) => troubles.map(({ kind }) => kind))).toEqual(['damaged'])
    expect(Object.keys((await stateFile(dir).file.read()).ports)).toHaveLength(10)
  })

  test('many at once lose nothing', async () => {
    const dir = await folder()
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        stateFile(dir).file.update(withPort(`https://${n}.example`, 9000 + n)),
      ),
    )
    expect(Object.keys((await stateFile(dir).file.read()).ports)).toHaveLength(20)
  })

  test('several processes lose nothing', async () => {
    const dir = await folder()
    const code = (name: string) => `
      import { StateFile } from ${JSON.stringify(pathToFileURL(built('src/state.js')).href)}
      const file = new StateFile(${JSON.stringify(dir)}, (trouble) => { throw new Error(trouble.text) })
      for (let n = 0; n < 10; n++)
        await file.update((state) => ({ ...state, ports: { ...state.ports, ['${name}' + n]: 9000 + n } }))`
    const run = promisify(execFile)
    const eachRun = ['a', 'b', 'c'].map((name) =>
      run(process.execPath, ['--input-type=module', '--eval', code(name)]),
    )
    await Promise.all(eachRun)
    expect(Object.keys((await stateFile(dir).file.read()).ports)).toHaveLength(30)
  })
})

describe('the state folder', () => {
  test('follows XDG_STATE_HOME, and is the platform’s own place otherwise', () => {
    expect(defaultStateDir({ XDG_STATE_HOME: 'relative' }, 'linux')).toMatch(/local.state.authtap$/)
    expect(defaultStateDir({ XDG_STATE_HOME: '/x' }, 'linux')).toBe(join('/x', 'authtap'))
    expect(defaultStateDir({}, 'linux')).toMatch(/[\\/]\.local[\\/]state[\\/]authtap$/)
    expect(defaultStateDir({}, 'darwin')).toMatch(/Library[\\/]Application Support[\\/]authtap$/)
    expect(defaultStateDir({ LOCALAPPDATA: 'C:\\L' }, 'win32')).toBe(join('C:\\L', 'authtap'))
  })
})

describe('ports', () => {
  const targets = (n: number) => `http://127.0.0.1:${n}`

  async function run(dir: string, target: string, options: object = {}) {
    const proxy = await proxyFor(target, {
      stateDir: dir,
      ...options,
      port: undefined as never,
      ...options,
    })
    return { ...proxy, relay: proxy.tap.listening.relayPort }
  }

  test('an upstream and its relay have the same ports in every run, whatever came in between', async () => {
    const dir = await folder()
    const first = await run(dir, targets(1))
    await first.tap.stop()
    const second = await run(dir, targets(2))
    await second.tap.stop()
    const again = await run(dir, targets(1))
    expect([again.port, again.relay]).toEqual([first.port, first.relay])
    expect(second.port).toBeGreaterThanOrEqual(firstPort)
    expect(new Set([first.port, first.relay, second.port, second.relay]).size).toBe(4)
  })

  test('a remembered port that is in use moves for this run only, and that is told', async () => {
    const dir = await folder()
    const first = await run(dir, targets(1))
    const second = await run(dir, targets(1))
    expect(second.port).not.toBe(first.port)
    expect(second.notices.map(({ code }) => code)).toEqual(['port-moved', 'port-moved'])
    await first.tap.stop()
    await second.tap.stop()
    const third = await run(dir, targets(1))
    expect(third.port).toBe(first.port)
  })

  test('a port in use that was asked for is an error of the user', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    onTestFinished(() => void taken.close())
    const { port } = taken.address() as { port: number }
    await expect(run(await folder(), targets(1), { port })).rejects.toMatchObject({
      code: 'EPORTTAKEN',
    })
  })

  test('port 0 reads and writes nothing', async () => {
    const dir = join(await folder(), 'none')
    await proxyFor(targets(1), { stateDir: dir })
    await expect(stat(dir)).rejects.toThrow(/ENOENT/)
  })

  test('without a state folder nothing is remembered', async () => {
    const first = await proxyFor(targets(1), { port: undefined as never })
    expect(first.port).toBeGreaterThanOrEqual(firstPort)
  })

  test('damaged state and a folder that is read-only are told, and the proxy runs', async () => {
    const dir = await folder()
    await writeFile(join(dir, 'state.json'), '{')
    const damaged = await run(dir, targets(1))
    expect(damaged.notices.map(({ code }) => code)).toEqual(['state-damaged'])
    const blocked = join(dir, 'file')
    await writeFile(blocked, '')
    const readOnly = await run(join(blocked, 'x'), targets(2))
    expect(readOnly.notices.map(({ code }) => code)).toEqual(['state-unwritable'])
    expect(readOnly.port).toBeGreaterThan(0)
  })
})
