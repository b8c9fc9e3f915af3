import { keyTable } from './model-keys.ts'
import type { Ui } from './model-state.ts'
import type { Command } from './view/overlay.ts'
import type { KeyLine } from './view/scene.ts'

/** Every command, for the palette. */
export function commandsOf(): Command[] {
  return keyTable.map(({ action, shown, text }) => ({ action, keys: shown, text }))
}

/** What the keys of a pane do now, in few words; first what works in this pane alone. */
export function hintsFor(ui: Ui): KeyLine[] {
  const { pane, model } = ui
  const isEmpty = model.rows.length === 0
  const needed: Readonly<Record<string, boolean>> = {
    next: pane === 'detail' || model.flows.size > 1,
    previous: model.flows.size > 1,
    nextError: model.findings.size > 0,
    spec: model.findings.size > 0,
    open: !isEmpty,
    filter: !isEmpty,
    search: !isEmpty,
    pause: !isEmpty,
  }
  const rank = ({ action, panes }: (typeof keyTable)[number]) =>
    action === 'help' ? 0 : action === 'open' ? 1 : panes === undefined ? 3 : 2
  return keyTable
    .filter(({ panes, hint }) => hint !== undefined && (panes ?? [pane]).includes(pane))
    .filter(({ action }) => needed[action] !== false)
    .toSorted((a, b) => rank(a) - rank(b))
    .map(({ shown, hint, section }) => ({ keys: shown.split(/ {2}/)[0]!, text: hint!, section }))
}

/** Every key: first those of the pane that was in use. */
export function helpFor(ui: Ui): KeyLine[] {
  const overlay = ui.topOverlay
  const pane = overlay?.kind === 'help' ? overlay.pane : ui.pane
  const own = keyTable.filter(({ panes }) => panes?.includes(pane) === true)
  const rest = keyTable.filter(({ panes }) => panes?.includes(pane) !== true)
  return [...own, ...rest]
    .filter(({ shown }) => shown !== '')
    .map(({ shown, text, section }) => ({ keys: shown, text, section }))
}
