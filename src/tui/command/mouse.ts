import type { KeyLine } from '../keys/keys.ts'
import type { PaneName } from '../keys/pane.ts'
import type { Ui } from '../model/state.ts'
import { move, moveTo, type Extent } from './moves.ts'

/** What the mouse does, for the help. */
export const mouseKeys: readonly KeyLine[] = [
  { section: 'Mouse', shown: 'click', text: 'select; again: open; tab, hint, verdict: go there' },
  { section: 'Mouse', shown: 'wheel', text: 'scroll three lines' },
  { section: 'Mouse', shown: 'Shift-drag', text: 'select text with the terminal' },
]

/** A click in a pane: what is clicked is selected. True when it was selected before, so that the click opens it. */
export function click(ui: Ui, pane: PaneName, place: number | undefined, extent: Extent): boolean {
  const { state } = ui
  const isOver = ui.topOverlay !== undefined || state.detail !== undefined
  const wasFocused = isOver || state.focus[state.view] === pane
  if (!isOver) state.focus[state.view] = pane
  if (extent.cursor === undefined || place === undefined || place >= extent.total) return false
  const again = wasFocused && extent.cursor === place
  moveTo(ui, pane, place)
  return again
}

/** Lines for a notch of the wheel. */
const notch = 3

export function turnWheel(ui: Ui, pane: PaneName, notches: number, extent: Extent): void {
  move(ui, pane, notches > 0 ? 'down' : 'up', extent, notch * Math.abs(notches))
}
