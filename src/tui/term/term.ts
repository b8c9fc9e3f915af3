import type { Environment } from './capability.ts'
import { editorCommand, pagerCommand, runOnText, type ChildEnd } from './child.ts'
import { type Edited, editText } from './edit.ts'
import { leaveInterruptsToChild, signalReason, watchEnding, type ExitReason } from './ending.ts'
import { FrameClock, realClock } from './frame-clock.ts'
import type { Frame, Size } from './frame.ts'
import type { InputEvent } from './input-event.ts'
import { Decoder } from './input.ts'
import { Job } from './job.ts'
import { TtyWriter } from './out.ts'
import { Painter } from './painter.ts'
import { captureStray } from './stray.ts'
import type { ColourDepth } from './style.ts'

export interface TermOptions {
  readonly colours: ColourDepth
  /** Only ASCII can be shown. */
  readonly ascii: boolean
  readonly env?: Environment
  /** Draws the whole screen on an empty frame. */
  draw(frame: Frame, size: Size): void
  onInput(event: InputEvent): void
  /** The UI has ended without being asked to, and the terminal is as it was. Whoever listens ends the process. */
  onExit(reason: ExitReason): void
  /** Something was printed past the UI. */
  onStray(text: string): void
}

export interface Term {
  readonly size: Size
  /** What is shown is no longer true: draws soon. */
  invalidate(): void
  /** Draws everything anew, whatever the terminal shows. */
  redraw(): void
  /** Gives the terminal back, as it was. May be called at any time and more than once. */
  stop(): void
  /** Stops the process as C-z does; `fg` brings the screen back. */
  suspend(): void
  /** Whether the mouse is ours; if not, the terminal selects text with it. */
  mouse(ours: boolean): void
  /** Puts text on the clipboard of whoever sits at the terminal (OSC 52). False when it is too long. */
  clipboard(text: string): boolean
  /** Shows text in `$PAGER` or `$EDITOR`, and comes back. */
  show(text: string, where: 'pager' | 'editor'): Promise<ChildEnd>
  /** Lets a person change text in `$EDITOR`, and comes back. */
  edit(text: string): Promise<Edited>
}

const mouseOn = '\x1b[?1000h\x1b[?1006h'
const mouseOff = '\x1b[?1006l\x1b[?1000l'

/**
 * Alternate screen, no cursor, no wrapping at the margin; no reordering of right-to-left text, which would move what
 * stands beside it; pastes in brackets and reports of the focus.
 */
const enterSequence = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[8l\x1b[?2004h\x1b[?1004h'

/** Asks for the colour of the background; who does not know says nothing. */
const askBackground = '\x1b]11;?\x1b\\'

/** Terminals that show an operating system command in place of obeying it, or have no answer. */
const askless = /^(linux|vt\d|cons|dumb)/

/** Undoes all that this UI ever asks of a terminal, whatever was asked. */
export const leaveSequence = `\x1b[?2026l\x1b[0m${mouseOff}\x1b[?1004l\x1b[?2004l\x1b[8h\x1b[?7h\x1b[?25h\x1b[?1049l`

/** How long to wait for what an escape begins, and for the rest of a sequence, in milliseconds. */
const patience = { escape: 40, sequence: 500 } as const

/** How long leaving may wait for a terminal that does not read, in milliseconds. */
const leaveTime = 300

/** What xterm takes of OSC 52, in characters of base64. */
const clipboardLimit = 100_000

/** A terminal may say anything of its size; no screen is larger. */
const largest: Size = { columns: 1000, rows: 500 }

export function start(options: TermOptions): Term {
  return new Terminal(options)
}

class Terminal implements Term {
  readonly #options: TermOptions
  readonly #env: Environment
  readonly #out = new TtyWriter(process.stdout)
  readonly #painter: Painter
  readonly #decoder = new Decoder()
  readonly #frames: FrameClock
  readonly #job: Job
  readonly #undo: (() => void)[] = []
  #state: 'here' | 'away' | 'stopped' = 'away'
  #mouse = true
  #patience: NodeJS.Timeout | undefined

  constructor(options: TermOptions) {
    this.#options = options
    this.#env = options.env ?? process.env
    this.#painter = new Painter(options)
    this.#frames = new FrameClock(
      realClock,
      () => this.#draw(),
      () => this.#state !== 'here' || this.#out.busy,
    )
    this.#out.onIdle = () => this.#frames.idle()
    this.#out.onGone = () => this.#lost()
    this.#undo.push(watchEnding((reason) => this.#end(reason)))
    this.#job = new Job({
      leave: () => this.#leave(),
      enter: () => this.#enter(),
      refresh: () => this.#refresh(),
    })
    this.#undo.push(() => this.#job.unwatch())
    this.#listen()
    this.#undo.push(captureStray(options.onStray))
    this.#enter()
    if (options.colours !== 'mono' && !askless.test(this.#env['TERM'] ?? ''))
      this.#out.send(askBackground)
  }

  get size(): Size {
    const { columns, rows } = process.stdout
    return {
      columns: Math.min(largest.columns, columns || 80),
      rows: Math.min(largest.rows, rows || 24),
    }
  }

  invalidate(): void {
    this.#frames.invalidate()
  }

  redraw(): void {
    this.#painter.forget()
    this.#frames.invalidate()
  }

  stop(): void {
    if (this.#state === 'stopped') return
    const wasHere = this.#state === 'here'
    // Whatever goes wrong on the way, what comes after it is still done.
    const steps = [
      () => wasHere && this.#leave(),
      () => this.#frames.stop(),
      ...this.#undo.splice(0),
      () => this.#out.close(),
    ]
    this.#state = 'stopped'
    for (const step of steps) attempt(step)
  }

  suspend(): void {
    if (this.#state === 'here') this.#job.stop()
  }

  mouse(ours: boolean): void {
    this.#mouse = ours
    if (this.#state === 'here') this.#out.send(ours ? mouseOn : mouseOff)
  }

  clipboard(text: string): boolean {
    const content = Buffer.from(text).toString('base64')
    if (content.length > clipboardLimit || this.#state !== 'here') return false
    const request = `\x1b]52;c;${content}\x07`
    this.#out.send(request)
    // tmux takes this from programs only when it is told to, but may hand it on to the terminal outside (tmux(1)).
    if (this.#env['TMUX']) this.#out.send(`\x1bPtmux;\x1b${request}\x1b\\`)
    return true
  }

  show(text: string, where: 'pager' | 'editor'): Promise<ChildEnd> {
    const choose = where === 'pager' ? pagerCommand : editorCommand
    return this.#lend(() => runOnText(choose(this.#env, process.platform), text, this.#env))
  }

  edit(text: string): Promise<Edited> {
    return this.#lend(() => editText(editorCommand(this.#env, process.platform), text, this.#env))
  }

  /** Gives the terminal to a program until it ends. */
  async #lend<Given>(act: () => Promise<Given>): Promise<Given> {
    if (this.#state !== 'here') throw new Error('the terminal is not ours to give away')
    this.#leave()
    this.#job.unwatch()
    const hearInterrupts = leaveInterruptsToChild()
    try {
      return await act()
    } finally {
      hearInterrupts()
      if (this.#isAway()) {
        this.#job.watch()
        this.#enter()
      }
    }
  }

  #isAway(): boolean {
    return this.#state === 'away'
  }

  #listen(): void {
    const { stdin } = process
    const onData = (bytes: Buffer) => this.#read(bytes)
    const onLost = () => this.#lost()
    const onResize = () => this.redraw()
    stdin.on('data', onData).on('end', onLost).on('error', onLost)
    // Node tells of a resize only when the size is another one by then: a terminal that is small for a moment has lost
    // what stood on it all the same.
    process.on('SIGWINCH', onResize)
    this.#undo.push(() => {
      clearTimeout(this.#patience)
      stdin.off('data', onData).off('end', onLost).off('error', onLost).pause()
      process.off('SIGWINCH', onResize)
    })
  }

  #enter(): void {
    this.#state = 'here'
    process.stdin.setRawMode(true).resume()
    this.#out.send(enterSequence + (this.#mouse ? mouseOn : ''))
    this.redraw()
  }

  /** The terminal as it was before; whatever goes wrong with one half of that, the other is done. */
  #leave(): void {
    if (this.#state === 'here') this.#state = 'away'
    attempt(() => this.#out.finish(leaveSequence, leaveTime))
    attempt(() => process.stdin.setRawMode(false).pause())
  }

  /** The shell may have set the terminal's modes while we did not run, and Node believes that it knows them. */
  #refresh(): void {
    if (this.#state !== 'here') return
    process.stdin.setRawMode(false)
    this.#enter()
  }

  #draw(): void {
    const surface = this.#painter.blank(this.size)
    this.#options.draw(surface.frame(), { columns: surface.columns, rows: surface.rows })
    this.#out.send(this.#painter.paint(surface))
  }

  #read(bytes: Buffer): void {
    if (this.#state !== 'here') return
    clearTimeout(this.#patience)
    this.#tell(this.#decoder.feed(bytes))
    const { waiting } = this.#decoder
    if (waiting === undefined) return
    this.#patience = setTimeout(() => this.#tell(this.#decoder.flush()), patience[waiting])
    this.#patience.unref()
  }

  #tell(events: readonly InputEvent[]): void {
    for (const event of events) {
      if (this.#state !== 'here') return
      if (event.kind === 'key') this.#frames.hurry()
      this.#options.onInput(event)
    }
  }

  #lost(): void {
    if (this.#state === 'here') this.#end(signalReason('SIGHUP'))
  }

  #end(reason: ExitReason | undefined): void {
    if (this.#state === 'stopped') return
    this.stop()
    if (reason !== undefined) this.#options.onExit(reason)
  }
}

function attempt(step: () => unknown): void {
  try {
    step()
  } catch {
    // The terminal is gone or refuses: there is nobody to tell, and the rest must still be done.
  }
}
