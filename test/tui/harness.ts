import { closeSync, constants, openSync } from 'node:fs'
import * as pty from '@lydell/node-pty'
import xterm from '@xterm/headless'
import { onTestFinished } from 'vitest'
import { useModel, type WidthModel } from './term/width-models.ts'

export interface OpenOptions {
  readonly columns?: number
  readonly rows?: number
  /** On top of a terminal that can everything; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly model?: WidthModel
  readonly cwd?: string
}

export interface ScreenCell {
  readonly text: string
  readonly columns: number
  /** `default`, `palette 9` or `rgb ff5f5f`. */
  readonly fg: string
  readonly bg: string
  readonly bold: boolean
  readonly dim: boolean
  readonly underline: boolean
  readonly inverse: boolean
}

export interface End {
  readonly code: number
  readonly signal: number
}

/** So long a test waits for what must come, in milliseconds: not a bar for speed, only a way to fail. */
const patience = 15_000
/** Nothing written for so long is called quiet, in milliseconds. */
const quietTime = 80
/** The same once the program has ended. */
const lastWordsTime = 20

/** A program on a terminal of its own: a real pty, and a real emulator that shows what it writes. */
export class Session {
  readonly terminal: InstanceType<typeof xterm.Terminal>
  readonly exit: Promise<End>
  /** Everything the program has written. */
  written = ''
  /** What it has put on the clipboard. */
  readonly clipboard: string[] = []
  readonly #pty: pty.IPty
  readonly #checks = new Set<() => void>()
  #ended = false
  #lastWrite = performance.now()

  constructor(argv: readonly string[], options: OpenOptions = {}) {
    const { columns = 80, rows = 24, model = '11' } = options
    this.terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true })
    useModel(this.terminal.unicode, model)
    this.terminal.parser.registerOscHandler(52, (data) => {
      this.clipboard.push(Buffer.from(data.split(';')[1] ?? '', 'base64').toString())
      return true
    })
    const env = environment(options.env)
    const [program, ...args] = argv
    this.#pty = pty.spawn(program!, args, {
      name: env['TERM'] ?? 'xterm-256color',
      cols: columns,
      rows,
      env,
      cwd: options.cwd ?? process.cwd(),
    })
    this.#holdOpen()
    this.terminal.onData((reply) => this.#ended || this.#pty.write(reply))
    this.#pty.onData((data) => this.#show(data))
    this.exit = new Promise((resolve) => {
      this.#pty.onExit(({ exitCode, signal }) => {
        this.#ended = true
        this.terminal.write('', () => resolve({ code: exitCode, signal: signal ?? 0 }))
      })
    })
  }

  get pid(): number {
    return this.#pty.pid
  }

  /** The rows of the screen, without the blanks at their ends. */
  lines(): string[] {
    const { active } = this.terminal.buffer
    return Array.from({ length: this.terminal.rows }, (_, y) =>
      (active.getLine(active.baseY + y)?.translateToString(true) ?? '').trimEnd(),
    )
  }

  /** The whole screen, without the blank rows at its end. */
  text(): string {
    return this.lines().join('\n').trimEnd()
  }

  cell(x: number, y: number): ScreenCell {
    const { active } = this.terminal.buffer
    const cell = active.getLine(active.baseY + y)?.getCell(x)
    if (cell === undefined) throw new Error(`there is no cell ${x},${y}`)
    const colour = (isDefault: boolean, isRgb: boolean, value: number) =>
      isDefault
        ? 'default'
        : isRgb
          ? `rgb ${value.toString(16).padStart(6, '0')}`
          : `palette ${value}`
    return {
      text: cell.getChars(),
      columns: cell.getWidth(),
      fg: colour(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor()),
      bg: colour(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor()),
      bold: cell.isBold() !== 0,
      dim: cell.isDim() !== 0,
      underline: cell.isUnderline() !== 0,
      inverse: cell.isInverse() !== 0,
    }
  }

  /** Where a text stands on the screen. */
  find(text: string): { x: number; y: number } | undefined {
    const y = this.lines().findIndex((line) => line.includes(text))
    return y === -1 ? undefined : { x: this.lines()[y]!.indexOf(text), y }
  }

  /** What the terminal has been asked for and not yet been asked to undo. */
  modes() {
    const { bracketedPasteMode, mouseTrackingMode, sendFocusMode, wraparoundMode } =
      this.terminal.modes
    return {
      alternate: this.terminal.buffer.active.type === 'alternate',
      paste: bracketedPasteMode,
      mouse: mouseTrackingMode !== 'none',
      focus: sendFocusMode,
      wrap: wraparoundMode,
      cursor: this.written.lastIndexOf('\x1b[?25h') >= this.written.lastIndexOf('\x1b[?25l'),
    }
  }

  /** Types, as a keyboard does: the bytes come as they are. */
  type(bytes: string): void {
    this.#pty.write(bytes)
  }

  paste(text: string): void {
    this.type(`\x1b[200~${text}\x1b[201~`)
  }

  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows)
    this.#pty.resize(columns, rows)
  }

  /** The terminal says that it has another size than it has. */
  claimSize(columns: number, rows: number): void {
    this.#pty.resize(columns, rows)
  }

  /** The terminal stops reading. */
  stall(): void {
    this.#pty.pause()
  }

  unstall(): void {
    this.#pty.resume()
  }

  kill(signal: NodeJS.Signals): void {
    process.kill(this.#pty.pid, signal)
  }

  /** The terminal window is closed. */
  hangUp(): void {
    this.#pty.kill('SIGHUP')
  }

  /** Waits until the text is there, in a picture that is whole, or whatever else is waited for. */
  async until(wanted: string | RegExp | (() => boolean)): Promise<void> {
    const there = () => {
      if (typeof wanted === 'function') return wanted()
      if (this.terminal.modes.synchronizedOutputMode) return false
      return typeof wanted === 'string' ? this.text().includes(wanted) : wanted.test(this.text())
    }
    if (there()) return
    await new Promise<void>((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(limit)
        clearInterval(poll)
        this.#checks.delete(check)
        settle()
      }
      const fail = () => {
        const screen = `${String(wanted)} did not come. The screen:\n${this.text()}`
        end(() => reject(new Error(screen)))
      }
      const check = () => there() && end(resolve)
      const limit = setTimeout(fail, patience)
      void this.exit.then(() => there() || fail())
      // Some of what is waited for is not on the screen.
      const poll = setInterval(check, 20)
      this.#checks.add(check)
    })
  }

  /** Waits until the program has written nothing for a while. */
  async quiet(): Promise<void> {
    await this.until(() => performance.now() - this.#lastWrite > quietTime)
  }

  async close(): Promise<void> {
    if (this.#ended) return
    this.#pty.resume()
    this.#pty.kill('SIGKILL')
    await this.exit
  }

  /**
   * Keeps the terminal open until all that the program wrote has been read: what waits when the last one closes it is
   * lost to a reader that is told of the end first.
   */
  #holdOpen(): void {
    const { ptsName } = this.#pty as pty.IPty & { readonly ptsName: string }
    const held = openSync(ptsName, constants.O_RDWR | constants.O_NOCTTY)
    const watch = setInterval(() => {
      if (isAlive(this.#pty.pid) || performance.now() - this.#lastWrite < lastWordsTime) return
      clearInterval(watch)
      closeSync(held)
    }, 10)
  }

  #show(data: string): void {
    this.written += data
    this.#lastWrite = performance.now()
    this.terminal.write(data, () => {
      for (const check of this.#checks) check()
    })
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Runs a program on a terminal of its own until the test is over. */
export function open(argv: readonly string[], options?: OpenOptions): Session {
  const session = new Session(argv, options)
  onTestFinished(() => session.close())
  return session
}

function environment(changes: OpenOptions['env'] = {}): Record<string, string> {
  const base = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
  }
  const all = Object.entries({ ...base, ...changes })
  return Object.fromEntries(all.filter((pair): pair is [string, string] => pair[1] !== undefined))
}
