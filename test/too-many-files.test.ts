/** The built program where it may open no more files. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, type Socket, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { built } from './tools/built.mjs'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authtap-files-'))
})
afterEach(() => rm(folder, { recursive: true }))

interface Limited {
  readonly child: ChildProcess
  said(): string
}

/** Starts authtap where it may open so many files and connections. */
function limited(files: number, ...args: readonly string[]): Limited {
  const line = `ulimit -n ${files}; exec "$@"`
  const child = spawn('sh', ['-c', line, 'sh', process.execPath, built('src/cli.js'), ...args], {
    env: { ...process.env, CI: '1', XDG_STATE_HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text))
  onTestFinished(() => void child.kill('SIGKILL'))
  return { child, said: () => said }
}

async function until(holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 50_000; !holds() && Date.now() < deadline;)
    await new Promise((resolve) => setTimeout(resolve, 20))
  expect(holds()).toBe(true)
}

/** An upstream that answers when it is told to. */
async function patientUpstream() {
  const waiting = new Set<Socket>()
  let open = false
  const answer = (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi')
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', () => (open ? answer(socket) : waiting.add(socket)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    letGo: () => {
      open = true
      for (const socket of waiting) answer(socket)
    },
  }
}

function ask(port: number): { ended: Promise<string> } {
  const socket = connect(port, '127.0.0.1')
  let got = ''
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    got += chunk.toString()
    if (got.endsWith('hi')) socket.destroy()
  })
  socket.write(`GET /mcp HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`)
  return { ended: new Promise((resolve) => socket.once('close', () => resolve(got))) }
}

// Without a shell that can set the limit there is nothing to prove it with.
describe.skipIf(process.platform === 'win32')('where no more files may be opened', () => {
  test.each([64, 100, 128])('authtap says so when it cannot start with %i', async (files) => {
    const { child, said } = limited(files, 'http://127.0.0.1:9/mcp', '--', 'true')
    const [code] = (await once(child, 'close')) as [number]
    if (code === 4) expect(said()).toContain('Too many files and connections are open')
    // Another system, or another Node, needs fewer.
    expect(said()).not.toMatch(/bug|cannot be loaded|^\s+at /m)
    expect([0, 1, 3, 4]).toContain(code)
  })

  test('requests fail for a while, nobody is blamed, and authtap goes on', async () => {
    const upstream = await patientUpstream()
    const { child, said } = limited(260, upstream.url, '--port', '0')
    await until(() => said().includes('Waiting for the client'))
    const port = Number(/localhost:(\d+)\/mcp/.exec(said())![1])
    const asked = Array.from({ length: 250 }, () => ask(port))
    await until(() => said().includes('Too many files and connections are open'))
    upstream.letGo()
    await Promise.all(asked.map(({ ended }) => ended))
    expect(await ask(port).ended).toMatch(/hi$/)
    child.kill('SIGINT')
    await once(child, 'close')
    expect(said()).toContain('not passed on: authtap has too many files open')
    expect(said()).not.toMatch(/endpoint-unreachable|bug/)
  })
})
