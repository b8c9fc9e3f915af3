import { checklistRows } from '../model/checklist.ts'
import { say } from '../model/layers.ts'
import { keyFor } from '../keys/keys.ts'
import { alignView } from './moves.ts'
import type { PaneName } from '../keys/pane.ts'
import type { Stage } from './stage.ts'
import { type Ui, type ViewName, tabs } from '../model/state.ts'

export function openView(ui: Ui, view: ViewName): void {
  const { state } = ui
  state.view = view
  state.detail = undefined
  state.overlays = []
  state.zoom = false
  delete state.tops.steps
  // One flow needs no list of flows before it.
  state.focus.flow = ui.model.flows.size > 1 ? 'flows' : 'steps'
  alignView(ui)
}

/** Opens what the cursor is on. */
export function open(ui: Ui): void {
  const { state } = ui
  if (ui.topOverlay !== undefined) return void state.overlays.pop()
  if (state.detail !== undefined) return changeTab(ui, 1)
  if (ui.pane === 'items' || ui.pane === 'checklist') {
    const row = checklistRows(ui.model)[state.item]
    if (ui.pane === 'checklist') return openView(ui, 'checklist')
    if (row === undefined || !('item' in row) || row.item.exchange === undefined)
      return say(ui, 'There is nothing to open yet.')
    ui.select(row.item.exchange)
  }
  if (ui.pane === 'flows') return openFlow(ui)
  if (ui.pane === 'findings') return openView(ui, 'findings')
  if (ui.pane === 'rules' || ui.pane === 'finding') {
    const evidence = ui.group?.evidence[ui.pane === 'finding' ? state.evidence : 0]
    if (evidence === undefined) return
    ui.select(evidence.exchange)
    return openDetail(ui, evidence.at)
  }
  if (ui.selected !== undefined) openDetail(ui)
}

function openFlow(ui: Ui): void {
  if (ui.flowsListed.length === 0) return say(ui, 'There is no flow to open.')
  ui.state.focus.flow = 'steps'
}

export function openDetail(ui: Ui, at = ''): void {
  const tab = at.includes('.jwt.') ? 'token' : at.startsWith('request.') ? 'request' : 'response'
  ui.state.detail = { tab: ui.selected?.status === undefined && at === '' ? 'request' : tab }
  delete ui.state.tops.detail
}

/** The tab beside the one that is shown, or the pane. */
export function sideways(stage: Stage, by: 1 | -1): void {
  if (stage.ui.state.detail === undefined) cycle(stage, by)
  else changeTab(stage.ui, by)
}

function changeTab(ui: Ui, by: number): void {
  const { state } = ui
  const at = tabs.indexOf(state.detail!.tab)
  state.detail = { tab: tabs[(at + by + tabs.length) % tabs.length]! }
  delete state.tops.detail
}

/** One layer is closed; with nothing open the filter goes, then the view, and then it says how to quit. */
export function back(ui: Ui): void {
  const { state, model } = ui
  if (state.overlays.length > 0) state.overlays.pop()
  else if (state.detail !== undefined) state.detail = undefined
  else if (state.zoom) state.zoom = false
  else if (state.filter !== '') {
    state.filter = ''
    state.filterProblem = undefined
    ui.listing.show(undefined)
  } else if (state.search !== '') state.search = ''
  else if (ui.pane === 'steps' && model.flows.size > 1) state.focus.flow = 'flows'
  else if (state.view !== 'live') openView(ui, 'live')
  else if (state.focus.live !== 'list') state.focus.live = 'list'
  else say(ui, `${keyFor('quit', ui.keys)} quits.`)
}

const panesOfView: Readonly<Record<ViewName, readonly PaneName[]>> = {
  live: ['list', 'findings', 'checklist', 'preview'],
  flow: ['flows', 'steps'],
  findings: ['rules', 'finding'],
  checklist: ['items'],
}

export function cycle({ ui, panes }: Stage, by: 1 | -1): void {
  const { state } = ui
  if (ui.topOverlay !== undefined || panes.length === 0) return
  if (state.detail !== undefined) return changeTab(ui, by)
  // A pane that is alone on the screen stands for all of its view.
  const order = panes.length > 1 ? panes : panesOfView[state.view]
  const at = order.indexOf(state.focus[state.view])
  state.focus[state.view] = order[(at + by + order.length) % order.length]!
}
