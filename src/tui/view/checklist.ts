import {
  type ChecklistCategory,
  type ChecklistRow,
  checklistCategories,
  checklistRows,
} from '../model/checklist.ts'
import type { Frame } from '../term/frame.ts'
import { type State, marks } from '../term/theme.ts'
import { pad } from '../term/width.ts'
import { type Line, type Span, putLine, scrollBar, textOf } from './line.ts'
import type { Scene } from './scene.ts'

/** Six categories, one row each. */
export function drawCategories(frame: Frame, scene: Scene, focused: boolean): void {
  const chosen = scene.ui.state.item
  const rows = checklistRows(scene.ui.model)
  const categories = checklistCategories(scene.ui.model)
  const current = rows.slice(0, chosen + 1).findLast((row) => 'category' in row)
  categories.slice(0, frame.rows).forEach((category, y) => {
    const isChosen =
      focused &&
      current !== undefined &&
      'category' in current &&
      current.category.name === category.name
    put(frame, y, categoryLine(category, frame.columns), isChosen, scene)
  })
}

/** All items below their categories. */
export function drawChecklist(frame: Frame, scene: Scene, top: number): void {
  const { ui } = scene
  const rows = checklistRows(ui.model)
  rows.slice(top, top + frame.rows).forEach((row, y) => {
    const spans =
      'category' in row
        ? categoryLine(row.category, frame.columns)
        : itemLine(row, scene, frame.columns)
    put(frame, y, spans, top + y === ui.state.item, scene)
  })
  scrollBar(frame, frame.columns - 1, 0, frame.rows, { top, total: rows.length }, scene.theme)
}

/** How many items passed, failed, could not be seen, and did not come up. */
export function checklistCounts(scene: Scene): Readonly<Record<State, number>> {
  const counts = { pass: 0, fail: 0, warn: 0, info: 0, blind: 0, notSeen: 0, partly: 0 }
  for (const { items } of checklistCategories(scene.ui.model))
    for (const { state } of items) counts[state] += 1
  return counts
}

export function checklistNote(scene: Scene): string {
  const { pass, fail, blind, notSeen } = checklistCounts(scene)
  return [
    `${pass} pass`,
    `${fail} fail`,
    ...(blind > 0 ? [`${blind} blind`] : []),
    `${notSeen} not seen`,
  ].join('  ')
}

function categoryLine({ name, state, items, passed }: ChecklistCategory, columns: number): Line {
  const mark = marks[state]
  const bar = items.map((item) => ({ pass: '█', fail: '▒' })[item.state as string] ?? '·').join('')
  return [
    { text: ` ${mark.glyph} `, style: mark.style },
    { text: pad(name, Math.min(20, Math.max(8, columns - 24))), style: 'strong' },
    { text: pad(mark.word.toUpperCase(), 9), style: mark.style },
    ...(columns >= 44 ? [{ text: pad(bar, 7), style: mark.style }] : []),
    { text: `${passed}/${items.length}`, style: 'dim' },
  ]
}

function itemLine(
  { item }: Extract<ChecklistRow, { item: unknown }>,
  scene: Scene,
  columns: number,
): Line {
  const mark = marks[item.state]
  const selected = scene.ui.selected?.id
  const here = item.exchange !== undefined && item.exchange === selected ? '▶' : ' '
  const where = item.exchange === undefined ? '' : `#${item.exchange}`
  const word = columns >= 60 ? pad(mark.word, 8) : ''
  const left: Span[] = [
    { text: `  ${here} ${mark.glyph} ${word} `, style: mark.style },
    { text: `${item.item}  `, style: 'dim' },
  ]
  const room = columns - textOf(left).length - 8
  return [...left, { text: pad(item.text, room) }, { text: ` ${where}`, style: 'key' }]
}

function put(frame: Frame, y: number, spans: Line, chosen: boolean, { theme }: Scene): void {
  if (chosen) frame.put(0, y, pad(textOf(spans), frame.columns), theme.selected)
  else putLine(frame, y, spans, theme)
}
