import { execFileSync, spawnSync } from 'node:child_process'
import { createServer, connect, type AddressInfo } from 'node:net'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { runDemoClient } from '../../src/demo/client.ts'
import { startDemoServers } from '../../src/demo/parties.ts'
import { run, start } from '../command.ts'
import { poisoned } from '../poisoned.ts'
import { built } from '../tools/built.mjs'
import { open, type OpenOptions, type Session } from './harness.ts'

const cli = built('src/cli.js')

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'authtap-tui-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

function authtap(args: readonly string[], options: OpenOptions = {}): Session {
  const home = folder()
  return open([process.execPath, cli, ...args], {
    columns: 120,
    rows: 40,
    cwd: home,
    ...options,
    env: { HOME: home, XDG_STATE_HOME: home, ...options.env },
  })
}

const harm = '\x1b]0;t\x07\u009b2J\u202e'

const asItWas = {
  alternate: false,
  paste: false,
  mouse: false,
  focus: false,
  wrap: true,
  cursor: true,
}

describe('authtap demo on a terminal', () => {
  test('plays, stays until it is quit, and prints the verdict on the normal screen', async () => {
    const session = authtap(['demo'])
    await session.until('AUTH SERVER')
    await session.until('ex ✗')
    session.type('Q')
    expect(await session.exit).toMatchObject({ code: 0 })
    expect(session.modes()).toEqual(asItWas)
    expect(session.text()).toContain('RFC')
    expect(session.written.slice(session.written.lastIndexOf('\x1b[?1049l'))).toContain(
      'broke first',
    )
  })

  test('with a fault named it exits by findings', async () => {
    const session = authtap(['demo', 'wrong-audience'])
    await session.until('AUTH SERVER')
    session.type('Q')
    expect(await session.exit).toMatchObject({ code: 1 })
  })

  test.each([
    ['SIGTERM', 0],
    ['SIGHUP', 129],
    ['SIGQUIT', 131],
  ] as const)('%s gives the terminal back and exits as it should', async (signal, code) => {
    const session = authtap(['demo'])
    await session.until('AUTH SERVER')
    session.kill(signal)
    expect(await session.exit).toMatchObject({ code })
    expect(session.modes()).toEqual(asItWas)
  })
})

describe('authtap analyze on a terminal', () => {
  async function capture(): Promise<string> {
    const path = join(folder(), 'login.har')
    await run(['demo', 'wrong-audience', '--har', path])
    return path
  }

  test('shows the capture, prints the verdict when it is quit, and exits by findings', async () => {
    const session = authtap(['analyze', await capture()])
    await session.until('AUTH SERVER')
    await session.until('login.har  CAPTURE 8 ex')
    session.type('Q')
    expect(await session.exit).toMatchObject({ code: 1 })
    expect(session.modes()).toEqual(asItWas)
    const printed = session.written.slice(session.written.lastIndexOf('\x1b[?1049l'))
    expect(printed).toContain('broke first')
    expect(printed).toContain('fresh-token-rejected')
  })

  test('quitting before all is read reads the rest for the verdict', async () => {
    const path = await capture()
    const har = JSON.parse(readFileSync(path, 'utf8')) as { log: { entries: object[] } }
    const last = har.log.entries.at(-1) as { _authtap: object }
    for (let n = 0; n < 3000; n++)
      har.log.entries.push({ ...last, _authtap: { ...last._authtap, id: `more-${n}` } })
    writeFileSync(path, JSON.stringify(har))
    const session = authtap(['analyze', path])
    await session.until(/READ|FAIL/)
    session.type('Q')
    expect(await session.exit).toMatchObject({ code: 1 })
    const printed = session.written.slice(session.written.lastIndexOf('\x1b[?1049l'))
    expect(printed).toContain('broke first')
    expect(printed).toMatch(/3002\s+calls/)
  })

  test.each([[['--format', 'json']], [['--format', 'text']], [['--output', 'out.txt']]])(
    '%j prints as it does anywhere',
    async (flags) => {
      const session = authtap(['analyze', await capture(), ...flags])
      expect(await session.exit).toMatchObject({ code: 1 })
      expect(session.written).not.toContain('\x1b[?1049h')
    },
  )

  /** What is printed, where the shell gives the command another input or output than the terminal. */
  async function throughShell(words: string, env: OpenOptions['env'] = {}) {
    const home = folder()
    const line = `'${process.execPath}' '${cli}' analyze '${await capture()}' ${words}; echo "code=$?"`
    const session = open(['sh', '-c', line], {
      columns: 120,
      rows: 60,
      cwd: home,
      env: { HOME: home, XDG_STATE_HOME: home, ...env },
    })
    await session.exit
    return { session, home }
  }

  test.each([
    ['> out.txt', 'standard output is a file'],
    ['| cat > out.txt', 'standard output is a pipe'],
  ])('%s: %s, so it prints plain lines without any control', async (words) => {
    const { session, home } = await throughShell(words)
    expect(session.written).not.toContain('\x1b')
    const printed = readFileSync(join(home, 'out.txt'), 'utf8')
    expect(printed).toContain('broke first')
    expect(printed.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
    if (!words.includes('cat')) expect(session.text()).toContain('code=1')
  })

  test('standard input is no terminal, so nobody could press a key: it prints', async () => {
    const { session } = await throughShell('< /dev/null')
    expect(session.text()).toContain('broke first')
    expect(session.text()).toContain('code=1')
    expect(session.written).not.toContain('\x1b[?1049h')
  })

  test.each([
    [['--no-color'], {}],
    [[], { NO_COLOR: '1' }],
  ])('%j with %j has no colour, on either screen', async (flags, env) => {
    const session = authtap(['analyze', await capture(), ...flags], { env })
    await session.until('login.har  CAPTURE 8 ex')
    await session.until('✗ FAIL')
    session.type('Q')
    await session.exit
    expect(session.written).not.toMatch(/\x1b\[(?:\d+;)*(?:[34][0-8]|9\d|10\d)(?:;\d+)*m/)
  })

  test.each([{ TERM: 'dumb' }, { CI: '1' }])(
    'with %j it prints as it does anywhere',
    async (env) => {
      const session = authtap(['analyze', await capture()], { env })
      expect(await session.exit).toMatchObject({ code: 1 })
      expect(session.written).not.toContain('\x1b[?1049h')
    },
  )

  test('a file that cannot be read is said on the normal screen', async () => {
    const session = authtap(['analyze', 'no-such.har'])
    expect(await session.exit).toMatchObject({ code: 2 })
    expect(session.written).not.toContain('\x1b[?1049h')
    expect(session.text()).toContain('there is no such file')
  })

  test.each([
    ['SIGTERM', 1],
    ['SIGHUP', 129],
  ] as const)('%s gives the terminal back and exits as it should', async (signal, code) => {
    const session = authtap(['analyze', await capture()])
    await session.until('login.har  CAPTURE 8 ex')
    session.kill(signal)
    expect(await session.exit).toMatchObject({ code })
    expect(session.modes()).toEqual(asItWas)
  })
})

describe('authtap attach on a terminal', () => {
  test('shows what the proxy sees, says why it sends nothing again, and gives the terminal back', async () => {
    const servers = await startDemoServers('wrong-audience')
    onTestFinished(() => servers.stop())
    const AUTHTAP_TOKEN = randomBytes(32).toString('hex')
    const proxy = start([servers.mcpUrl, '--port', '0', '--listen', '0', '--format', 'ndjson'], {
      env: { AUTHTAP_TOKEN },
    })
    onTestFinished(() => void proxy.child.kill('SIGKILL'))
    const [, url] = await proxy.printed(/"url":"(http:[^"]+)"/)
    const [, ws] = await proxy.printed(/authtap attach (ws:\S+)/)
    const session = authtap(['attach', ws!], { env: { AUTHTAP_TOKEN } })
    await session.until('● LIVE 0 ex')
    await runDemoClient(url!, 'wrong-audience', () => {})
    await session.until('AUTH SERVER')
    proxy.child.kill('SIGINT')
    const { stdout } = await proxy.ended
    const seen = new Set(
      [...stdout.matchAll(/"type":"exchange","exchange":\{"id":"(\d+)"/g)].map(([, id]) => id),
    )
    await session.until(`${seen.size} ex ✗`)
    session.type('r')
    await session.until('Only the proxy can send a request again')
    session.type('Q')
    // The proxy may have written it all down, but here nothing has.
    await session.until('exchanges would be lost')
    session.type('y')
    expect(await session.exit).toMatchObject({ code: 1 })
    expect(session.modes()).toEqual(asItWas)
    expect(session.written.slice(session.written.lastIndexOf('\x1b[?1049l'))).toContain(
      'broke first',
    )
    expect(session.written).not.toContain(AUTHTAP_TOKEN)
  })
})

/** A server that answers with bytes that an HTTP library would not send. */
async function hostileServer(value: string): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      const head = `HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm="${value}"\r\nX-Evil: ${value}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`
      socket.end(Buffer.from(head, 'latin1'))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

function ask(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const socket = connect(port, '127.0.0.1')
    socket.on('data', (chunk: Buffer) => (said += chunk.toString('latin1')))
    socket.on('close', () => resolve(said)).on('error', reject)
    socket.write(`GET /mcp HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`)
  })
}

/** A proxy in the terminal UI that waits for a client. */
async function waitingProxy(options: OpenOptions = {}): Promise<Session> {
  const session = authtap(['http://127.0.0.1:1/mcp', '--port', '0'], options)
  await session.until('Point the client at')
  return session
}

describe('a proxy on a terminal', () => {
  test.each([
    ['SIGINT', 3],
    ['SIGTERM', 3],
    ['SIGHUP', 129],
    ['SIGQUIT', 131],
  ] as const)('%s gives the terminal back and exits as it should', async (signal, code) => {
    const session = await waitingProxy()
    session.kill(signal)
    expect(await session.exit).toMatchObject({ code })
    expect(session.modes()).toEqual(asItWas)
    expect(session.text()).toContain('INCOMPLETE  There was nothing to judge.')
  })

  test('ends when its window is closed', async () => {
    const session = await waitingProxy()
    session.hangUp()
    expect(await session.exit).toMatchObject({ code: 129 })
  })

  /** Fails where nothing expects it, at a signal. */
  const broken = (how: string) => ({
    NODE_OPTIONS: `--import "data:text/javascript,process.on('SIGUSR2',()=>{${how}})"`,
  })

  test.each([
    ['an exception', 'throw(new(Error)(1))'],
    ['a rejection', 'Promise.reject(new(Error)(1))'],
  ])('%s gives the terminal back, says that it is a bug, and exits with 70', async (_, how) => {
    const session = await waitingProxy({ env: broken(how) })
    session.kill('SIGUSR2')
    expect(await session.exit).toMatchObject({ code: 70 })
    expect(session.modes()).toEqual(asItWas)
    expect(session.text()).toContain('this is a bug in authtap')
  })
})

test('a capture made to do harm does none, on either screen', async () => {
  const path = join(folder(), 'harm.har')
  await run(['demo', 'wrong-audience', '--har', path])
  const har = JSON.parse(readFileSync(path, 'utf8')) as { log: { entries: object[] } }
  har.log.entries = har.log.entries.map((entry) => {
    const { _authtap, response } = entry as { _authtap: { id: string }; response: object }
    return {
      ...entry,
      _authtap: poisoned(_authtap, harm),
      response: { ...response, statusText: harm },
    }
  })
  writeFileSync(path, JSON.stringify(har))
  const session = authtap(['analyze', path])
  const titles: string[] = []
  session.terminal.onTitleChange((title) => titles.push(title))
  await session.until('CAPTURE 8 ex')
  await session.until('FAIL')
  session.type('Q')
  expect(await session.exit).toMatchObject({ code: 1 })
  expect(session.written).toContain('broke first')
  expect(session.text()).toContain('␛]0;t')
  // The question for the background is ours (OSC 11).
  expect(session.written.replaceAll('\x1b]11;?\x1b\\', '')).not.toMatch(
    /\x1b\]|[\x80-\x9f\u202e]|\x07/,
  )
  expect([titles, session.clipboard]).toEqual([[], []])
})

test.each([
  '\u009b2J',
  '\u009b12;40Hmoved',
  '\u009d52;c;c3RvbGVu\u009c',
  '\u009d0;title\u009c',
  '\u0090q',
])('a field %j of a real server moves nothing, sets no title and no clipboard', async (value) => {
  const upstream = await hostileServer(value)
  const session = authtap([`http://127.0.0.1:${upstream}/mcp`, '--port', '0'])
  const titles: string[] = []
  session.terminal.onTitleChange((title) => titles.push(title))
  await session.until('Point the client at')
  const port = Number(/localhost:(\d+)\/mcp/.exec(session.text())![1])
  expect(await ask(port)).toContain('401')
  await session.until('1 ex')
  for (const [key, seen] of [
    ['\r', '[Response]'],
    ['h', '[Request]'],
    ['q', 'Exchanges'],
    ['3', 'Findings'],
  ] as const) {
    session.type(key)
    await session.until(seen)
    await session.quiet()
  }
  expect(titles).toEqual([])
  expect(session.clipboard).toEqual([])
  expect(session.cell(0, 2).text).toBe('┌')
  expect(session.lines()[0]).toContain('1 Live')
})

const tmux = spawnSync('tmux', ['-V']).status === 0

describe.runIf(tmux)('in tmux', () => {
  test('the screen is drawn, follows the size of the window, and is gone at the end', async () => {
    const name = `authtap-${process.pid}`
    const run = (...args: string[]) =>
      execFileSync('tmux', ['-L', name, '-f', '/dev/null', ...args], { encoding: 'utf8' })
    onTestFinished(() => void spawnSync('tmux', ['-L', name, 'kill-server']))
    const home = folder()
    const command = `HOME=${home} XDG_STATE_HOME=${home} LANG=C.UTF-8 CI= ${process.execPath} ${cli} demo; echo "left with $?"; read -r _`
    run('new-session', '-d', '-x', '100', '-y', '30', command)
    const until = async (wanted: string) => {
      const limit = performance.now() + 15_000
      for (;;) {
        const screen = run('capture-pane', '-p')
        if (screen.includes(wanted)) return screen
        if (performance.now() > limit) throw new Error(`${wanted} did not come:\n${screen}`)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
    await until('AUTH SERVER')
    const before = await until('┌─ Exchanges')
    expect(before.split('\n')[0]).toContain('1 Live')
    expect(run('display', '-p', '#{alternate_on}').trim()).toBe('1')
    run('resize-window', '-x', '60', '-y', '16')
    run('send-keys', '2')
    await until('Flow 1')
    run('send-keys', 'Q')
    await until('left with 0')
    expect(run('display', '-p', '#{alternate_on}#{mouse_any_flag}#{cursor_flag}').trim()).toBe(
      '001',
    )
  })
})
