import type { FlowReport } from '../../core/verdict/report.ts'
import { checklistRows } from '../model/checklist.ts'
import { flowSteps } from '../model/flow.ts'
import type { PaneName } from '../keys/pane.ts'
import { brokenFirst } from '../model/attempt.ts'
import type { Ui } from '../model/state.ts'

/** How much there is in a pane, how much of it is seen at once, and where the cursor stands; undefined for a page. */
export interface Extent {
  readonly total: number
  readonly seen: number
  readonly cursor: number | undefined
}

export type Move = 'down' | 'up' | 'pageDown' | 'pageUp' | 'first' | 'last'

/** Moves the cursor of a pane, or scrolls it when it is a page. */
export function move(ui: Ui, pane: PaneName, how: Move, extent: Extent, times = 1): void {
  const { total, seen, cursor } = extent
  const here = cursor ?? ui.state.tops[pane] ?? 0
  const page = Math.max(1, seen - 1)
  const to = {
    down: here + times,
    up: here - times,
    pageDown: here + page,
    pageUp: here - page,
    first: 0,
    last: total - 1,
  }[how]
  if (cursor === undefined) {
    ui.state.tops[pane] = Math.max(0, Math.min(to, total - seen))
    return
  }
  moveTo(ui, pane, Math.max(0, Math.min(to, total - 1)))
  // The end of the list is where the newest come in.
  if (pane === 'list' && how === 'last' && ui.listing.pausedAt === undefined) ui.state.follow = true
}

/** Puts the cursor of a pane on one of its items. */
export function moveTo(ui: Ui, pane: PaneName, place: number): void {
  const { state, model, listing } = ui
  switch (pane) {
    case 'list':
      return ui.select(listing.at(place)?.id)
    case 'flows':
      return chooseFlow(ui, listedFlows(ui)[place])
    case 'steps': {
      const flow = model.flows.get(ui.flow ?? '')
      if (flow === undefined) return
      ui.select(flowSteps(model, flow)[place]?.exchange)
      // A step may be one of several flows: it is still this one that is looked at.
      state.flow = flow.id
      return
    }
    case 'findings':
    case 'rules': {
      const group = ui.groups[place]
      if (group === undefined) return
      state.finding = group.key
      state.evidence = 0
      delete state.tops.finding
      return ui.select(group.evidence[0]?.exchange)
    }
    case 'items':
    case 'checklist': {
      const row = checklistRows(model)[place]
      if (row === undefined) return
      state.item = place
      if ('item' in row) ui.select(row.item.exchange)
      return
    }
    case 'menu':
    case 'question':
    case 'palette':
      state.choice = place
      return
    default:
      state.tops[pane] = place
  }
}

/** The next or previous piece of evidence of the finding that is shown. */
export function moveEvidence(ui: Ui, by: number): void {
  const { group, state } = ui
  if (group === undefined) return
  state.evidence = Math.max(0, Math.min(group.evidence.length - 1, state.evidence + by))
  ui.select(group.evidence[state.evidence]?.exchange)
}

/** The next or previous exchange of the list that a finding is about, or that is marked. */
export function jump(ui: Ui, by: 1 | -1, wanted: (id: string) => boolean): boolean {
  const { listing, selected } = ui
  const start = selected === undefined ? -1 : listing.placeOf(selected)
  for (let place = start + by; place >= 0 && place < listing.length; place += by) {
    const id = listing.at(place)!.id
    if (!wanted(id)) continue
    ui.select(id)
    return true
  }
  return false
}

/** Another flow; its step that broke, or its first one, is selected. */
export function changeFlow(ui: Ui, by: 1 | -1): boolean {
  const listed = listedFlows(ui)
  const flow = listed[listed.findIndex(({ id }) => id === ui.flow) + by]
  if (flow === undefined) return false
  chooseFlow(ui, flow)
  return true
}

function listedFlows({ flowsListed }: Ui): FlowReport[] {
  return flowsListed.map(({ flow }) => flow)
}

function chooseFlow(ui: Ui, flow: FlowReport | undefined): void {
  if (flow === undefined) return
  const steps = flowSteps(ui.model, flow)
  ui.select((steps.find(({ broken }) => broken !== undefined) ?? steps[0])?.exchange)
  ui.state.follow = false
  ui.state.flow = flow.id
  delete ui.state.tops.steps
}

/** What a view shows first: the place in it that is about the selected exchange. */
export function alignView(ui: Ui): void {
  const { state, model } = ui
  // Nobody chose the newest exchange: what broke is what one wants to see.
  const broken = state.view === 'flow' && state.follow ? brokenFirst(model) : undefined
  if (broken !== undefined) ui.select(broken.exchange)
  const id = ui.selected?.id
  if (id === undefined) return
  // Nobody chose the newest exchange: the first finding is what one wants to read.
  if (state.view === 'findings' && !state.follow) {
    const about = ui.groups.find(({ all }) =>
      all.some(({ evidence }) => evidence.some(({ exchange }) => exchange === id)),
    )
    const now = ui.group
    const isAbout = now?.all.some(({ evidence }) =>
      evidence.some(({ exchange }) => exchange === id),
    )
    if (about !== undefined && isAbout !== true) {
      state.finding = about.key
      state.evidence = Math.max(
        0,
        about.evidence.findIndex(({ exchange }) => exchange === id),
      )
    }
  }
  if (state.view === 'checklist') {
    const rows = checklistRows(model)
    const current = rows[state.item]
    if (current !== undefined && 'item' in current && current.item.exchange === id) return
    const place = rows.findIndex((row) => 'item' in row && row.item.exchange === id)
    if (place >= 0) state.item = place
  }
}
