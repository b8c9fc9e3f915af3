import type { PaneName } from '../keys/pane.ts'
import type { Tab } from '../model/state.ts'
import { checklistRows } from '../model/checklist.ts'
import { comparisonPage } from './comparison.ts'
import { detailPage } from './detail.ts'
import { diffPage } from './diff.ts'
import { stripStep } from './finding-strip.ts'
import { findingPage } from './findings.ts'
import { flowPlaces, stepRows } from './flow.ts'
import { roomOf } from './layout.ts'
import type { Line } from './line.ts'
import { helpPage, logPage } from './overlay.ts'
import type { Scene } from './scene.ts'
import type { Rect } from '../term/frame.ts'
import { connectPage, welcomePage } from './welcome.ts'

/** Columns inside a pane's border. */
function inside(pane: Rect): number {
  return Math.max(1, pane.columns - 2)
}

/** The lines of a pane that is a page; undefined for a pane that is a list. */
export function pageOf(pane: PaneName, place: Rect, scene: Scene): readonly Line[] | undefined {
  const columns = inside(place)
  const { ui } = scene
  switch (pane) {
    case 'detail':
      return cached(scene, columns, ui.state.detail?.tab ?? 'response')
    case 'preview':
      return cached(scene, columns, 'preview')
    case 'finding':
      return findingPage(
        ui.group,
        scene,
        columns,
        ui.state.focus.findings === 'finding' ? ui.state.evidence : undefined,
      ).lines
    case 'help':
      return helpPage(scene, columns)
    case 'connect':
      return connectPage(scene, columns)
    case 'log':
      return logPage(scene, columns)
    case 'diff': {
      const over = ui.topOverlay
      return over?.kind === 'diff' ? diffPage(over, scene, columns) : []
    }
    case 'comparison': {
      const over = ui.topOverlay
      return over?.kind === 'comparison' ? comparisonPage(over.compared, scene, columns) : []
    }
    case 'list':
      return ui.model.rows.length === 0 ? welcomePage(scene, columns) : undefined
    default:
      return undefined
  }
}

/** A page of a large body is not made anew for every frame. */
const made = new Map<string, { readonly of: unknown; readonly lines: readonly Line[] }>()

function cached(scene: Scene, columns: number, tab: Tab | 'preview'): readonly Line[] {
  const { ui } = scene
  const row = ui.selected
  const held = row === undefined ? undefined : ui.model.held.get(row.id)
  const { wrap, raw, revealed } = ui.state
  const key = [
    row?.id,
    tab,
    columns,
    wrap,
    raw,
    revealed,
    ui.model.findingsVersion,
    ui.groups.length,
  ].join(' ')
  const before = made.get(key)
  if (before !== undefined && before.of === held) return before.lines
  const lines = detailPage(row, tab, scene, columns)
  if (made.size >= 8) made.clear()
  made.set(key, { of: held, lines })
  return lines
}

export interface Extent {
  /** Items, or lines of a page. */
  readonly total: number
  /** How many of them are seen at once. */
  readonly seen: number
  /** The one with the cursor; undefined for a page. */
  readonly cursor: number | undefined
}

/** How much there is in a pane, how much of it is seen, and where the cursor stands. */
export function extentOf(pane: PaneName, place: Rect, scene: Scene): Extent {
  const { ui } = scene
  const seen = roomOf(place)
  const page = pageOf(pane, place, scene)
  if (page !== undefined) return { total: page.length, seen, cursor: undefined }
  switch (pane) {
    case 'list': {
      const { selected, listing } = ui
      const cursor = selected === undefined ? 0 : listing.placeOf(selected)
      return { total: listing.length, seen: Math.max(1, seen - 1), cursor }
    }
    case 'findings': {
      const tall = stripStep(inside(place), seen, ui.groups.length)
      return {
        total: ui.groups.length,
        seen: Math.max(1, Math.floor(seen / tall)),
        cursor: groupPlace(scene),
      }
    }
    case 'rules':
      return { total: ui.groups.length, seen, cursor: groupPlace(scene) }
    case 'items':
      return { total: checklistRows(ui.model).length, seen, cursor: ui.state.item }
    case 'checklist':
      return {
        total: checklistRows(ui.model).length,
        seen: checklistRows(ui.model).length,
        cursor: ui.state.item,
      }
    case 'flows': {
      const cursor = ui.flowsListed.findIndex(({ flow }) => flow.id === ui.flow)
      const total = ui.flowsListed.length
      return { total, seen: Math.max(1, seen - 1), cursor: Math.max(0, cursor) }
    }
    case 'steps':
      return stepsExtent(place, scene)
    case 'menu':
    case 'question': {
      const overlay = ui.topOverlay
      const total =
        overlay?.kind === 'menu' || overlay?.kind === 'question' ? overlay.choices.length : 0
      return { total, seen: total, cursor: ui.state.choice }
    }
    default:
      return { total: 0, seen, cursor: undefined }
  }
}

function groupPlace({ ui }: Scene): number {
  return Math.max(
    0,
    ui.groups.findIndex((group) => group === ui.group),
  )
}

/** Steps are of different heights: as many are seen as fit above and with the one that has the cursor. */
function stepsExtent(place: Rect, scene: Scene): Extent {
  const columns = inside(place)
  const places = flowPlaces(scene, columns)
  const selected = scene.ui.selected
  const found = places.findLastIndex(
    ({ step }) => (step.row?.index ?? Infinity) <= (selected?.index ?? 0),
  )
  const cursor = Math.max(0, found)
  const room = roomOf(place) - (columns < 60 ? 0 : 1)
  let used = 0
  let seen = 0
  for (let at = cursor; at >= 0; at--) {
    used += stepRows(places[at] ?? { gaps: [], reason: [] })
    if (used > room) break
    seen++
  }
  return { total: places.length, seen: Math.max(1, seen), cursor }
}
