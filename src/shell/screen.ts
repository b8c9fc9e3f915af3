import { compare, type Logins } from '../core/diff/diff.ts'
import type { Event } from '../core/verdict/event.ts'
import type { Redactor, Safe } from '../core/redact/redactor.ts'
import type { Holding } from '../core/intercept/holding.ts'
import type { Session } from '../core/session.ts'
import type { Compared } from '../core/diff/words.ts'
import { UserError } from '../errors.ts'
import type { ToCompare } from '../tui/command/stage.ts'
import type { Options } from './arguments.ts'
import { print } from './output.ts'
import type { Sink } from '../telling.ts'
import type { Notice } from '../tap/notices.ts'
import type { Action } from '../tui/command/actions.ts'
import type { startTui } from '../tui/app.ts'
import { canUseTui } from '../tui/term/capability.ts'
import type { Tui, TuiOptions } from '../tui/tui.ts'
import type { Context } from './context.ts'
import { pathFor, save } from './saving.ts'
import { setupOffers } from './setup.ts'

export interface ScreenStart {
  readonly run: { readonly session: Pick<Session, 'report'> & Partial<Pick<Session, 'flows'>> }
  readonly redactor: Redactor
  readonly targets: readonly string[]
  readonly urls: readonly { readonly url: string; readonly upstream: string }[]
  /** File of the authority that a client has to trust, where it insists on https. */
  readonly ca?: string | undefined
  /** Where the session is written down while it happens. */
  readonly journal?: string | undefined
  /** How a request is sent again, or why it cannot be. */
  readonly replay: TuiOptions['replay']
  /** What can be done about messages that are held, where traffic passes. */
  readonly holding?: Holding | undefined
  /** The captures that are shown, by name: nothing comes in. */
  readonly capture?: string
  readonly sources?: readonly string[]
  /** Puts the two captures side by side, where there are two. */
  readonly compareCaptures?: (() => Promise<Safe<Compared>>) | undefined
  /** What plays by itself. */
  readonly demo?: string
  /** How others can watch; holds the token. */
  readonly invitation?: string | undefined
}

/**
 * The terminal UI where there is a terminal for it, and only there is it loaded; undefined elsewhere. Throws UserError
 * (EUSAGE) for keys that cannot be as they are wished. `taken`: standard input or output is somebody else's.
 */
export async function chooseScreen(
  context: Context,
  options: Options,
  taken: boolean,
): Promise<Screen | undefined> {
  const fits = canUseTui({
    stdin: { isTTY: context.stdinIsTerminal },
    stdout: { isTTY: context.stdoutIsTerminal },
    env: context.env,
    platform: context.platform,
    flags: { format: options.has('format') ? options.text('format') : undefined, client: taken },
  })
  if (!fits) return undefined
  const [{ keysFrom }, { actions }, tui] = await Promise.all([
    import('../tui/keys/keymap.ts'),
    import('../tui/command/actions.ts'),
    import('../tui/app.ts'),
  ])
  return new Screen(context, options, keysFrom(context.env['AUTHTAP_KEYS'], actions), tui.startTui)
}

/** The terminal UI as a sink that is there from the start and opens once there is something to show. */
export class Screen implements Sink {
  readonly calls = 'newest'
  readonly name = 'The screen'
  /** Resolves when the person quits, or the terminal is lost. */
  readonly ended: Promise<void>
  /** What the process exits with, when the way it ended says so. */
  code: number | undefined
  readonly #context: Context
  readonly #options: Options
  readonly #keys: readonly Action[]
  readonly #early: Parameters<Screen['say']>[] = []
  readonly #start: typeof startTui
  #tui: Tui | undefined
  #end: () => void = () => {}
  #stopped = false
  readonly #crashed = new Set<string>()
  #journalFailed = false

  constructor(context: Context, options: Options, keys: readonly Action[], start: typeof startTui) {
    this.#start = start
    this.#keys = keys
    this.#context = context
    this.#options = options
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  open(start: ScreenStart): void {
    const { run, redactor, urls, targets, demo, capture } = start
    const tui = this.#start({
      targets,
      urls,
      setup: urls[0] === undefined ? [] : [...trusting(start.ca), ...setupOffers(urls[0].url)],
      ...(start.invitation === undefined ? {} : { watch: start.invitation.split('\n') }),
      ...(demo === undefined ? {} : { demo }),
      ...(capture === undefined ? {} : { capture }),
      ...(start.holding === undefined ? {} : { holding: start.holding }),
      env: this.#context.env,
      platform: this.#context.platform,
      keys: this.#keys,
      noColor: this.#options.has('no-color'),
      report: () => redactor.value(run.session.report()),
      reveal: (label) => redactor.reveal(label),
      facts: (label) => redactor.facts()[label],
      save: (what, path) => save(what, path, { ...start, ...this.#saving }),
      pathFor: (kind) => pathFor(kind, start.journal),
      keeps: () => this.#keeps(start),
      replay: start.replay,
      ...(start.compareCaptures === undefined ? {} : { hasTwo: true }),
      compare: async (what) => comparisonOf(what, start),
    })
    this.#tui = tui
    for (const said of this.#early.splice(0)) this.say(...said)
    void tui.ended.then((how) => {
      // INT and TERM end in order, by findings; the others say themselves how.
      if (how !== 'quit' && (how.kind === 'error' || /HUP|QUIT/.test(how.signal)))
        this.code = how.code
      this.#end()
    })
  }

  event(event: Safe<Event>): void {
    if (event.type === 'rule-crashed') this.#crashed.add(event['rule-crashed'].rule)
    this.#tui?.event(event)
  }

  get isOpen(): boolean {
    return this.#tui !== undefined && !this.#stopped
  }

  /** What is being done before all is there; undefined once it is. */
  progress(doing: string | undefined): void {
    if (this.isOpen) this.#tui?.progress(doing)
  }

  /** The proxy that is watched has ended, or is there again. */
  over(isOver: boolean): void {
    if (this.isOpen) this.#tui?.over(isOver)
  }

  /** The session is no longer written down whole. */
  journalFailed(): void {
    this.#journalFailed = true
  }

  /** Takes a line for people; false when the screen is closed, and it can be printed. */
  say(text: string, level: Notice['level'] = 'info'): boolean {
    if (this.#stopped) return false
    if (this.#tui === undefined) this.#early.push([text, level])
    else this.#tui.notice(text.replaceAll(/\u001b\[[0-9;]*m/g, ''), level)
    return true
  }

  get #saving() {
    return { crashed: this.#crashed, withSecrets: this.#options.has('with-secrets') }
  }

  /** Whether what is shown is in a file as well, or will be. */
  #keeps({ journal, demo, capture }: ScreenStart): boolean {
    const isKept = journal !== undefined && !this.#journalFailed
    return isKept || this.#options.has('har') || (demo ?? capture) !== undefined
  }

  /** Gives the terminal back; what is said from now on is printed. */
  stop(): void {
    this.#stopped = true
    this.#tui?.stop()
  }

  /** Says on the normal screen where the capture is. */
  async farewell(journal: string | undefined): Promise<void> {
    if (this.#tui === undefined || journal === undefined) return
    await print(`\nThe capture is in ${journal}\n`)
  }
}

/** Throws UserError (EUSAGE) where only the proxy itself holds what would be compared. */
async function comparisonOf(
  what: ToCompare,
  { run, redactor, compareCaptures: captures }: ScreenStart,
): Promise<Safe<Compared>> {
  const { flows } = run.session
  const report = run.session.report()
  const compared =
    what === 'captures'
      ? await captures?.()
      : flows && compareFlows({ flows, report }, what, redactor)
  if (compared !== undefined) return compared
  throw new UserError(
    'EUSAGE',
    'Flows are compared by the authtap that recorded them.',
    'Or save the session there, and see authtap diff.',
  )
}

/** Two flows of a session side by side; undefined where one of them is not in it. */
function compareFlows(
  { flows, report }: Logins,
  ids: Exclude<ToCompare, 'captures'>,
  redactor: Redactor,
): Safe<Compared> | undefined {
  const [left, right] = [ids.a, ids.b].map((id) => flows.find((flow) => flow.id === id))
  if (left === undefined || right === undefined) return undefined
  const comparison = compare({ flows: [left], report }, { flows: [right], report })
  return redactor.value({ a: `flow ${ids.a}`, b: `flow ${ids.b}`, comparison })
}

/** What comes before a client can be pointed at the proxy. */
function trusting(ca: string | undefined) {
  return ca === undefined ? [] : [{ client: 'Trust it', text: `NODE_EXTRA_CA_CERTS=${ca}` }]
}
