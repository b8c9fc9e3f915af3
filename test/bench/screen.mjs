/** authtap on a pty, with an emulator that shows what it writes. */
import * as pty from '@lydell/node-pty'
import xterm from '@xterm/headless'
import { join } from 'node:path'
import { clearTimeout, setTimeout } from 'node:timers'
import { scratch } from './processes.mjs'

const columns = 120
const rows = 40

/** The text of every frame goes to `onFrame`, with the time in nanoseconds of the machine's clock. */
export function openScreen(argv, onFrame = () => {}) {
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
      onFrame(lines, at)
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
      check(text(terminal), process.hrtime.bigint())
    })
  return {
    pid: child.pid,
    url: () =>
      until((lines) => {
        const port = /(?:localhost|127\.0\.0\.1):(\d+)\/mcp/.exec(lines)?.[1]
        return port === undefined ? undefined : `http://127.0.0.1:${port}/mcp`
      }),
    shows: (wanted) => until((lines, at) => (lines.includes(wanted) ? at : undefined)),
    /** The terminal stops reading, as it does when its window is being dragged or its ssh has died. */
    stall: () => child.pause(),
    unstall: () => child.resume(),
    async end() {
      child.resume()
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
