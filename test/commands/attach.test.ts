import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { type AddressInfo, type Server, type Socket, connect } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Report } from '../../src/core/verdict/report.ts'
import { runDemoClient } from '../../src/demo/client.ts'
import type { DemoFault } from '../../src/demo/faults.ts'
import { startDemoServers } from '../../src/demo/parties.ts'
import { type Started, run, start } from '../command.ts'
import { authority, issue } from '../tap/certificate.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authtap-attach-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const endings: (() => unknown)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

const token = randomBytes(32).toString('hex')

function begin(args: readonly string[], env: NodeJS.ProcessEnv = {}): Started {
  const started = start(args, { env: { AUTHTAP_TOKEN: token, ...env } })
  endings.push(() => started.child.kill('SIGKILL'))
  return started
}

/** A proxy before `upstream` that viewers may watch. */
async function watchedProxy(upstream: string, listen = '0', more: readonly string[] = []) {
  const args = [upstream, '--port', '0', '--listen', listen, '--format', 'ndjson', ...more]
  const proxy = begin(args)
  const [, url] = await proxy.printed(/"url":"(http:[^"]+)"/)
  const [, ws] = await proxy.printed(/authtap attach (ws:\S+)/)
  return { ...proxy, url: url!, ws: ws! }
}

async function demo(fault: DemoFault) {
  const servers = await startDemoServers(fault)
  endings.push(() => servers.stop())
  return servers
}

function end(started: Started) {
  started.child.kill('SIGINT')
  return started.ended
}

interface Line {
  readonly type: string
  readonly [name: string]: unknown
}

function lines(stdout: string): Line[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
}

/** The last that was said of each exchange, flow or finding. */
function lastOf(stdout: string, type: string): Record<string, unknown> {
  return Object.fromEntries(
    lines(stdout)
      .filter((line) => line.type === type)
      .map((line) => [(line[type] as { id: string }).id, line[type]]),
  )
}

function reportOf(stdout: string): Report {
  return lines(stdout).at(-1)!['report'] as Report
}

/** What two reports of the same traffic must agree on. */
function essence({ verdict, findings, firstBroken }: Report) {
  return {
    verdict,
    broken: firstBroken?.step,
    findings: findings
      .map(({ rule, variant, severity, fault, evidence }) => ({
        rule,
        variant,
        severity,
        fault,
        at: evidence.map(({ exchange, at }) => `${exchange} ${at}`),
      }))
      .sort((a, b) => (a.rule < b.rule ? -1 : 1)),
  }
}

describe('a proxy and its viewers', () => {
  test('agree exchange by exchange, early and late viewers alike, and on the report', async () => {
    const servers = await demo('wrong-audience')
    const proxy = await watchedProxy(servers.mcpUrl)
    const early = begin(['attach', proxy.ws, '--format', 'ndjson'])
    const reader = begin(['attach', proxy.ws])
    await Promise.all([early.printed(/"listening"/), reader.printed(/Watching/)])
    await runDemoClient(proxy.url, 'wrong-audience', () => {})
    await Promise.all([
      proxy.printed(/"finding":.*fresh-token-rejected/),
      early.printed(/"finding":.*fresh-token-rejected/),
      reader.printed(/follows from it: A newly issued token/),
    ])
    const late = begin(['attach', proxy.ws, '--format', 'ndjson'])
    await late.printed(/"finding":.*fresh-token-rejected/)
    const { stdout } = await end(proxy)
    await Promise.all(
      [early, late].map((viewer) => viewer.printed(/"notice":.*the proxy has ended/)),
    )
    const exchanges = lastOf(stdout, 'exchange')
    expect(Object.keys(exchanges).length).toBeGreaterThan(6)
    for (const viewer of [early, late]) {
      const seen = await end(viewer)
      expect(lastOf(seen.stdout, 'exchange')).toEqual(exchanges)
      expect(lastOf(seen.stdout, 'finding')).toEqual(lastOf(stdout, 'finding'))
      expect(lastOf(seen.stdout, 'flow')).toEqual(lastOf(stdout, 'flow'))
      expect(reportOf(seen.stdout)).toEqual(reportOf(stdout))
      expect(seen.code).toBe(1)
    }
    await reader.printed(/Reconnecting until it is back/)
    const read = await end(reader)
    for (const id of Object.keys(exchanges)) expect(read.stdout).toMatch(new RegExp(`# *${id} `))
    expect(read.stdout).toContain(
      'The token step broke first. The authorization server has to act.',
    )
  })

  test('a viewer that leaves early judges and saves what it saw, labels and all', async () => {
    const servers = await demo('wrong-audience')
    const proxy = await watchedProxy(servers.mcpUrl)
    const har = join(folder, 'seen.har')
    const viewer = begin(['attach', proxy.ws, '--format', 'ndjson', '--har', har])
    await viewer.printed(/"listening"/)
    await runDemoClient(proxy.url, 'wrong-audience', () => {})
    await viewer.printed(/"finding":.*fresh-token-rejected/)
    const seen = await end(viewer)
    const { stdout } = await end(proxy)
    expect(essence(reportOf(seen.stdout))).toEqual(essence(reportOf(stdout)))
    expect(seen.code).toBe(1)
    const again = await run(['analyze', har, '--format', 'json'])
    expect(essence(JSON.parse(again.stdout) as Report)).toEqual(essence(reportOf(stdout)))
  })

  test('a viewer survives a restart of the proxy, and keeps the two runs apart', async () => {
    const servers = await demo('none')
    const first = await watchedProxy(servers.mcpUrl)
    const viewer = begin(['attach', first.ws, '--format', 'ndjson'])
    await viewer.printed(/"listening"/)
    await runDemoClient(first.url, 'none', () => {})
    await viewer.printed(/"exchange":.*"id":"5"/)
    const before = await end(first)
    await viewer.printed(/Reconnecting/)
    const second = await watchedProxy(servers.mcpUrl, new URL(first.ws).port)
    await viewer.printed(/The proxy was started anew/)
    await runDemoClient(second.url, 'none', () => {})
    await viewer.printed(/"exchange":.*"id":"2.5"/)
    const after = await end(second)
    await viewer.printed(/started anew[^]*Reconnecting/)
    const seen = lastOf((await end(viewer)).stdout, 'exchange')
    const expected = Object.entries(lastOf(after.stdout, 'exchange')).map(([id, one]) => [
      `2.${id}`,
      { ...(one as object), id: `2.${id}`, flow: `2.${(one as { flow: string }).flow}` },
    ])
    expect(seen).toEqual({
      ...lastOf(before.stdout, 'exchange'),
      ...(Object.fromEntries(expected) as object),
    })
  })

  test('the viewer in the README is one, in thirty lines', async () => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
    const [, code] = /<!-- viewer: run by the tests -->\s+```js\n([^]*?)```/.exec(readme) ?? []
    expect(code!.trimEnd().split('\n').length).toBeLessThanOrEqual(30)
    const file = join(folder, 'viewer.mjs')
    await writeFile(file, code!)
    const modules = fileURLToPath(new URL('../../node_modules', import.meta.url))
    await symlink(modules, join(folder, 'node_modules'))
    const servers = await demo('wrong-audience')
    const proxy = await watchedProxy(servers.mcpUrl)
    await runDemoClient(proxy.url, 'wrong-audience', () => {})
    await proxy.printed(/"finding":.*fresh-token-rejected/)
    const env = { ...process.env, AUTHTAP_TOKEN: token }
    const viewer = spawn(process.execPath, [file, proxy.ws], { env })
    let said = ''
    const ended = new Promise((resolve) => viewer.once('close', resolve))
    await new Promise<void>((resolve) => {
      viewer.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text
        if (said.includes('#8')) resolve()
      })
    })
    const { stdout } = await end(proxy)
    await ended
    for (const id of Object.keys(lastOf(stdout, 'exchange'))) expect(said).toContain(`#${id} `)
    expect(said).toMatch(/verdict fail\nclosed 1001\n$/)
  })
})

describe('a viewer that stands still', () => {
  test('costs the proxy little memory, holds up no other viewer, and is up to date again when it goes on', async () => {
    const upstream = createServer((request, response) => {
      request.resume()
      response.setHeader('Content-Type', 'application/json')
      response.setHeader('X-Filler', 'filler '.repeat(1500))
      response.end('{"jsonrpc":"2.0","id":1,"result":{}}')
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => upstream.once('listening', resolve))
    endings.push(() => upstream.close())
    const { port } = upstream.address() as AddressInfo
    const proxy = await watchedProxy(`http://127.0.0.1:${port}/mcp`)
    const viewers = [0, 1].map(() => begin(['attach', proxy.ws, '--format', 'ndjson']))
    const [quick, still] = viewers as [Started, Started]
    await Promise.all(viewers.map((viewer) => viewer.printed(/"listening"/)))
    const calls = 1000
    const call = async () => {
      const body = '{"jsonrpc":"2.0","id":1,"method":"ping"}'
      const headers = { 'Content-Type': 'application/json' }
      await (await fetch(proxy.url, { method: 'POST', headers, body })).arrayBuffer()
    }
    await Promise.all(Array.from({ length: 50 }, call))
    still.child.kill('SIGSTOP')
    const before = await residentMemory(proxy.child.pid!)
    for (let done = 50; done < calls; done += 50)
      await Promise.all(Array.from({ length: 50 }, call))
    await quick.printed(new RegExp(`"exchange":.*"id":"${calls}"`))
    // Each call is 11 kB of JSON in the stream, often several times: all of it would be far more.
    const grown = (await residentMemory(proxy.child.pid!)) - before
    expect(grown).toBeLessThan(150 * 1024 * 1024)
    still.child.kill('SIGCONT')
    await still.printed(/This viewer was behind and missed \d+ messages/)
    await still.printed(new RegExp(`"exchange":.*"id":"${calls}"`))
    const { stdout } = await end(proxy)
    const all = lastOf(stdout, 'exchange')
    expect(Object.keys(all)).toHaveLength(calls)
    expect(lastOf((await end(quick)).stdout, 'exchange')).toEqual(all)
    const seen = lastOf((await end(still)).stdout, 'exchange')
    expect(seen[`${calls}`]).toEqual(all[`${calls}`])
  })
})

async function residentMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)![1]) * 1024
}

describe('nothing unredacted crosses the stream', () => {
  test.each([[[]], [['--with-secrets']]])(
    'the bytes of the socket hold no secret of the run (%j)',
    async (more) => {
      const secrets = new Set<string>()
      const original = globalThis.fetch
      globalThis.fetch = async (input, init) => {
        collect(secrets, input instanceof Request ? input.url : String(input), init?.body)
        const response = await original(input, init)
        collect(secrets, response.headers.get('location') ?? '', await response.clone().text())
        return response
      }
      endings.push(() => (globalThis.fetch = original))
      const servers = await demo('none')
      const proxy = await watchedProxy(servers.mcpUrl, '0', more)
      const early = dump(proxy.ws)
      await early.holds('"snapshot"')
      expect(await runDemoClient(proxy.url, 'none', () => {})).toMatchObject({ ok: true })
      await early.holds('"kind":"refresh_token"')
      const late = dump(proxy.ws)
      await late.holds('"kind":"refresh_token"')
      await end(proxy)
      await Promise.all([early.ended, late.ended])
      secrets.add(token)
      expect(secrets.size).toBeGreaterThan(5)
      for (const bytes of [early.text(), late.text()]) {
        expect(bytes).toContain('‹access_token:')
        for (const secret of secrets)
          for (const form of [
            secret,
            encodeURIComponent(secret),
            Buffer.from(secret).toString('base64').replace(/=+$/, ''),
          ])
            expect(bytes.includes(form), `${secret.slice(0, 6)}… is in the stream`).toBe(false)
      }
    },
  )

  test('the token is printed once, and kept by nothing', async () => {
    const servers = await demo('none')
    const log = join(folder, 'listen.log')
    const har = join(folder, 'listen.har')
    const args = ['--listen', '0', '--log-level', 'trace', '--log-file', log, '--har', har]
    const proxy = begin([servers.mcpUrl, '--port', '0', ...args], { AUTHTAP_TOKEN: '' })
    const [, made] = await proxy.printed(/--token ([0-9a-f]{64})/)
    const [, url] = await proxy.printed(/Listening {2}(\S+)/)
    await runDemoClient(url!, 'none', () => {})
    const { stdout, stderr } = await end(proxy)
    expect(stdout).not.toContain(made)
    expect(stderr.split(made!)).toHaveLength(2)
    expect(await readFile(log, 'utf8')).not.toContain(made)
    expect(await readFile(har, 'utf8')).not.toContain(made)
  })
})

/** A viewer that keeps the very bytes it is sent. */
function dump(ws: string) {
  const { port } = new URL(ws)
  const chunks: Buffer[] = []
  const text = () => Buffer.concat(chunks).toString('utf8')
  const looking = new Set<() => void>()
  const socket: Socket = connect(Number(port), '127.0.0.1')
  const key = randomBytes(16).toString('base64')
  socket.write(
    `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\nAuthorization: Bearer ${token}\r\n\r\n`,
  )
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    for (const look of looking) look()
  })
  socket.on('error', () => {})
  const holds = (part: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!text().includes(part)) return
        looking.delete(look)
        resolve()
      }
      looking.add(look)
      look()
    })
  return { text, holds, ended: new Promise((resolve) => socket.once('close', resolve)) }
}

/** Picks what must stay secret out of a URL and a body. */
function collect(secrets: Set<string>, url: string, body: unknown): void {
  const text = `${url}&${body instanceof URLSearchParams ? body.toString() : typeof body === 'string' ? body : ''}`
  for (const [, value] of text.matchAll(
    /[?&](?:code|code_verifier|state|refresh_token|client_secret)=([^&\s"]{8,})/g,
  ))
    secrets.add(decodeURIComponent(value!))
  for (const [, value] of text.matchAll(
    /"(?:access_token|refresh_token|client_secret|registration_access_token)":"([^"]{8,})"/g,
  ))
    secrets.add(value!)
}

describe('through a TLS terminator', () => {
  let terminator: Server
  let ca = ''

  beforeAll(async () => {
    const root = authority('authtap test')
    ca = join(folder, 'ca.pem')
    const { cert, key } = issue(root, 'localhost')
    await writeFile(ca, root.cert)
    terminator = createTlsServer({ cert, key })
    await new Promise<void>((resolve) => terminator.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => terminator.close())

  test('wss:// works with --ca, and not without', async () => {
    const servers = await demo('none')
    const proxy = await watchedProxy(servers.mcpUrl)
    terminator.on('secureConnection', (socket: Socket) => {
      const inner = connect(Number(new URL(proxy.ws).port), '127.0.0.1')
      socket.on('error', () => inner.destroy())
      inner.on('error', () => socket.destroy())
      socket.pipe(inner).pipe(socket)
    })
    const wss = `wss://localhost:${(terminator.address() as AddressInfo).port}`
    const trusting = begin(['attach', wss, '--ca', ca])
    await trusting.printed(/Watching {2}http/)
    const wary = begin(['attach', wss])
    await wary.printed(/No connection to the proxy: \S*(CERT|VERIFY|SIGNED)/)
  })
})

describe('what is said when it cannot be', () => {
  test.each([
    [['attach'], 'needs the address of one proxy'],
    [['attach', 'http://localhost:1/'], 'is not an address that attach can use'],
    [['attach', 'ws://localhost:1/', '--token', 'a b'], 'another character that no token has'],
    [['attach', 'ws://localhost:1/', '--ca', '/no/such/file'], 'cannot be read (ENOENT)'],
    [['http://127.0.0.1:9/mcp', '--port', '0', '--listen', 'x'], 'is neither a port nor HOST:PORT'],
    [['http://127.0.0.1:9/mcp', '--port', '0', '--listen', '0.0.0.0:0'], 'Add --allow-remote'],
  ])('%j', async (args, sentence) => {
    const { code, stderr } = await run(args, { env: { AUTHTAP_TOKEN: token } })
    expect(stderr).toContain(sentence)
    expect(code).toBe(2)
  })

  test('without a token, with a wrong one, and with one too short to be one', async () => {
    const none = await run(['attach', 'ws://localhost:1/'], { env: { AUTHTAP_TOKEN: '' } })
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('needs the token') })
    const proxy = await watchedProxy('http://127.0.0.1:9/mcp')
    const har = join(folder, 'refused.har')
    const wrong = await run(['attach', proxy.ws, '--token', 'x'.repeat(64), '--har', har])
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('refuses the token') })
    // Nothing was seen: no file is begun and left behind.
    expect((await readdir(folder)).filter((name) => name.startsWith('refused'))).toEqual([])
    const args = ['http://127.0.0.1:9/mcp', '--port', '0', '--listen', '0']
    const short = await run(args, { env: { AUTHTAP_TOKEN: 'short' } })
    expect(short).toMatchObject({ code: 2, stderr: expect.stringContaining('AUTHTAP_TOKEN') })
  })

  test('a viewer that is there first waits for the proxy', async () => {
    const first = await watchedProxy('http://127.0.0.1:9/mcp')
    await end(first)
    const viewer = begin(['attach', first.ws])
    await viewer.printed(/No connection to the proxy: ECONNREFUSED/)
    await watchedProxy('http://127.0.0.1:9/mcp', new URL(first.ws).port)
    await viewer.printed(/Connected to the proxy/)
    expect((await end(viewer)).code).toBe(3)
  })
})
