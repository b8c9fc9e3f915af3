import { checklistRows } from '../model/checklist.ts'
import type { PaneName } from '../keys/pane.ts'
import { statusText } from '../model/rows.ts'
import type { Rect } from '../term/frame.ts'
import { listLines } from './list.ts'
import { stripStep } from './finding-strip.ts'
import { flowPlaces, stepRows } from './flow.ts'
import { roomOf } from './layout.ts'
import { textOf } from './line.ts'
import { pageOf } from './pages.ts'
import type { Scene } from './scene.ts'

/** Which item stands in a row of a pane, counted from below its border. */
export function itemAt(
  pane: PaneName,
  y: number,
  place: Rect,
  { ui, ...rest }: Scene,
): number | undefined {
  const scene = { ui, ...rest }
  const top = ui.state.tops[pane] ?? 0
  if (y < 0 || y >= roomOf(place)) return undefined
  switch (pane) {
    case 'list':
      return y === 0 ? undefined : listLines({ ui }, roomOf(place) - 1, top)[y - 1]?.place
    case 'flows':
      return y === 0 ? undefined : top + y - 1
    case 'findings':
      return top + Math.floor(y / stripStep(place.columns - 2, roomOf(place), ui.groups.length))
    case 'checklist': {
      const rows = checklistRows(ui.model)
      const categories = rows.flatMap((row, at) => ('category' in row ? [at] : []))
      return categories[y]
    }
    case 'steps': {
      const columns = place.columns - 2
      let row = columns < 60 ? 0 : 1
      const places = flowPlaces(scene, columns)
      for (let at = top; at < places.length; at++) {
        row += stepRows(places[at]!)
        if (y < row) return at
      }
      return undefined
    }
    case 'question':
      return undefined
    default:
      return top + y
  }
}

/** What a search looks through: the lines of a page, the items of a list. */
export function textsOf(pane: PaneName, place: Rect, scene: Scene): string[] {
  const page = pageOf(pane, place, scene)
  if (page !== undefined) return page.map((spans) => textOf(spans).replace(/^ /, ''))
  const { ui } = scene
  switch (pane) {
    case 'list':
      return Array.from({ length: ui.listing.length }, (_, at) => {
        const row = ui.listing.at(at)!
        return `#${row.id} ${row.method} ${row.url} ${statusText(row)} ${row.kind} ${row.summary}`
      })
    case 'rules':
    case 'findings':
      return ui.groups.map(({ key, finding }) => `${key} ${finding.title} ${finding.message}`)
    case 'items':
    case 'checklist':
      return checklistRows(ui.model).map((row) =>
        'category' in row
          ? row.category.name
          : `${row.item.item} ${row.item.text} ${row.item.state}`,
      )
    case 'flows':
      return ui.flowsListed.map(
        ({ flow }) => `flow ${flow.id} ${flow.outcome} ${flow.resource} ${flow.clientId}`,
      )
    case 'steps':
      return flowPlaces(scene, place.columns - 2).map(
        ({ step }) => `#${step.exchange} ${step.row?.method} ${step.row?.url} ${step.summary}`,
      )
    default:
      return []
  }
}
