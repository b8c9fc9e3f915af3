import type { Event } from '../core/verdict/event.ts'
import type { Safe } from '../core/redact/redactor.ts'
import { Outside, themeFor } from './outside.ts'
import { type Pointed, clickAt, paneUnder } from './pointing.ts'
import { Reports } from './reports.ts'
import { revealed } from './model/tokens.ts'
import { choose, perform } from './command/perform.ts'
import { masked } from './command/copying.ts'
import { showMatching } from './model/filter.ts'
import { helpFor, hintsFor } from './command/help.ts'
import { find } from './command/jumps.ts'
import { type Action, actions } from './command/actions.ts'
import { captureLimits, heldLimits } from './model/held.ts'
import { actionOf, keyFor, shownKeys } from './keys/keys.ts'
import { say } from './model/layers.ts'
import { turnWheel } from './command/mouse.ts'
import { move } from './command/moves.ts'
import { typeKey, typeText } from './command/prompt.ts'
import type { Stage } from './command/stage.ts'
import type { PaneName } from './keys/pane.ts'
import { Ui } from './model/state.ts'
import { verdictLine, verdictText } from './model/verdict-line.ts'
import { type LogEntry, Model } from './model/model.ts'
import { colourDepth, unicodeOk } from './term/capability.ts'
import type { Rect, Size } from './term/frame.ts'
import type { InputEvent, KeyEvent } from './term/input-event.ts'
import { type Term, start } from './term/term.ts'
import { type ThemeName, themes } from './term/theme.ts'
import type { Tui, TuiEnd, TuiOptions } from './tui.ts'
import { textsOf } from './view/items.ts'
import { paletteChoices } from './view/overlay.ts'
import { extentOf } from './view/pages.ts'
import type { Scene } from './view/scene.ts'
import { drawScreen, panesOf } from './view/screen.ts'

export function startTui(options: TuiOptions): Tui {
  return new App(options)
}

class App implements Tui {
  readonly ended: Promise<TuiEnd>
  readonly #options: TuiOptions
  readonly #ui: Ui
  readonly #term: Term
  readonly #since: number
  readonly #themes: readonly ThemeName[]
  readonly #commands: readonly Action[]
  readonly #clock: NodeJS.Timeout
  readonly #outside: Outside
  readonly #reports: Reports
  #end: (how: TuiEnd) => void = () => {}
  #waiting = ''
  /** The theme that was taken without being asked for. */
  #theme: ThemeName

  constructor(options: TuiOptions) {
    this.#options = options
    const { env, platform } = options
    this.#since = this.#now()
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
    const colours = options.noColor === true ? 'mono' : colourDepth(env, platform)
    this.#themes = colours === 'mono' ? ['mono'] : ['dark', 'light', 'mono']
    const limits = options.capture === undefined ? heldLimits : captureLimits
    this.#commands = options.keys ?? actions
    this.#theme = themeFor(env, this.#themes)
    this.#ui = new Ui(new Model(options.targets, limits), this.#theme, {
      ...options,
      keys: this.#commands,
    })
    this.#reports = new Reports(
      this.#ui.model,
      () => options.report(),
      () => this.#term.invalidate(),
    )
    this.#term = start({
      colours,
      ascii: !unicodeOk(env, platform),
      env,
      draw: (frame, size) => {
        this.#reports.refresh()
        drawScreen(frame, this.#scene(size), this.#commands)
      },
      onInput: (event) => this.#input(event),
      onExit: (reason) => this.#leave(reason),
      onStray: (text) => this.notice(text.trimEnd()),
    })
    this.#outside = new Outside(options, this.#ui, this.#term, {
      themes: this.#themes,
      quit: () => this.#leave('quit'),
    })
    this.#clock = setInterval(() => this.#tick(), 1000)
    this.#clock.unref()
    this.#term.invalidate()
  }

  event(event: Safe<Event>): void {
    this.#ui.model.take(event)
    this.#term.invalidate()
  }

  async close(): Promise<void> {
    this.stop()
  }

  progress(doing: string | undefined): void {
    const ui = this.#ui
    ui.state.progress = doing
    this.#term.invalidate()
    if (doing !== undefined || !ui.state.follow) return
    // What broke is what one came to see.
    this.#reports.refresh(true)
    ui.select(verdictLine(ui, this.#since, this.#now()).exchange ?? ui.listing.at(0)?.id)
  }

  over(isOver: boolean): void {
    this.#ui.state.over = isOver
    this.#term.invalidate()
  }

  notice(text: string, level: LogEntry['level'] = 'info'): void {
    for (const line of text.split(/\r?\n/).filter((one) => one.trim() !== ''))
      this.#ui.model.say(level, line, this.#now())
    if (level !== 'info') say(this.#ui, text, level)
    this.#term.invalidate()
  }

  stop(): void {
    clearInterval(this.#clock)
    this.#reports.stop()
    this.#term.stop()
  }

  #leave(how: TuiEnd): void {
    this.stop()
    this.#end(how)
  }

  #now(): number {
    return this.#options.now?.() ?? Date.now()
  }

  /** Time alone changes what is waited for; everything else comes as an event. */
  #tick(): void {
    const text = verdictText(verdictLine(this.#ui, this.#since, this.#now()))
    if (text !== this.#waiting || this.#ui.model.underWay.size > 0) this.#term.invalidate()
    this.#waiting = text
    if (!/\bsince:/.test(this.#ui.state.filter)) return
    this.#filter(this.#ui.state.filter)
    this.#term.invalidate()
  }

  #scene(size: Size): Scene {
    const ui = this.#ui
    const { urls, setup, watch, demo, facts, reveal } = this.#options
    return {
      ui,
      theme: themes[ui.state.theme],
      size,
      now: this.#now(),
      since: this.#since,
      urls,
      setup,
      watch,
      demo,
      facts,
      shown: (text) => (ui.state.revealed ? revealed(text, reveal) : text),
      hints: hintsFor(ui),
      help: helpFor(ui),
    }
  }

  #stage(): Stage {
    const scene = this.#scene(this.#term.size)
    const panes = panesOf(scene, this.#commands)
    const rectOf = (pane: PaneName): Rect =>
      panes[pane] ?? { x: 0, y: 0, columns: scene.size.columns, rows: scene.size.rows }
    return {
      ui: this.#ui,
      panes: Object.keys(panes) as PaneName[],
      extent: (pane) => extentOf(pane, rectOf(pane), scene),
      texts: (pane) => textsOf(pane, rectOf(pane), scene),
      // A menu is chosen from later than it was opened.
      masked: (pane) => masked(this.#ui, () => this.#stage().texts(pane)),
      effects: this.#outside,
    }
  }

  #pointed(): Pointed {
    return {
      scene: this.#scene(this.#term.size),
      commands: this.#commands,
      stage: () => this.#stage(),
    }
  }

  #input(event: InputEvent): void {
    const { state } = this.#ui
    switch (event.kind) {
      case 'key':
        this.#key(event)
        break
      case 'paste':
        if (state.prompt !== undefined) {
          typeText(state, event.text)
          this.#typed()
        }
        break
      case 'mouse':
        if (event.action === 'press' && event.button === 'left') clickAt(event, this.#pointed())
        break
      case 'wheel': {
        const pane = paneUnder(event.x, event.y, this.#pointed())
        if (pane !== undefined) turnWheel(this.#ui, pane, event.n, this.#stage().extent(pane))
        break
      }
      case 'background':
        // Who has chosen a theme keeps it, and without colours there is none to choose.
        if (this.#ui.state.theme !== this.#theme || this.#theme === 'mono') return
        this.#theme = event.light ? 'light' : 'dark'
        this.#ui.state.theme = this.#theme
        break
      case 'focus':
        return
    }
    this.#term.invalidate()
  }

  #key({ key, text }: KeyEvent): void {
    const ui = this.#ui
    const stage = this.#stage()
    if (ui.state.prompt !== undefined) return this.#prompt(key, text)
    const overlay = ui.topOverlay
    if (overlay?.kind === 'menu' || overlay?.kind === 'question') {
      const choice = overlay.choices.find((one) => one.key === key)
      if (choice !== undefined) return choose(ui, choice)
    }
    const action = actionOf(key, ui.pane, this.#commands)
    if (action !== undefined) perform(action.does, stage)
    else
      say(ui, `${shownKeys([key])} does nothing here: ${keyFor('help', ui.keys)} shows all keys.`)
  }

  #prompt(key: string, text: string | undefined): void {
    const { state } = this.#ui
    const prompt = state.prompt!
    if (prompt.kind === 'palette' && (key === 'up' || key === 'down')) {
      const total = paletteChoices(this.#commands, prompt.text).length
      const cursor = Math.min(state.choice, total - 1)
      return move(this.#ui, 'palette', key, { total, seen: 10, cursor })
    }
    const result = typeKey(state, key, text)
    if (result === 'typing') return this.#typed()
    state.prompt = undefined
    if (result === 'cancelled') {
      if (prompt.kind === 'filter') this.#filter(prompt.before)
      return
    }
    this.#accept(prompt)
  }

  /** What is typed acts at once: the list is filtered while one types. */
  #typed(): void {
    const { prompt } = this.#ui.state
    if (prompt?.kind === 'filter') this.#filter(prompt.text)
    if (prompt?.kind === 'palette') this.#ui.state.choice = 0
  }

  #accept({ kind, text, saves }: NonNullable<Ui['state']['prompt']>): void {
    const { state } = this.#ui
    switch (kind) {
      case 'filter':
        return this.#filter(text)
      case 'search':
        state.search = text
        if (text !== '') find(this.#stage(), 1)
        return
      case 'palette': {
        const chosen = paletteChoices(this.#commands, text)[state.choice]
        if (chosen !== undefined) perform(chosen.does, this.#stage())
        return
      }
      case 'path':
        if (text.trim() !== '' && saves !== undefined) this.#outside.save(saves, text.trim())
    }
  }

  #filter(text: string): void {
    showMatching(this.#ui, text, this.#options.facts, this.#now())
  }
}
