/** The terminal UI on a real pty, with many exchanges held and events coming. */
import * as pty from '@lydell/node-pty'
import xterm from '@xterm/headless'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { clearTimeout, setTimeout } from 'node:timers'
import { setTimeout as sleep } from 'node:timers/promises'
import { median } from './median.mjs'
import { cpuMs, residentMb, scratch, startAuthtap } from './processes.mjs'

const columns = 120
const rows = 40

/** Calls that are looked for on the screen. */
const looks = 40

export async function tuiRows({ cli, upstream, load, held, rounds }) {
  const screen = openScreen([cli, upstream.url, '--port', '0'])
  const plain = await startAuthtap(cli, upstream.url)
  try {
    const url = await screen.url()
    for (const one of [url, plain.url])
      await load.do('calls', { url: one, connections: 16, count: held })
    await sleep(2500)
    const idle = await share(screen.pid, () => sleep(2000))
    const delays = []
    const busy = await share(screen.pid, async () => {
      for (let look = 0; look < looks; look += 1) {
        const count = held + look + 1
        const shown = screen.shows(`${count}/${count}`)
        const answered = await load.do('one', { url })
        delays.push(Number((await shown) - BigInt(answered)) / 1e6)
        await sleep(20)
      }
    })
    const latency = (one) => load.do('latency', { count: 80, every: 20, url: one })
    await latency(plain.url)
    const added = []
    for (let round = 0; round < rounds; round += 1) {
      const order = round % 2 === 0 ? [url, plain.url] : [plain.url, url]
      const times = new Map()
      for (const one of order) times.set(one, await latency(one))
      added.push(times.get(url) - times.get(plain.url))
    }
    const memory = residentMb(screen.pid)
    return [
      {
        what: `TUI, ${held} exchanges held: answer at the client to painted frame`,
        measured: `${median(delays).toFixed(1)} ms`,
        value: median(delays),
        atMost: 50,
        unit: ' ms',
      },
      percentRow('… processor while nothing happens', idle, { value: idle, atMost: 1, unit: ' %' }),
      percentRow('… processor while calls come one after the other', busy),
      {
        what: '… latency it adds to a call, 50 calls/s, against authtap without it',
        measured: `${median(added).toFixed(3)} ms`,
      },
      {
        what: '… RSS',
        measured: `${memory.toFixed(0)} MB`,
        value: memory,
        atMost: 260,
        unit: ' MB',
      },
    ]
  } finally {
    await screen.end()
    await plain.end()
  }
}

function percentRow(what, percent, bar = {}) {
  const measured = percent === undefined ? 'not told by this system' : `${percent.toFixed(1)} %`
  return { what, measured, ...(percent === undefined ? {} : bar) }
}

/** Per cent of one processor that a process uses meanwhile. */
async function share(pid, doing) {
  const began = performance.now()
  const before = cpuMs(pid)
  await doing()
  return before === undefined
    ? undefined
    : ((cpuMs(pid) - before) * 100) / (performance.now() - began)
}

/** authtap on a pty, with an emulator that shows what it writes. */
function openScreen(argv) {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true })
  const env = { ...process.env, TERM: 'xterm-256color', XDG_STATE_HOME: join(scratch, 'screen') }
  for (const name of ['CI', 'NODE_OPTIONS', 'NO_COLOR']) delete env[name]
  const child = pty.spawn(process.execPath, argv, { cols: columns, rows, env })
  const exit = new Promise((resolve) => child.onExit(resolve))
  const waiting = new Set()
  terminal.onData((reply) => child.write(reply))
  child.onData((data) =>
    terminal.write(data, () => {
      const at = process.hrtime.bigint()
      const lines = text(terminal)
      for (const check of [...waiting]) check(lines, at)
    }),
  )
  const until = (find) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(check)
        reject(new Error(`the TUI does not show what it should:\n${text(terminal)}`))
      }, 15_000)
      const check = (lines, at) => {
        const found = find(lines, at)
        if (found === undefined) return
        clearTimeout(timer)
        waiting.delete(check)
        resolve(found)
      }
      waiting.add(check)
    })
  return {
    pid: child.pid,
    url: () =>
      until((lines) => {
        const port = /(?:localhost|127\.0\.0\.1):(\d+)\/mcp/.exec(lines)?.[1]
        return port === undefined ? undefined : `http://127.0.0.1:${port}/mcp`
      }),
    shows: (wanted) => until((lines, at) => (lines.includes(wanted) ? at : undefined)),
    async end() {
      child.kill('SIGTERM')
      const killed = setTimeout(() => child.kill('SIGKILL'), 6000)
      await exit
      clearTimeout(killed)
    },
  }
}

function text(terminal) {
  const { active } = terminal.buffer
  return Array.from(
    { length: terminal.rows },
    (_, y) => active.getLine(active.baseY + y)?.translateToString(true) ?? '',
  ).join('\n')
}
