import type { Holding } from '../core/intercept/holding.ts'
import { safeLines } from '../core/wire/safe-text.ts'
import { UserError } from '../errors.ts'
import { say } from './model/layers.ts'
import { textToSave } from './command/copying.ts'
import type { Effects, Offer, Replay, ToCompare } from './command/stage.ts'
import type { Row } from './model/rows.ts'
import type { SaveKind, Ui } from './model/state.ts'
import type { LogEntry } from './model/model.ts'
import type { Environment } from './term/capability.ts'
import { browserCommand, launch } from './term/child.ts'
import { type Edited, removeLeftovers } from './term/edit.ts'
import type { Term } from './term/term.ts'
import type { ThemeName } from './term/theme.ts'
import type { ToSave, TuiOptions } from './tui.ts'

/** Terminals that do not take text for the clipboard (OSC 52). */
const muteTerms = /^(linux|vt\d|cons)/
const mutePrograms = new Set(['Apple_Terminal'])

/** What the keys do beyond the screen: clipboard, files, pager, browser. */
export class Outside implements Effects {
  readonly themes: readonly ThemeName[]
  readonly quit: () => void
  readonly offers: readonly Offer[]
  readonly holding: Holding | undefined
  readonly #options: TuiOptions
  readonly #ui: Ui
  readonly #term: Term
  /** What `exchangesVersion` was when all was saved. */
  #saved = -1

  constructor(
    options: TuiOptions,
    ui: Ui,
    term: Term,
    { themes, quit }: Pick<Effects, 'themes' | 'quit'>,
  ) {
    this.themes = themes
    this.quit = () => quit(false)
    this.offers = [
      ...options.urls.map(({ url }) => ({ label: `The URL ${url}`, text: url })),
      ...options.setup.map(({ client, text }) => ({ label: client, text })),
    ]
    this.holding = options.holding
    if (this.holding !== undefined) removeLeftovers()
    this.#options = options
    this.#ui = ui
    this.#term = term
  }

  suspend(): void {
    this.#term.suspend()
  }

  redraw(): void {
    this.#term.redraw()
  }

  mouse(ours: boolean): void {
    this.#term.mouse(ours)
  }

  pathFor(kind: SaveKind): string {
    return this.#options.pathFor(kind)
  }

  copy(given: string, what: string): void {
    // It may be pasted into a shell: what would act there is spelled out, as on the screen.
    const text = safeLines(given)
    const { env } = this.#options
    const isMute = muteTerms.test(env['TERM'] ?? '') || mutePrograms.has(env['TERM_PROGRAM'] ?? '')
    if (!isMute && this.#term.clipboard(text)) return say(this.#ui, `${what} is on the clipboard.`)
    this.#write({ kind: 'text', text }, this.#options.pathFor('curl'))
  }

  save(kind: SaveKind, path: string): void {
    const text = textToSave(kind, this.#ui)
    if (kind === 'curl' || kind === 'finding') {
      if (text === undefined) return say(this.#ui, 'There is nothing to save.', 'warning')
      return this.#write({ kind: 'text', text }, path)
    }
    const { model } = this.#ui
    const exchanges = kind === 'jsonl' ? this.#inView() : model.held.all()
    if (exchanges.length === 0) return say(this.#ui, 'There is nothing to save yet.', 'warning')
    const { exchangesVersion } = model
    this.#write({ kind, exchanges }, path, () => {
      if (kind === 'har' || kind === 'session') this.#saved = exchangesVersion
    })
  }

  unsaved(): number {
    const { model } = this.#ui
    if (this.#options.keeps() || this.#saved === model.exchangesVersion) return 0
    return model.rows.length
  }

  /** The exchanges of the list, as far as they are held. */
  #inView() {
    const { listing, model } = this.#ui
    return Array.from({ length: listing.length }, (_, place) => listing.at(place)!.id).flatMap(
      (id) => model.held.get(id) ?? [],
    )
  }

  #write(what: ToSave, path: string, done = () => {}): void {
    this.#options.save(what, path).then(
      (where) => {
        done()
        this.#tell(where)
      },
      (error: unknown) => this.#tell(reasonOf(error), 'error'),
    )
  }

  #tell(text: string, level: LogEntry['level'] = 'info'): void {
    say(this.#ui, text, level)
    this.#term.invalidate()
  }

  replay(row: Row): Replay | string {
    return this.#options.replay(row)
  }

  resend(replay: Replay, { id }: Row): void {
    say(this.#ui, `#${id} is on its way.`)
    replay.send().then(
      ({ status, exchange }) => this.#resent(id, status, exchange),
      (error: unknown) => this.#tell(`#${id} had no answer: ${reasonOf(error)}`, 'error'),
    )
  }

  #resent(id: string, status: number, exchange: string | undefined): void {
    if (exchange !== undefined) this.#ui.select(exchange)
    const where = exchange === undefined ? '' : `, as #${exchange}`
    this.#tell(`#${id} was sent again: ${status}${where}.`)
  }

  compare(what: ToCompare): void {
    if (what === 'captures') say(this.#ui, 'The captures are compared.')
    this.#options.compare(what).then(
      (compared) => {
        const { state } = this.#ui
        state.message = undefined
        delete state.tops.comparison
        state.overlays.push({ kind: 'comparison', compared })
        this.#term.invalidate()
      },
      (error: unknown) => this.#tell(reasonOf(error), 'warning'),
    )
  }

  show(text: string, where: 'pager' | 'editor'): void {
    this.#term.show(text, where).then(
      ({ failure }) => failure !== undefined && this.#tell(failure, 'warning'),
      (error: unknown) => this.#tell(String(error), 'error'),
    )
  }

  async edit(text: string): Promise<Edited> {
    try {
      return await this.#term.edit(text)
    } catch (error) {
      return { failure: reasonOf(error) }
    } finally {
      // What was done about it shows once the screen is back.
      setImmediate(() => this.#term.invalidate())
    }
  }

  browse(url: string): void {
    const command = browserCommand(url, this.#options.env, this.#options.platform)
    if (command === undefined) return this.copy(url, url)
    say(this.#ui, `Opened ${url}`)
    launch(command, () => {
      this.copy(url, url)
      this.#term.invalidate()
    })
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof UserError) return `${error.message} ${error.hint}`.trim()
  return error instanceof Error ? error.message : String(error)
}

/** The theme to begin with: light where the terminal says that it is. */
export function themeFor(env: Environment, able: readonly ThemeName[]): ThemeName {
  if (!able.includes('dark')) return 'mono'
  // Set by terminals that say what they look like: text colour, then background.
  const background = /;(\d{1,2})$/.exec(env['COLORFGBG'] ?? '')?.[1]
  return background === '7' || background === '15' ? 'light' : 'dark'
}
