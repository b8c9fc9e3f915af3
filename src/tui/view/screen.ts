import { paletteChoices } from './overlay.ts'
import type { PaneName } from '../keys/pane.ts'
import { keyFor } from '../keys/keys.ts'
import type { Frame, Rect, Size } from '../term/frame.ts'
import { pathOf, statusText } from '../model/rows.ts'
import { drawBottom, drawTabs, drawVerdict } from './chrome.ts'
import { checklistNote, drawCategories, drawChecklist } from './checklist.ts'
import { tabTitle } from './detail.ts'
import { drawFindingStrip } from './finding-strip.ts'
import { drawRules } from './findings.ts'
import { drawFlow, flowTitle } from './flow.ts'
import { drawFlows } from './flows.ts'
import { type Panes, layout, roomyRows, smallest } from './layout.ts'
import { drawList } from './list.ts'
import { matches } from '../model/search.ts'
import { textOf } from './line.ts'
import { drawChoices, drawPage, drawPalette, placeOverlay } from './overlay.ts'
import type { Key } from '../keys/keys.ts'
import { extentOf, pageOf } from './pages.ts'
import type { Scene } from './scene.ts'

/** Where every pane lies now, those on top last. */
export function panesOf(scene: Scene, commands: readonly Key[]): Panes {
  const { ui, size } = scene
  const { state } = ui
  const base: Panes =
    state.detail === undefined
      ? viewPanes(ui, size)
      : { detail: { x: 0, y: 2, columns: size.columns, rows: size.rows - 3 } }
  const over = ui.state.prompt?.kind === 'palette' ? 'palette' : ui.topOverlay
  if (over === undefined) return base
  const choices = over === 'palette' ? paletteChoices(commands, state.prompt?.text ?? '').length : 0
  const name = over === 'palette' ? 'palette' : over.kind
  return { ...base, [name]: placeOverlay(over, scene, choices) }
}

/** What has the keys is on the screen: alone, where there is no room for it beside the others. */
function viewPanes({ state, groups, model }: Scene['ui'], size: Size): Panes {
  const { view, zoom } = state
  const focus = state.focus[view]
  const many = {
    findings: groups.length,
    exchanges: model.rows.length,
    flows: model.flows.size,
  }
  const isAlone = zoom || (focus === 'steps' && size.rows < roomyRows)
  const panes = layout(view, size, isAlone ? focus : undefined, many)
  return focus in panes ? panes : layout(view, size, focus, many)
}

/** Brings what is scrolled to where the cursor is, after whatever has changed. */
export function settle(scene: Scene, panes: Panes): void {
  const { tops } = scene.ui.state
  for (const [name, place] of Object.entries(panes) as [PaneName, Rect][]) {
    if (name === 'palette') continue
    const { total, seen, cursor } = extentOf(name, place, scene)
    let top = tops[name] ?? 0
    if (cursor !== undefined) top = Math.max(Math.min(top, cursor), cursor - seen + 1)
    // The last step of a flow may be taller than the others: it is never scrolled past.
    const last = name === 'steps' ? (cursor ?? 0) : Math.max(0, total - seen)
    tops[name] = Math.max(0, Math.min(top, last))
  }
}

export function drawScreen(frame: Frame, scene: Scene, commands: readonly Key[]): void {
  const { size } = scene
  if (size.columns < smallest.columns || size.rows < smallest.rows) return drawTooSmall(frame, size)
  drawTabs(frame, scene)
  drawVerdict(frame, scene)
  const panes = panesOf(scene, commands)
  settle(scene, panes)
  for (const [name, place] of Object.entries(panes) as [PaneName, Rect][])
    drawPane(frame, name, place, scene, commands)
  drawBottom(frame, scene)
}

function drawTooSmall(frame: Frame, { columns, rows }: Size): void {
  frame.put(0, 0, `too small: ${columns}×${rows}`)
  frame.put(0, 1, `need ${smallest.columns}×${smallest.rows}`)
}

function drawPane(
  frame: Frame,
  name: PaneName,
  place: Rect,
  scene: Scene,
  commands: readonly Key[],
): void {
  const { ui, theme } = scene
  const focused = ui.pane === name
  const style = focused ? theme.focus : theme.border
  const extent = extentOf(name, place, scene)
  const top = ui.state.tops[name] ?? 0
  const { title, note } = titleOf(name, scene, extent)
  if (isOverlay(name)) frame.fill(place)
  const inner = frame.box(place, {
    style,
    title,
    titleStyle: focused ? theme.focus : theme.title,
    note,
    noteStyle: theme.dim,
  })
  const page = pageOf(name, place, scene)
  if (page !== undefined) {
    drawPage(inner, page, top, scene)
    markMatches(inner, page, top, scene, focused)
    return
  }
  switch (name) {
    case 'list':
      return drawList(inner, scene, top)
    case 'findings':
      return drawFindingStrip(inner, scene, top, focused)
    case 'rules':
      return drawRules(inner, scene, top)
    case 'checklist':
      return drawCategories(inner, scene, focused)
    case 'items':
      return drawChecklist(inner, scene, top)
    case 'flows':
      return drawFlows(inner, scene, top)
    case 'steps':
      return drawFlow(inner, scene, top)
    case 'palette': {
      const choices = paletteChoices(commands, ui.state.prompt?.text ?? '')
      const room = inner.rows - 1
      return drawPalette(
        inner,
        choices,
        { state: ui.state, theme },
        Math.max(0, ui.state.choice - room + 1),
      )
    }
    case 'menu':
    case 'question': {
      const overlay = ui.topOverlay
      if (overlay?.kind === 'menu' || overlay?.kind === 'question')
        drawChoices(inner, overlay, scene)
      return
    }
    default:
  }
}

function isOverlay(name: PaneName): boolean {
  return ['help', 'log', 'palette', 'menu', 'question', 'diff', 'comparison', 'connect'].includes(
    name,
  )
}

function titleOf(
  name: PaneName,
  scene: Scene,
  { total, seen, cursor }: ReturnType<typeof extentOf>,
): { title: string; note: string } {
  const { ui } = scene
  const top = ui.state.tops[name] ?? 0
  const position =
    total > 0 && cursor === undefined ? `${top + 1}-${Math.min(total, top + seen)}/${total}` : ''
  switch (name) {
    case 'list': {
      if (ui.model.rows.length === 0)
        return {
          title: ui.capture === undefined ? 'Waiting for the client' : 'Exchanges',
          note: '',
        }
      const follow = ui.state.follow ? ' follow' : ''
      return {
        title: ui.state.filter === '' ? 'Exchanges' : `Exchanges · ${ui.state.filter}`,
        note: `${Math.min(total, (cursor ?? 0) + 1)}/${total}${follow}`,
      }
    }
    case 'findings':
    case 'rules':
      return {
        title: 'Findings',
        note: `${total}${name === 'rules' ? ` by ${ui.state.order}` : ''}`,
      }
    case 'finding':
      return { title: ui.group?.key ?? 'Finding', note: position }
    case 'checklist':
    case 'items':
      return { title: 'Checklist', note: checklistNote(scene) }
    case 'flows':
      return {
        title: ui.state.onlyBroken ? 'Flows that broke' : 'Flows',
        note: `${Math.min(total, (cursor ?? 0) + 1)}/${total}`,
      }
    case 'steps':
      return {
        title: flowTitle(scene),
        note: total === 0 ? '' : `step ${(cursor ?? 0) + 1}/${total}`,
      }
    case 'preview': {
      const row = ui.selected
      if (row === undefined) return { title: 'Preview', note: '' }
      return {
        title: `#${row.id} ${row.method} ${pathOf(row.url).split('?', 1)[0]} → ${statusText(row)}`,
        note: `${keyFor('open', ui.keys)} opens`,
      }
    }
    case 'detail':
      return { title: tabTitle(ui.selected, ui.state.detail?.tab ?? 'response'), note: position }
    case 'help':
      return { title: 'Help: every key', note: position }
    case 'connect':
      return { title: 'How to connect', note: '' }
    case 'log':
      return { title: 'Log', note: position }
    case 'diff': {
      const over = ui.topOverlay
      const names = over?.kind === 'diff' ? ` of #${over.left} and #${over.right}` : ''
      return { title: `Differences${names}`, note: position }
    }
    case 'comparison':
      return { title: 'Differences by step', note: position }
    case 'palette':
      return { title: 'Commands', note: '' }
    case 'menu':
    case 'question': {
      const overlay = ui.topOverlay
      return {
        title: overlay?.kind === 'menu' || overlay?.kind === 'question' ? overlay.title : '',
        note: '',
      }
    }
  }
}

/** What a search found stands out, wherever it is on the page. */
function markMatches(
  frame: Frame,
  lines: ReturnType<typeof pageOf>,
  top: number,
  { ui, theme }: Scene,
  focused: boolean,
): void {
  const { search } = ui.state
  if (search === '' || !focused) return
  for (let y = 0; y < frame.rows && top + y < lines!.length; y++) {
    const text = textOf(lines![top + y]!)
    if (matches(text, search)) frame.put(0, y, text.slice(0, frame.columns * 8), theme.match)
  }
}
