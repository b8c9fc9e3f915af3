import { say } from './model-layers.ts'
import { textToSave } from './model-copying.ts'
import { setupOffers } from './model-setup.ts'
import type { Effects, Offer } from './model-stage.ts'
import type { SaveKind, Ui } from './model-state.ts'
import type { LogEntry } from './model.ts'
import type { Environment } from './term/capability.ts'
import { browserCommand, launch } from './term/child.ts'
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
  readonly #options: TuiOptions
  readonly #ui: Ui
  readonly #term: Term

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
      ...setupOffers(options.setupLines),
    ]
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

  copy(text: string, what: string): void {
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
    this.#write({ kind, exchanges: this.#ui.model.held.all() }, path)
  }

  #write(what: ToSave, path: string): void {
    this.#options.save(what, path).then(
      (where) => this.#tell(where),
      (error: unknown) =>
        this.#tell(error instanceof Error ? error.message : String(error), 'error'),
    )
  }

  #tell(text: string, level: LogEntry['level'] = 'info'): void {
    say(this.#ui, text, level)
    this.#term.invalidate()
  }

  show(text: string, where: 'pager' | 'editor'): void {
    this.#term.show(text, where).then(
      ({ failure }) => failure !== undefined && this.#tell(failure, 'warning'),
      (error: unknown) => this.#tell(String(error), 'error'),
    )
  }

  browse(url: string): void {
    const command = browserCommand(url, this.#options.env, this.#options.platform)
    if (command === undefined) return this.copy(url, url)
    launch(command)
    say(this.#ui, `Opened ${url}`)
  }
}

/** The theme to begin with: light where the terminal says that it is. */
export function themeFor(env: Environment, able: readonly ThemeName[]): ThemeName {
  if (!able.includes('dark')) return 'mono'
  // Set by terminals that say what they look like: text colour, then background.
  const background = /;(\d{1,2})$/.exec(env['COLORFGBG'] ?? '')?.[1]
  return background === '7' || background === '15' ? 'light' : 'dark'
}
