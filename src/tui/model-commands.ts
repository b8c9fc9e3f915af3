import { curlCommand, findingIssue } from './copy.ts'
import { paletteChoices, type Command } from './view/overlay.ts'
import { checklistRows } from './model-checklist.ts'
import type { Action } from './model-keys.ts'
import {
  alignView,
  changeFlow,
  jump,
  move,
  moveEvidence,
  type Extent,
  type Move,
} from './model-moves.ts'
import {
  type Choice,
  type PaneName,
  type SaveKind,
  type Ui,
  type ViewName,
  tabs,
} from './model-state.ts'
import type { ThemeName } from './term/theme.ts'

/** What commands cannot do by themselves. */
export interface Effects {
  quit(now: boolean): void
  suspend(): void
  redraw(): void
  mouse(ours: boolean): void
  copy(text: string, what: string): void
  show(text: string, where: 'pager' | 'editor'): void
  browse(url: string): void
  save(kind: SaveKind, path: string): void
  pathFor(kind: SaveKind): string
  /** What can be shown: by what the terminal can. */
  readonly themes: readonly ThemeName[]
}

/** The screen as it is when something is asked for. */
export interface Stage {
  readonly ui: Ui
  readonly panes: readonly PaneName[]
  readonly commands: readonly Command[]
  readonly effects: Effects
  extent(pane: PaneName): Extent
  /** The text of a pane, line by line or item by item. */
  texts(pane: PaneName): readonly string[]
}

export function perform(action: Action, stage: Stage): void {
  const { ui, effects } = stage
  const { state } = ui
  state.message = undefined
  switch (action) {
    case 'live':
    case 'flow':
    case 'findings':
    case 'checklist':
      return openView(ui, action)
    case 'down':
    case 'up':
    case 'pageDown':
    case 'pageUp':
    case 'first':
    case 'last':
      return moveIn(stage, action)
    case 'help':
      if (ui.topOverlay?.kind === 'help') return void state.overlays.pop()
      delete state.tops.help
      return void state.overlays.push({ kind: 'help', pane: ui.pane })
    case 'log':
      state.tops.log = Infinity
      return void state.overlays.push({ kind: 'log' })
    case 'palette':
      state.choice = 0
      return openPrompt(ui, 'palette', '')
    case 'filter':
      return openPrompt(ui, 'filter', state.filter)
    case 'search':
      return openPrompt(ui, 'search', '')
    case 'back':
      return back(ui)
    case 'quit':
      return effects.quit(false)
    case 'quitNow':
      return effects.quit(true)
    case 'suspend':
      return effects.suspend()
    case 'redraw':
      return effects.redraw()
    case 'nextPane':
      return cycle(stage, 1)
    case 'previousPane':
      return cycle(stage, -1)
    case 'left':
      return state.detail === undefined ? cycle(stage, -1) : changeTab(ui, -1)
    case 'right':
      return state.detail === undefined ? cycle(stage, 1) : changeTab(ui, 1)
    case 'open':
      return open(stage)
    case 'next':
    case 'previous':
      return neighbour(ui, action === 'next' ? 1 : -1)
    case 'nextMatch':
    case 'previousMatch':
      return find(stage, action === 'nextMatch' ? 1 : -1)
    case 'nextError':
    case 'previousError':
      return to(ui, action === 'nextError' ? 1 : -1, 'finding')
    case 'nextMark':
      return to(ui, 1, 'mark')
    case 'mark':
      return mark(ui)
    case 'zoom':
      state.zoom = !state.zoom
      return
    case 'follow':
      if (state.follow) ui.select(ui.selected?.id)
      else state.follow = ui.listing.pausedAt === undefined
      return
    case 'pause':
      return pause(ui)
    case 'clear':
      return ask(
        ui,
        'Clear the list?',
        [`${ui.model.rows.length} exchanges leave the list. What was found stays.`],
        [
          { key: 'y', label: 'clear', does: 'clearNow' },
          { key: 'n', label: 'keep', does: 'back' },
        ],
      )
    case 'sort':
      state.order = ({ severity: 'count', count: 'time', time: 'severity' } as const)[state.order]
      return
    case 'theme': {
      const { themes } = effects
      state.theme = themes[(themes.indexOf(state.theme) + 1) % themes.length]!
      return
    }
    case 'mouse':
      state.mouse = !state.mouse
      effects.mouse(state.mouse)
      return say(ui, state.mouse ? "The mouse is authtap's." : 'The mouse selects text.')
    case 'reveal':
      state.revealed = !state.revealed
      return
    case 'wrap':
      state.wrap = !state.wrap
      return
    case 'raw':
      state.raw = !state.raw
      return
    case 'curl':
      state.detail = { tab: 'curl' }
      delete state.tops.detail
      return
    case 'copy':
      return menu(ui, 'Copy', copyChoices(ui))
    case 'copyUrl':
      return copyUrl(stage)
    case 'issue':
      return copyIssue(stage)
    case 'export':
      return menu(ui, 'Save', saveChoices(ui))
    case 'save':
      return openPrompt(ui, 'path', effects.pathFor('session'), 'session')
    case 'pager':
    case 'editor':
      return effects.show(
        stage.texts(ui.pane === 'detail' ? 'detail' : 'preview').join('\n'),
        action,
      )
    case 'spec':
      return spec(stage)
  }
}

/** What a choice of a menu or question does. */
export function choose(does: string, stage: Stage): void {
  const { ui, effects } = stage
  ui.state.overlays.pop()
  switch (does) {
    case 'back':
      return
    case 'clearNow':
      ui.model.clear()
      ui.listing.pausedAt = undefined
      ui.state.selected = undefined
      ui.state.follow = true
      ui.state.detail = undefined
      return
    case 'copyCurl':
      return copyCurl(stage)
    case 'copyUrl':
      return copyUrl(stage)
    case 'copyIssue':
      return copyIssue(stage)
    case 'copyPage':
      return effects.copy(stage.texts('detail').join('\n'), 'The page')
    default:
      return openPrompt(ui, 'path', effects.pathFor(does as SaveKind), does as SaveKind)
  }
}

function openView(ui: Ui, view: ViewName): void {
  const { state } = ui
  state.view = view
  state.detail = undefined
  state.overlays = []
  state.zoom = false
  alignView(ui)
}

function moveIn(stage: Stage, how: Move): void {
  const { ui } = stage
  const { pane } = ui
  if (pane === 'finding' && (how === 'down' || how === 'up') && ui.group !== undefined)
    return moveEvidence(ui, how === 'down' ? 1 : -1)
  move(ui, pane, how, stage.extent(pane))
}

/** One layer is closed; with nothing open the filter goes, and then the view. */
function back(ui: Ui): void {
  const { state } = ui
  if (state.overlays.length > 0) state.overlays.pop()
  else if (state.detail !== undefined) state.detail = undefined
  else if (state.zoom) state.zoom = false
  else if (state.filter !== '') {
    state.filter = ''
    state.filterProblem = undefined
    ui.listing.show(undefined)
  } else if (state.search !== '') state.search = ''
  else if (state.view !== 'live') openView(ui, 'live')
  else state.focus.live = 'list'
}

function cycle({ ui, panes }: Stage, by: 1 | -1): void {
  const { state } = ui
  if (ui.topOverlay !== undefined || panes.length === 0) return
  if (state.detail !== undefined) return changeTab(ui, by)
  const at = panes.indexOf(state.focus[state.view])
  state.focus[state.view] = panes[(at + by + panes.length) % panes.length]!
}

function changeTab(ui: Ui, by: number): void {
  const { state } = ui
  const at = tabs.indexOf(state.detail!.tab)
  state.detail = { tab: tabs[(at + by + tabs.length) % tabs.length]! }
  delete state.tops.detail
}

function open(stage: Stage): void {
  const { ui } = stage
  const { state } = ui
  const overlay = ui.topOverlay
  if (overlay?.kind === 'menu' || overlay?.kind === 'question') {
    const choice = overlay.choices[state.choice]
    if (choice !== undefined) choose(choice.does, stage)
    return
  }
  if (overlay !== undefined) return void state.overlays.pop()
  if (state.detail !== undefined) return changeTab(ui, 1)
  if (ui.pane === 'items' || ui.pane === 'checklist') {
    const row = checklistRows(ui.model)[state.item]
    if (ui.pane === 'checklist') return openView(ui, 'checklist')
    if (row === undefined || !('item' in row) || row.item.exchange === undefined)
      return say(ui, 'No exchange has shown this yet.')
    ui.select(row.item.exchange)
  }
  if (ui.pane === 'findings') return openView(ui, 'findings')
  if (ui.pane === 'rules' || ui.pane === 'finding') {
    const evidence = ui.group?.evidence[ui.pane === 'finding' ? state.evidence : 0]
    if (evidence === undefined) return
    ui.select(evidence.exchange)
    return openDetail(ui, evidence.at)
  }
  if (ui.selected !== undefined) openDetail(ui)
}

function openDetail(ui: Ui, at = ''): void {
  const tab = at.includes('.jwt.') ? 'token' : at.startsWith('request.') ? 'request' : 'response'
  ui.state.detail = { tab: ui.selected?.status === undefined && at === '' ? 'request' : tab }
  delete ui.state.tops.detail
}

function neighbour(ui: Ui, by: 1 | -1): void {
  if (ui.state.detail === undefined) {
    if (!changeFlow(ui, by)) say(ui, 'There is no other flow that way.')
    return
  }
  delete ui.state.tops.detail
  if (!jump(ui, by, () => true)) say(ui, 'There is no other exchange that way.')
}

function to(ui: Ui, by: 1 | -1, what: 'finding' | 'mark'): void {
  const wanted =
    what === 'mark'
      ? (id: string) => ui.state.marked.has(id)
      : (id: string) => ui.model.weight(id).error + ui.model.weight(id).warning > 0
  // After the last comes the first again.
  const found = jump(ui, by, wanted) || wrapAround(ui, by, wanted)
  if (!found)
    say(ui, what === 'mark' ? 'Nothing is marked: m marks.' : 'No exchange has a finding.')
  else alignView(ui)
}

function wrapAround(ui: Ui, by: 1 | -1, wanted: (id: string) => boolean): boolean {
  const { listing } = ui
  for (let step = 0; step < listing.length; step++) {
    const id = listing.at(by === 1 ? step : listing.length - 1 - step)!.id
    if (!wanted(id)) continue
    ui.select(id)
    return true
  }
  return false
}

function mark(ui: Ui): void {
  const id = ui.selected?.id
  if (id === undefined) return
  const { marked } = ui.state
  if (!marked.delete(id)) marked.add(id)
}

function pause(ui: Ui): void {
  const { listing, model, state } = ui
  if (listing.pausedAt === undefined) {
    ui.select(ui.selected?.id)
    listing.pausedAt = model.rows.length
  } else {
    listing.pausedAt = undefined
    state.follow = false
  }
}

export function openPrompt(
  ui: Ui,
  kind: 'filter' | 'search' | 'palette' | 'path',
  text: string,
  saves?: SaveKind,
): void {
  ui.state.prompt = {
    kind,
    text,
    before: text,
    past: undefined,
    ...(saves === undefined ? {} : { saves }),
  }
}

function menu(ui: Ui, title: string, choices: readonly Choice[]): void {
  if (choices.length === 0) return say(ui, 'There is nothing to copy yet.')
  ui.state.choice = 0
  ui.state.overlays.push({ kind: 'menu', title, choices })
}

export function ask(
  ui: Ui,
  title: string,
  lines: readonly string[],
  choices: readonly Choice[],
): void {
  ui.state.choice = choices.length - 1
  ui.state.overlays.push({ kind: 'question', title, lines, choices })
}

export function say(ui: Ui, text: string, level: 'info' | 'warning' | 'error' = 'info'): void {
  ui.state.message = { text, level }
}

function copyChoices(ui: Ui): Choice[] {
  return [
    ...(ui.selected === undefined
      ? []
      : [
          { key: 'c', label: 'the request as curl, secrets as variables', does: 'copyCurl' },
          { key: 'u', label: 'the URL', does: 'copyUrl' },
        ]),
    ...(ui.group === undefined
      ? []
      : [{ key: 'f', label: 'the finding as a Markdown issue', does: 'copyIssue' }]),
    ...(ui.state.detail === undefined
      ? []
      : [{ key: 'p', label: 'this page as text', does: 'copyPage' }]),
  ]
}

function saveChoices(ui: Ui): Choice[] {
  return [
    { key: 'h', label: 'all exchanges as HAR, redacted', does: 'har' },
    ...(ui.group === undefined
      ? []
      : [{ key: 'f', label: 'the finding as Markdown', does: 'finding' }]),
    ...(ui.selected === undefined
      ? []
      : [{ key: 'c', label: 'the request as curl', does: 'curl' }]),
    { key: 's', label: 'the session', does: 'session' },
  ]
}

function copyCurl({ ui, effects }: Stage): void {
  const held = ui.model.held.get(ui.selected?.id ?? '')
  if (held === undefined) return say(ui, 'This exchange is no longer held.', 'warning')
  effects.copy(curlCommand(held.exchange), 'The curl command')
}

function copyUrl({ ui, effects }: Stage): void {
  if (ui.selected === undefined) return say(ui, 'No exchange is selected.')
  effects.copy(ui.selected.url, 'The URL')
}

function copyIssue({ ui, effects }: Stage): void {
  if (ui.group === undefined) return say(ui, 'There is no finding.')
  effects.copy(findingIssue(ui.group.finding, ui.group.evidence.slice(0, 6)), 'The finding')
}

/** The text that a choice of what to save stands for, when it is the screen's own. */
export function textToSave(kind: SaveKind, ui: Ui): string | undefined {
  if (kind === 'finding' && ui.group !== undefined)
    return findingIssue(ui.group.finding, ui.group.evidence.slice(0, 6))
  const held = ui.model.held.get(ui.selected?.id ?? '')
  return kind === 'curl' && held !== undefined ? `${curlCommand(held.exchange)}\n` : undefined
}

function spec({ ui, effects }: Stage): void {
  const about = ui.model.findingsAt(ui.selected?.id ?? '')
  const finding = ui.state.view === 'findings' ? ui.group?.finding : (about[0] ?? ui.group?.finding)
  const url = finding?.spec.find((one) => one.url !== '')?.url
  if (url === undefined) return say(ui, 'No finding here has a link.')
  effects.browse(url)
}

/** The next or previous line or item that holds what is searched. */
export function find(stage: Stage, by: 1 | -1): void {
  const { ui } = stage
  const { state, pane } = ui
  if (state.search === '') return say(ui, 'Nothing is searched: / searches.')
  const texts = stage.texts(pane)
  const { cursor, total, seen } = stage.extent(pane)
  const wanted = /\p{Lu}/u.test(state.search) ? state.search : state.search.toLowerCase()
  const holds = (text: string) =>
    (wanted === state.search && /\p{Lu}/u.test(wanted) ? text : text.toLowerCase()).includes(wanted)
  const start = cursor ?? state.tops[pane] ?? 0
  for (let step = 1; step <= texts.length; step++) {
    const place = (start + by * step + texts.length * 2) % texts.length
    if (!holds(texts[place]!)) continue
    if (cursor === undefined) state.tops[pane] = Math.max(0, Math.min(place, total - seen))
    else
      move(ui, pane, place > cursor ? 'down' : 'up', stage.extent(pane), Math.abs(place - cursor))
    return
  }
  say(ui, `${state.search} is not in this pane.`, 'warning')
}

export { paletteChoices }
