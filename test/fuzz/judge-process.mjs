import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clearTimeout, setTimeout } from 'node:timers'
import { fileURLToPath } from 'node:url'
import { keep } from './children.mjs'

/** Longer than this no input of a few hundred kilobytes may take, in milliseconds, on a machine that has other things to do. */
const patience = 60_000
/** Megabytes that the process may have. */
const memoryLimit = 900

/** The process that runs commands for the fuzz, started anew where it broke. */
export class Judge {
  folder = mkdtempSync(join(tmpdir(), 'authtap-fuzz-files-'))
  /** What it printed since it was last asked. */
  printed = ''
  #child
  #heard

  async start() {
    const env = {
      ...process.env,
      XDG_STATE_HOME: this.folder,
      CI: '1',
      AUTHTAP_TOKEN: 'v'.repeat(40),
    }
    const file = fileURLToPath(new URL('judge.mjs', import.meta.url))
    this.#child = keep(
      fork(file, [], {
        env,
        cwd: this.folder,
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      }),
    )
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream
        .setEncoding('utf8')
        .on('data', (text) => (this.printed = (this.printed + text).slice(-5_000_000)))
    this.#child.on('message', (message) => this.#heard?.(message))
    this.#child.on('exit', (code, signal) =>
      this.#heard?.({
        code: 70,
        bug: `it ended with ${code ?? signal}: ${this.printed.slice(-1500)}`,
        gone: true,
      }),
    )
    await new Promise((resolve) => (this.#heard = resolve))
    return this
  }

  /** Has a command run. Resolves with its exit code, and with what was wrong. */
  async ask(message) {
    if (this.#child === undefined) await this.start()
    const {
      code,
      bug,
      memory = 0,
      gone,
    } = await new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#child.kill('SIGKILL')
        resolve({ code: 70, bug: `it takes longer than ${patience / 1000} s`, gone: true })
      }, patience)
      this.#heard = (answer) => {
        clearTimeout(timer)
        resolve(answer)
      }
      this.#child.send(message)
    })
    this.#heard = undefined
    const isLarge = memory > memoryLimit
    if (gone === true || isLarge || code === 70) this.end()
    return { code, bug: bug ?? (isLarge ? `it takes ${Math.round(memory)} MB` : undefined) }
  }

  /** The command that runs is asked to end, as by a signal. */
  tellEnd() {
    this.#child?.send({ end: true })
  }

  end() {
    this.#child?.removeAllListeners()
    this.#child?.kill('SIGKILL')
    this.#child = undefined
  }

  close() {
    this.end()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
