import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { firstPort } from '../../../src/tap/wire/ports.ts'
import { start, type Started } from '../../command.ts'
import { json, party } from '../parties.ts'
import { proxyFor } from '../wire.ts'

const target = (n: number) => `http://127.0.0.1:${n}/mcp`

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'authtap-processes-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return dir
}

let stretch = 0

/**
 * A folder whose state has the first ports assigned to others, so that the search begins where no other test looks:
 * a port that is free again after one run must still be so at the next.
 */
async function quietFolder(): Promise<string> {
  const state = await folder()
  const skipped = 300 + 20 * stretch++
  const ports = Object.fromEntries(
    Array.from({ length: skipped }, (_, n) => [`https://${n}.example`, firstPort + n]),
  )
  await writeState(state, ports)
  return state
}

async function writeState(state: string, ports: Record<string, number>): Promise<void> {
  const document = { schema: 'authtap.state/1', ports, relays: {}, registrations: {} }
  await mkdir(join(state, 'authtap'))
  await writeFile(join(state, 'authtap', 'state.json'), JSON.stringify(document))
}

interface Process extends Started {
  /** Resolves with what it listens on. */
  listening(): Promise<Listening>
  stop(): Promise<string>
}

interface Listening {
  readonly url: string
  readonly ports: Readonly<Record<string, number>>
  readonly relayPort: number
}

/** The command on remembered ports, whose state is kept in this folder. */
function authtap(state: string, mcpUrl: string, ...flags: string[]): Process {
  const args = [mcpUrl, '--format', 'ndjson', '--no-journal', ...flags]
  const started = start(args, { env: { XDG_STATE_HOME: state } })
  onTestFinished(() => void started.child.kill('SIGKILL'))
  return {
    ...started,
    listening: async () => {
      const [line] = await started.printed(/^\{"type":"listening".*$/m)
      return JSON.parse(line) as Listening
    },
    stop: async () => {
      started.child.kill('SIGTERM')
      const { stdout, stderr } = await started.ended
      return stdout + stderr
    },
  }
}

async function stopAll(processes: readonly Process[]): Promise<string[]> {
  return Promise.all(processes.map((process) => process.stop()))
}

function portsOf({ ports, relayPort }: Listening): number[] {
  return [...Object.values(ports), relayPort]
}

interface StateOnDisk {
  readonly ports: Record<string, number>
  readonly relays: Record<string, number>
}

async function stateIn(dir: string): Promise<StateOnDisk> {
  return JSON.parse(await readFile(join(dir, 'authtap', 'state.json'), 'utf8')) as StateOnDisk
}

/** The codes of the notices in what was printed, but that no server is there, for there is none. */
function codes(printed: string): string[] {
  const found = [...printed.matchAll(/"type":"notice","notice":\{"code":"([^"]+)"/g)]
  return found.map(([, code]) => code!).filter((code) => code !== 'no-contact')
}

/** A port that a stranger holds. */
async function strangersPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

describe('two processes that start at the same moment', () => {
  test('for different MCP servers both listen, on ports that they have again the next time', async () => {
    const state = await quietFolder()
    const first = [1, 2, 3].map((n) => authtap(state, target(n)))
    const listening = await Promise.all(first.map((process) => process.listening()))
    expect(new Set(listening.flatMap(portsOf)).size).toBe(6)
    expect((await stopAll(first)).flatMap(codes)).toEqual([])

    const next = [3, 2, 1].map((n) => authtap(state, target(n)))
    const again = await Promise.all(next.map((process) => process.listening()))
    expect((await stopAll(next)).flatMap(codes)).toEqual([])
    expect(again.reverse().map(portsOf)).toEqual(listening.map(portsOf))
  })

  test('for the same MCP server both listen; one keeps its ports, the other says that it has others', async () => {
    const state = await quietFolder()
    const both = [authtap(state, target(1)), authtap(state, target(1))]
    const listening = await Promise.all(both.map((process) => process.listening()))
    expect(new Set(listening.flatMap(portsOf)).size).toBe(4)
    const printed = await stopAll(both)
    const kept = await stateIn(state)
    const { origin } = new URL(target(1))
    const owner = listening.findIndex(({ ports }) => ports[origin] === kept.ports[origin])
    expect(owner).not.toBe(-1)
    expect(kept.relays[origin]).toBe(listening[owner]!.relayPort)
    expect(codes(printed[owner]!)).toEqual([])
    expect(codes(printed[1 - owner]!)).toEqual(['port-moved', 'port-moved'])

    const next = authtap(state, target(1))
    expect(portsOf(await next.listening())).toEqual(portsOf(listening[owner]!))
    expect(codes(await next.stop())).toEqual([])
  })
})

test('two proxies for one MCP server that search at once: who is remembered has both ports, the other says that it has others', async () => {
  const { origin } = new URL(target(1))
  for (let round = 0; round < 5; round++) {
    const state = await quietFolder()
    const stateDir = join(state, 'authtap')
    const both = await Promise.all(
      [0, 1].map(() => proxyFor(target(1), { stateDir, port: undefined as never })),
    )
    const kept = await stateIn(state)
    const owner = both.findIndex(({ port }) => port === kept.ports[origin])
    expect(owner).not.toBe(-1)
    expect(kept.relays[origin]).toBe(both[owner]!.tap.listening.relayPort)
    expect(both[owner]!.notices).toEqual([])
    expect(both[1 - owner]!.notices.map(({ code }) => code)).toEqual(['port-moved', 'port-moved'])
    await Promise.all(both.map(({ tap }) => tap.stop()))
  }
})

describe('the real command', () => {
  test('leaves a remembered port to the stranger who has it, says so and goes on', async () => {
    const state = await folder()
    const port = await strangersPort()
    const { origin } = new URL(target(1))
    await writeState(state, { [origin]: port })
    const process = authtap(state, target(1))
    const { ports } = await process.listening()
    expect(ports[origin]).not.toBe(port)
    const printed = await process.stop()
    expect(codes(printed)).toEqual(['port-moved'])
    expect(printed).toContain(`port ${port} of ${origin} is in use, so this time it is`)
    expect((await stateIn(state)).ports[origin]).toBe(port)
  })

  test('sets damaged state aside, says so and goes on', async () => {
    const state = await folder()
    await mkdir(join(state, 'authtap'))
    const file = join(state, 'authtap', 'state.json')
    await writeFile(file, '{"schema":')
    const process = authtap(state, target(1))
    await process.listening()
    const printed = await process.stop()
    expect(codes(printed)).toEqual(['state-damaged'])
    expect(printed).toContain(`the state file ${file} is damaged and was set aside`)
    expect(await readFile(`${file}.damaged`, 'utf8')).toBe('{"schema":')
    expect(Object.keys((await stateIn(state)).ports)).toEqual([new URL(target(1)).origin])
  })

  test('does without a state folder that cannot be made, and says so', async () => {
    const file = join(await folder(), 'file')
    await writeFile(file, '')
    const process = authtap(file, target(1))
    await process.listening()
    const printed = await process.stop()
    expect(codes(printed)).toEqual(['state-unwritable'])
    expect(printed).toContain(`authtap cannot write to ${join(file, 'authtap')}`)
  })

  test('answers a foreign Host with 421, which the MCP server never sees', async () => {
    const server = await party({ '/mcp': json({}) })
    const process = authtap(await folder(), `${server.origin}/mcp`, '--port', '0')
    const url = new URL((await process.listening()).url)
    const statusFor = async (host: string) => {
      const sent = request(url, { headers: { Host: host } }).end()
      const [response] = (await once(sent, 'response')) as [{ statusCode: number; resume(): void }]
      response.resume()
      return response.statusCode
    }
    expect(await statusFor(`evil.example:${url.port}`)).toBe(421)
    expect(await statusFor(`localhost.evil.example:${url.port}`)).toBe(421)
    expect(await statusFor('localhost:1')).toBe(421)
    expect(server.asked).toEqual([])
    expect(await statusFor(url.host)).toBe(200)
    expect(server.asked).toEqual(['GET /mcp'])
    await process.stop()
  })
})
