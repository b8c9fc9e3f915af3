import type { Context } from './context.ts'

/** Work shorter than this is not spoken of, in milliseconds. */
const patience = 1000
/** So long may work hold the event loop, in milliseconds. */
const slice = 50

/** Tells on standard error what takes long, on one line of a terminal and now and then elsewhere; and when to stop. */
export class Progress {
  readonly #terminal: boolean
  readonly #timer: NodeJS.Timeout
  #doing = ''
  #shown = false
  #ticks = 0
  #paused = performance.now()
  #signal: 'SIGINT' | 'SIGTERM' | undefined

  /** `quiet`: nothing is told. */
  constructor(context: Context, quiet = false) {
    this.#terminal = context.stderrIsTerminal
    this.#timer = setInterval(() => {
      if (!quiet) this.#show()
    }, patience)
    this.#timer.unref()
    void context.ending.then((signal) => {
      this.#signal = signal
    })
  }

  /** What is being done now. */
  say(doing: string): void {
    this.#doing = doing
  }

  /** The signal that asked to stop. */
  get signal(): 'SIGINT' | 'SIGTERM' | undefined {
    return this.#signal
  }

  get stopped(): boolean {
    return this.#signal !== undefined
  }

  /** Lets signals and timers have their turn, when it is time; true when the work is to stop. */
  async pause(): Promise<boolean> {
    if (performance.now() - this.#paused > slice) {
      await new Promise(setImmediate)
      this.#paused = performance.now()
    }
    return this.stopped
  }

  end(): void {
    clearInterval(this.#timer)
    if (this.#shown && this.#terminal) process.stderr.write('\r\x1b[K')
    this.#shown = false
  }

  #show(): void {
    this.#ticks += 1
    if (this.#doing === '') return
    if (this.#terminal) process.stderr.write(`\r\x1b[K${this.#doing}…`)
    else if (this.#ticks % 10 === 1) process.stderr.write(`authtap: ${this.#doing}\n`)
    this.#shown = true
  }
}
