import { spawn, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { parseOptions } from '../../src/shell/arguments.ts'
import type { Exchange } from '../../src/core/wire/exchange.ts'
import type { Report } from '../../src/core/verdict/report.ts'
import { runDemoClient } from '../../src/demo/client.ts'
import { type DemoParties, startDemoServers } from '../../src/demo/parties.ts'
import {
  capturePaths,
  listSessions,
  prepareRecording,
  pruneSessions,
  sessionName,
} from '../../src/shell/sessions.ts'
import { readCapture } from '../tap/gathered.ts'
import { type Started, run, start } from '../command.ts'
import { loginTranscript } from '../core/login.ts'
import { built } from '../tools/built.mjs'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authtap-sessions-'))
})
afterAll(() => rm(folder, { recursive: true }))

let count = 0
async function freshDir(): Promise<string> {
  const dir = join(folder, String((count += 1)))
  await mkdir(dir)
  return dir
}

/** The number of a process that has ended. */
const gone = spawnSync(process.execPath, ['-e', '']).pid
const minute = 60_000
const noon = Date.UTC(2026, 0, 1, 12)

const head = JSON.stringify({ schema: 'authtap.journal/1', targets: ['https://mcp.example/mcp'] })

/** Leaves a session as a process that has ended left it. */
async function leave(
  dir: string,
  at: number,
  {
    pid = gone,
    lines = [head],
    modified = at,
  }: { pid?: number; lines?: string[]; modified?: number } = {},
): Promise<string> {
  const name = sessionName('https://mcp.example/mcp', at, pid)
  const path = join(dir, `${name}.ndjson`)
  await writeFile(path, `${lines.join('\n')}\n`)
  await utimes(path, modified / 1000, modified / 1000)
  return name
}

const namesIn = async (dir: string) => (await listSessions(dir)).map(({ name }) => name)

describe('a proxy that is killed', () => {
  const original = globalThis.fetch
  afterEach(() => {
    globalThis.fetch = original
  })

  /**
   * Numbers each request, and notes which of those through the proxy the client has seen whole, and what it knows as secret.
   * The proxy is reached as localhost, the embedded servers by their address.
   */
  function watchFetch() {
    const whole: number[] = []
    const secrets = new Set<string>()
    let next = 0
    globalThis.fetch = async (input, init) => {
      const number = (next += 1)
      const headers = new Headers(input instanceof Request ? input.headers : undefined)
      for (const [name, value] of new Headers(init?.headers)) headers.set(name, value)
      headers.set('x-number', String(number))
      const url = input instanceof Request ? input.url : String(input)
      collect(secrets, url, init?.body)
      const response = await original(input, { ...init, headers })
      const body = await response.arrayBuffer()
      collect(secrets, response.headers.get('location') ?? '', Buffer.from(body).toString())
      if (new URL(url).hostname === 'localhost') whole.push(number)
      const { status, statusText } = response
      const empty = status === 204 || status === 304
      const seen = new Response(empty ? null : body, {
        status,
        statusText,
        headers: response.headers,
      })
      Object.defineProperty(seen, 'url', { value: response.url })
      return seen
    }
    return { whole, secrets }
  }

  test('at any moment, ten times, has written down all but the exchange in flight, without a secret', async () => {
    const servers = await startDemoServers('none')
    const dir = await freshDir()
    try {
      for (let round = 0; round < 10; round += 1) {
        const proxy = start([servers.mcpUrl, '--port', '0', '--journal', dir])
        const [, url] = await proxy.printed(/Listening {2}(\S+)/)
        if (round > 0) await proxy.printed(/The last session is in \S+\.ndjson/)
        const { whole, secrets } = watchFetch()
        const playing = play(url!)
        await first(whole)
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 400))
        proxy.child.kill('SIGKILL')
        await Promise.all([proxy.ended, playing])
        globalThis.fetch = original

        const [session] = await listSessions(dir)
        expect(session?.running).toBe(false)
        const capture = await readCapture(session!.path)
        const numbers = new Set(capture.exchanges.map(numberOf))
        expect(whole.slice(0, -1).filter((number) => !numbers.has(String(number)))).toEqual([])
        expect(capture.complete).toBe(false)
        const text = await readFile(session!.path, 'utf8')
        expect([...secrets].filter((secret) => text.includes(secret))).toEqual([])
      }
      expect(await listSessions(dir)).toHaveLength(10)
      const { code, stdout } = await run([
        'analyze',
        '@last',
        '--journal',
        dir,
        '--fail-on',
        'never',
      ])
      expect(stdout).toContain('still runs or was cut short')
      expect(code).toBe(0)
    } finally {
      await servers.stop()
    }
  })

  /** Logs in again and again, until there is no proxy any more. */
  async function play(url: string): Promise<void> {
    for (let ok = true; ok;)
      ok = await runDemoClient(url, 'none', () => {}).then(
        (result) => result.ok,
        () => false,
      )
  }

  async function first(whole: readonly number[]): Promise<void> {
    while (whole.length < 2) await new Promise((resolve) => setTimeout(resolve, 1))
  }

  function numberOf({ request }: Exchange): string | undefined {
    return request.headers.find(([name]) => name === 'x-number')?.[1]
  }

  /** Picks what must stay secret out of a URL and a body. */
  function collect(secrets: Set<string>, url: string, body: unknown): void {
    const text = `${url}&${body instanceof URLSearchParams ? body.toString() : typeof body === 'string' ? body : ''}`
    for (const [, value] of text.matchAll(
      /[?&](?:code|code_verifier|state|refresh_token)=([^&\s"]{12,})/g,
    ))
      secrets.add(decodeURIComponent(value!))
    for (const [, value] of text.matchAll(/"(?:access_token|refresh_token)":"([^"]{12,})"/g))
      secrets.add(value!)
  }
})

describe('a session of the proxy', () => {
  let servers: DemoParties
  beforeAll(async () => {
    servers = await startDemoServers('wrong-audience')
  })
  afterAll(() => servers.stop())

  async function live(args: readonly string[], begin = start): Promise<Awaited<Started['ended']>> {
    const proxy = begin([servers.mcpUrl, '--port', '0', ...args])
    const [, url] = await proxy.printed(/Listening {2}(\S+)/)
    await runDemoClient(url!, 'wrong-audience', () => {})
    proxy.child.kill('SIGINT')
    return proxy.ended
  }

  test('gives the same verdict when it is opened as @last, and is listed with it', async () => {
    const dir = await freshDir()
    const said = await live(['--journal', dir, '--format', 'json'])
    const report = JSON.parse(said.stdout) as Report
    const again = await run(['analyze', '@last', '--journal', dir, '--format', 'json'])
    const rules = ({ findings }: Report) => findings.map(({ rule, fault }) => `${rule} ${fault}`)
    const reread = JSON.parse(again.stdout) as Report
    expect(reread.verdict).toBe(report.verdict)
    expect(rules(reread)).toEqual(rules(report))
    expect(reread.firstBroken).toEqual(report.firstBroken)
    expect(reread.capture).toEqual(report.capture)
    expect(again.code).toBe(said.code)

    const [session] = await listSessions(dir)
    const { stdout } = await run(['sessions', '--journal', dir])
    const row = stdout.split('\n').find((line) => line.startsWith('@last'))!
    expect(row.split(/ {2,}/).slice(1)).toEqual([
      session!.name,
      expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      servers.mcpUrl,
      String(report.capture.exchanges),
      'fail',
      expect.stringMatching(/^\d+ kB$/),
    ])
    const shown = await run(['sessions', 'show', `@${session!.name}`, '--journal', dir])
    expect(shown.stdout).toContain(session!.path)
    expect(shown.stdout).toMatch(/Verdict {4}fail/)
  })

  test('keeps its secrets out of the journal even with --with-secrets', async () => {
    const dir = await freshDir()
    const har = join(dir, 'open.har')
    await live(['--journal', dir, '--with-secrets', '--har', har])
    const tokens = [...(await readFile(har, 'utf8')).matchAll(/code_verifier=([\w~.-]{43,})/g)]
    expect(tokens.length).toBeGreaterThan(0)
    const [session] = await listSessions(dir)
    const text = await readFile(session!.path, 'utf8')
    expect(tokens.filter(([, token]) => text.includes(token!))).toEqual([])
    expect(
      (await run(['analyze', '@last', '--journal', dir, '--fail-on', 'never'])).stdout,
    ).toContain('The token step broke first.')
  })

  test('goes on to its verdict when the disk is full, and says once that it is not written down', async () => {
    const dir = await freshDir()
    const { stdout, code } = await live(['--journal', dir], startWithLittleDisk)
    expect(stdout.match(/no longer records this session.*EFBIG/g)).toHaveLength(1)
    expect(stdout).toContain('The token step broke first.')
    expect(code).toBe(1)
    const [session] = await listSessions(dir)
    expect(session!.size).toBe(8192)
    expect((await readCapture(session!.path)).exchanges.length).toBeGreaterThan(0)
  })

  /** No file may grow beyond 8 KiB. */
  function startWithLittleDisk(args: readonly string[]): Started {
    const child = spawn('sh', [
      '-c',
      'ulimit -f 16; exec "$0" "$@"',
      process.execPath,
      built('src/cli.js'),
      ...args,
    ])
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    const ended: Started['ended'] = new Promise((resolve) => {
      child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
    })
    const printed: Started['printed'] = async (pattern) => {
      for (;;) {
        const match = pattern.exec(stdout)
        if (match !== null) return match
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    }
    return { child, ended, printed }
  }

  test('is not written down with --no-journal, nor with --port 0 alone', async () => {
    const state = await freshDir()
    const env = { XDG_STATE_HOME: state }
    const begin = (args: readonly string[]) => start(args, { env })
    await live([], begin)
    await live(['--no-journal'], begin)
    expect(await readdir(state)).toEqual([])
  })
})

describe('where a session is written down', () => {
  const options = (...argv: string[]) => parseOptions(argv, ['proxy', 'sessions', 'judging'])
  const targets = ['https://mcp.example/mcp']

  test('is the state folder, unless another is asked for', async () => {
    const state = await freshDir()
    const own = { env: { XDG_STATE_HOME: state }, platform: process.platform }
    const usual = await prepareRecording(own, options(), targets)
    expect(usual!.path.startsWith(join(state, 'authtap', 'sessions', '20'))).toBe(true)
    const dir = await freshDir()
    const asked = await prepareRecording(own, options('--journal', dir, '--port', '0'), targets)
    expect(asked!.path.startsWith(join(dir, '20'))).toBe(true)
    expect(await prepareRecording(own, options('--port', '0'), targets)).toBeUndefined()
    expect(await prepareRecording(own, options('--no-journal'), targets)).toBeUndefined()
  })

  test('must be a folder that can be written, when it was asked for', async () => {
    const file = join(await freshDir(), 'file')
    await writeFile(file, '')
    const { code, stderr } = await run(['http://127.0.0.1:9/mcp', '--journal', join(file, 'x')])
    expect(stderr).toMatch(/^authtap: --journal \S+ cannot be written \(ENOTDIR\)\./)
    expect(code).toBe(2)
  })

  test('cannot be asked for and forbidden at once', async () => {
    const { code, stderr } = await run(['http://127.0.0.1:9/mcp', '--journal', 'x', '--no-journal'])
    expect(stderr).toContain('contradict each other')
    expect(code).toBe(2)
  })

  test('is tidied before each session in the state folder, and left alone elsewhere', async () => {
    const state = await freshDir()
    const own = { env: { XDG_STATE_HOME: state }, platform: process.platform }
    const sessions = join(state, 'authtap', 'sessions')
    await mkdir(sessions, { recursive: true })
    const dir = await freshDir()
    const recent = await leave(sessions, Date.now() - minute)
    for (const place of [sessions, dir]) await leave(place, noon - 365 * 24 * 60 * minute)
    const recording = await prepareRecording(own, options(), targets)
    expect(recording!.earlier?.name).toBe(recent)
    expect(await namesIn(sessions)).toEqual([recent])
    await prepareRecording(own, options('--journal', dir), targets)
    expect(await namesIn(dir)).toHaveLength(1)
  })

  test('has names that sort by time and hold nothing but host, time and process', () => {
    const name = sessionName('https://[2001:db8::1]:8443/secret?key=1', noon, 7)
    expect(name).toBe('20260101T120000000Z-_2001_db8__1_-7')
    expect(sessionName(`https://${'a.'.repeat(100)}example/`, noon, 7).length).toBeLessThan(120)
  })
})

describe('a session that is named', () => {
  const surroundings = { env: {}, platform: process.platform }
  const paths = (dir: string, ...words: string[]) =>
    capturePaths(surroundings, parseOptions([...words, '--journal', dir], ['sessions']))

  test('is found by its place from the end or by its name; other captures stay as they are', async () => {
    const dir = await freshDir()
    const [older, newer] = [await leave(dir, noon), await leave(dir, noon + minute)]
    await writeFile(join(dir, 'notes.ndjson'), '')
    const [last, second, named, ...others] = await paths(
      dir,
      '@last',
      '@2',
      `@${older}`,
      '-',
      './@last',
      'x.har',
    )
    expect(last).toBe(join(dir, `${newer}.ndjson`))
    expect(second).toBe(join(dir, `${older}.ndjson`))
    expect(named).toBe(second)
    expect(others).toEqual(['-', './@last', 'x.har'])
  })

  test.each(['@3', '@0', '@', '@x', '@../1', '@constructor'])(
    '%s, which is none, is refused',
    async (word) => {
      const dir = await freshDir()
      await leave(dir, noon)
      await expect(paths(dir, word)).rejects.toThrow(`There is no session ${word}.`)
    },
  )

  test('is told with its server and its time by the report that is written of it', async () => {
    const dir = await freshDir()
    const source = join(dir, 'login.txt')
    await writeFile(source, loginTranscript())
    const har = join(dir, 'login.har')
    await run(['report', source, '--format', 'har', '--output', har])
    const { log } = JSON.parse(await readFile(har, 'utf8')) as { log: { entries: object[] } }
    const entries = log.entries.map((entry, at) => JSON.stringify({ id: `${at}`, entry }))
    await leave(dir, noon, { lines: [head, ...entries] })
    const target = join(dir, 'report.md')
    const { stderr } = await run(['report', '@last', '--journal', dir, '--output', target])
    expect(stderr).toContain(
      `${target}: PASS, https://mcp.example/mcp, recorded 2026-01-01 12:00 UTC. `,
    )
  })

  test('where nothing is recorded is refused, and says where it looked', async () => {
    const dir = join(await freshDir(), 'none')
    const { code, stderr } = await run(['analyze', '@last', '--journal', dir, '--fail-on', 'never'])
    expect(stderr).toContain(`none is recorded in ${dir}`)
    expect(code).toBe(2)
  })
})

describe('old sessions', () => {
  const bounds = { keep: 50, age: 24 * 60 * minute, size: 1_000_000 }
  const fill = async (number: number) => {
    const dir = await freshDir()
    const names: string[] = []
    for (let index = 0; index < number; index += 1)
      names.unshift(await leave(dir, noon + index * minute))
    return { dir, names }
  }

  test('beyond the number go, the oldest first', async () => {
    const { dir, names } = await fill(5)
    const removed = await pruneSessions(dir, { ...bounds, keep: 2 }, noon)
    expect(removed.map(({ name }) => name)).toEqual(names.slice(2))
    expect(await namesIn(dir)).toEqual(names.slice(0, 2))
  })

  test('that nothing was written to for too long go', async () => {
    const dir = await freshDir()
    const kept = await leave(dir, noon, { modified: noon + 10 * minute })
    await leave(dir, noon + minute)
    await pruneSessions(dir, { ...bounds, age: 5 * minute }, noon + 12 * minute)
    expect(await namesIn(dir)).toEqual([kept])
  })

  test('go until the rest is small enough, and one that is too large does not take the smaller with it', async () => {
    const dir = await freshDir()
    const large = ['x'.repeat(5000)]
    const oldest = await leave(dir, noon)
    await leave(dir, noon + minute, { lines: large })
    const latest = await leave(dir, noon + 2 * minute, { lines: large })
    await pruneSessions(dir, { ...bounds, size: 6000 }, noon)
    expect(await namesIn(dir)).toEqual([latest, oldest])
  })

  test('of processes that run stay, whatever the bounds', async () => {
    const dir = await freshDir()
    const running = await leave(dir, noon, { pid: process.pid })
    await leave(dir, noon + minute)
    await pruneSessions(dir, { keep: 0, age: 0, size: 0 }, noon + 365 * 24 * 60 * minute)
    expect(await namesIn(dir)).toEqual([running])
    expect((await listSessions(dir))[0]?.running).toBe(true)
  })

  test('go by authtap sessions prune, which touches nothing else', async () => {
    const { dir, names } = await fill(3)
    const foreign = ['notes.txt', 'x.ndjson', `${names[0]}.har`]
    for (const name of foreign) await writeFile(join(dir, name), '')
    await mkdir(join(dir, `${sessionName('https://folder.example/', noon, gone)}.ndjson`))
    const linked = join(dir, `${sessionName('https://link.example/', noon, gone)}.ndjson`)
    await symlink(join(dir, 'notes.txt'), linked)
    const now = (await listSessions(dir)).map(({ path }) => utimes(path, new Date(), new Date()))
    await Promise.all(now)
    const { code, stdout } = await run(['sessions', 'prune', '--keep', '1', '--journal', dir])
    expect(stdout).toMatch(/^Removed 2 sessions, \d+ B\.$/m)
    expect(code).toBe(0)
    expect(await namesIn(dir)).toEqual([names[0]])
    expect(await readdir(dir)).toHaveLength(1 + foreign.length + 2)
  })
})

describe('authtap sessions', () => {
  test('says of each session how it ended', async () => {
    const dir = await freshDir()
    await leave(dir, noon, { lines: [head, '{"report":{"verdict":"pass"}}'] })
    await leave(dir, noon + minute, { lines: [head, '{"id":"1","entry":{}}'] })
    await leave(dir, noon + 2 * minute, { pid: process.pid })
    const { stdout } = await run(['sessions', 'list', '--journal', dir])
    const rows = stdout.split('\n').slice(1, 4)
    expect(rows.map((row) => /(pass|cut off|running|unreadable)/.exec(row)?.[0])).toEqual([
      'running',
      'cut off',
      'pass',
    ])
  })

  test('lets no file write to the terminal', async () => {
    const dir = await freshDir()
    const hostile = JSON.stringify({ targets: ['https://x/\u001b[2J'] })
    await leave(dir, noon, { lines: [hostile, '{"report":{"verdict":"\\u001b[31mpass"}}'] })
    for (const action of ['list', 'show'])
      expect((await run(['sessions', action, '--journal', dir])).stdout).not.toContain('\u001b')
  })

  test('is content with no session at all', async () => {
    const { code, stdout } = await run(['sessions', '--journal', join(await freshDir(), 'none')])
    expect(stdout).toMatch(/^No session is recorded in /)
    expect(code).toBe(0)
  })

  test.each([
    [['sessions', 'purge'], 'Use list, show or prune.'],
    [['sessions', '--keep', '1'], '--keep goes only with prune.'],
    [['sessions', 'prune', '--keep', '-1'], 'must be a number'],
    [['sessions', 'list', 'x'], 'takes no x'],
    [['sessions', 'show', '@last', 'x'], 'takes no x'],
  ])('%j is refused with a sentence', async (args, sentence) => {
    const { code, stderr } = await run(args, { env: { XDG_STATE_HOME: folder } })
    expect(stderr).toContain(sentence)
    expect(code).toBe(2)
  })
})
