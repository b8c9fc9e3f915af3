import { copyFile, writeFile } from 'node:fs/promises'
import { constants } from 'node:fs'
import { resolve } from 'node:path'
import type { Event } from '../core/event.ts'
import type { Redactor, Safe } from '../core/redact.ts'
import type { Session } from '../core/session.ts'
import { counted } from '../core/words.ts'
import type { Options } from '../arguments.ts'
import { Output } from '../output.ts'
import type { Sink } from '../run.ts'
import { openHarFile } from '../sink/har-file.ts'
import type { startTui } from '../tui/app.ts'
import { canUseTui } from '../tui/term/capability.ts'
import type { ToSave, Tui } from '../tui/tui.ts'
import { version } from '../version.ts'
import type { Context } from './context.ts'
import { setupLines } from './setup-lines.ts'

export interface ScreenStart {
  readonly run: { readonly session: Pick<Session, 'report'> }
  readonly redactor: Redactor
  readonly targets: readonly string[]
  readonly urls: readonly { readonly url: string; readonly upstream: string }[]
  /** Where the session is written down while it happens. */
  readonly journal?: string | undefined
  /** What plays by itself. */
  readonly demo?: string
}

/** The terminal UI where there is a terminal for it, and only there is it loaded; undefined elsewhere. */
export async function chooseScreen(
  context: Context,
  options: Options,
  client: boolean,
): Promise<Screen | undefined> {
  const fits = canUseTui({
    stdin: { isTTY: context.stdinIsTerminal },
    stdout: { isTTY: context.stdoutIsTerminal },
    env: context.env,
    platform: context.platform,
    flags: { format: options.has('format') ? options.text('format') : undefined, client },
  })
  if (!fits) return undefined
  const tui = await import('../tui/app.ts')
  return new Screen(context, options, tui.startTui)
}

/** The terminal UI as a sink that is there from the start and opens once there is something to show. */
export class Screen implements Sink {
  /** Resolves when the person quits, or the terminal is lost. */
  readonly ended: Promise<void>
  /** What the process exits with, when the way it ended says so. */
  code: number | undefined
  readonly #context: Context
  readonly #options: Options
  readonly #early: string[] = []
  readonly #start: typeof startTui
  #tui: Tui | undefined
  #end: () => void = () => {}
  #stopped = false

  constructor(context: Context, options: Options, start: typeof startTui) {
    this.#start = start
    this.#context = context
    this.#options = options
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  open(start: ScreenStart): void {
    const { run, redactor, urls, targets, demo } = start
    const tui = this.#start({
      targets,
      urls,
      setupLines: setupLines(urls[0]!.url),
      ...(demo === undefined ? {} : { demo }),
      env: this.#context.env,
      platform: this.#context.platform,
      noColor: this.#options.has('no-color'),
      report: () => redactor.value(run.session.report()),
      reveal: (label) => redactor.reveal(label),
      facts: (label) => redactor.facts()[label],
      save: (what, path) => this.#save(what, path, start),
      pathFor: (kind) => `authtap-${kind}-${stamp()}.${extensions[kind]}`,
    })
    this.#tui = tui
    for (const text of this.#early.splice(0)) this.say(text)
    void tui.ended.then((how) => {
      // INT and TERM end in order, by findings; the others say themselves how.
      if (how !== 'quit' && (how.kind === 'error' || /HUP|QUIT/.test(how.signal)))
        this.code = how.code
      this.#end()
    })
  }

  event(event: Safe<Event>): void {
    this.#tui?.event(event)
  }

  /** Takes a line for people; false when the screen is closed, and it can be printed. */
  say(text: string): boolean {
    if (this.#stopped) return false
    const plain = text.replaceAll(/\u001b\[[0-9;]*m/g, '')
    if (this.#tui === undefined) this.#early.push(text)
    else
      this.#tui.notice(
        plain,
        /^[✗x] /.test(plain) ? 'error' : /^[▲^] /.test(plain) ? 'warning' : 'info',
      )
    return true
  }

  /** Gives the terminal back; what is said from now on is printed. */
  stop(): void {
    this.#stopped = true
    this.#tui?.stop()
  }

  /** Says on the normal screen where the capture is. */
  async farewell(journal: string | undefined): Promise<void> {
    if (this.#tui === undefined || journal === undefined) return
    const out = Output.standard(1)
    out.write(`\nThe capture is in ${journal}\n`)
    await out.close()
  }

  async #save(
    what: ToSave,
    path: string,
    { run, redactor, journal }: ScreenStart,
  ): Promise<string> {
    const place = resolve(path)
    if (what.kind === 'text') {
      await writeFile(place, what.text, { mode: 0o600, flag: 'wx' })
      return `Saved ${place}`
    }
    if (what.kind === 'session' && journal !== undefined) {
      await copyFile(journal, place, constants.COPYFILE_EXCL)
      return `Saved the session to ${place}`
    }
    const withSecrets = this.#options.has('with-secrets')
    const leaks = (text: string) => redactor.leaks(text) !== undefined
    const file = await openHarFile(place, { version, redacted: !withSecrets }, { leaks })
    for (const { exchange, step, flow } of what.exchanges)
      await file.write(exchange as Safe<typeof exchange>, { step: step.kind, flow })
    const report = redactor.value(run.session.report())
    await file.finish({ report, labels: redactor.facts() })
    const all = report.capture.exchanges
    const part = what.exchanges.length < all ? ` of ${all}: older calls are in the journal` : ''
    return `Saved ${counted(what.exchanges.length, 'exchange')}${part} to ${place}`
  }
}

const extensions = {
  har: 'har',
  session: 'ndjson',
  report: 'md',
  curl: 'sh',
  finding: 'md',
} as const

function stamp(): string {
  return new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')
}
