import { alignView, moveEvidence, move, type Move } from './model-moves.ts'
import { checklistRows } from './model-checklist.ts'
import {
  copyChoices,
  copyCurl,
  copyIssue,
  copyOffer,
  copyUrl,
  saveChoices,
} from './model-copying.ts'
import { find, mark, neighbour, to } from './model-jumps.ts'
import type { Action } from './model-actions.ts'
import { ask, menu, openPrompt, say } from './model-layers.ts'
import { type SaveKind, type Ui, type ViewName, tabs } from './model-state.ts'
import type { Stage } from './model-stage.ts'

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
      return menu(ui, 'Copy', copyChoices(stage))
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
  const [, offer] = /^offer (\d+)$/.exec(does) ?? []
  if (offer !== undefined) return copyOffer(stage, Number(offer))
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

function spec({ ui, effects }: Stage): void {
  const about = ui.model.findingsAt(ui.selected?.id ?? '')
  const finding = ui.state.view === 'findings' ? ui.group?.finding : (about[0] ?? ui.group?.finding)
  const url = finding?.spec.find((one) => one.url !== '')?.url
  if (url === undefined) return say(ui, 'No finding here has a link.')
  effects.browse(url)
}
