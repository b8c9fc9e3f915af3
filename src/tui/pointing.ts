import type { Action } from './command/actions.ts'
import { click } from './command/mouse.ts'
import { openView } from './command/opening.ts'
import { openOrChoose, perform } from './command/perform.ts'
import type { Stage } from './command/stage.ts'
import type { PaneName } from './keys/pane.ts'
import type { Rect } from './term/frame.ts'
import type { MouseEvent } from './term/input-event.ts'
import { paneAt } from './term/panes.ts'
import { clickedAction, tabPlaces } from './view/chrome.ts'
import { itemAt } from './view/items.ts'
import type { Scene } from './view/scene.ts'
import { panesOf } from './view/screen.ts'

/** What is on the screen, and what may be done with it. */
export interface Pointed {
  readonly scene: Scene
  readonly commands: readonly Action[]
  /** Made anew for what is done after the first. */
  stage(): Stage
}

/** The pane under the mouse. */
export function paneUnder(
  x: number,
  y: number,
  { scene, commands }: Omit<Pointed, 'stage'>,
): PaneName | undefined {
  const pane = paneAt(panesOf(scene, commands) as Record<PaneName, Rect>, x, y)
  // What lies below an overlay is not to be touched.
  return scene.ui.topOverlay === undefined || pane === scene.ui.pane ? pane : undefined
}

/** A click: on a tab, on the verdict, on a hint, or in a pane. */
export function clickAt({ x, y }: MouseEvent, { scene, commands, stage }: Pointed): void {
  const { ui } = scene
  if (y === 0) {
    const tab = tabPlaces(scene).find((one) => x >= one.x && x < one.x + one.columns)
    if (tab !== undefined) perform(() => openView(ui, tab.view), stage())
    return
  }
  const wanted = clickedAction(scene, x, y)
  const action = commands.find((one) => one.action === wanted)
  if (action !== undefined) return perform(action.does, stage())
  const pane = paneUnder(x, y, { scene, commands })
  if (pane === undefined) return
  const place = panesOf(scene, commands)[pane]!
  const item = itemAt(pane, y - place.y - 1, place, scene)
  const again = click(ui, pane, item, stage().extent(pane))
  const isChoice = pane === 'menu' || pane === 'question'
  if (again || isChoice) perform(openOrChoose, stage())
}
