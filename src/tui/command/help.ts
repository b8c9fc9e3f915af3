import { type Key, type KeyLine, keyFor } from '../keys/keys.ts'
import { mouseKeys } from './mouse.ts'
import { brokenFirst } from '../model/attempt.ts'
import type { PaneName } from '../keys/pane.ts'
import { promptKeys } from './prompt.ts'
import type { Ui } from '../model/state.ts'

const ofDifferences = [
  ['back', 'close'],
  ['search', 'search'],
  ['wrap', 'wrap'],
  ['copy', 'copy'],
  ['pager', 'pager'],
  ['reveal', 'secrets'],
] as const

/** What is to be done with what lies over a view. */
const overlayHints: Readonly<Partial<Record<PaneName, readonly (readonly [string, string])[]>>> = {
  menu: [
    ['open', 'choose'],
    ['back', 'cancel'],
  ],
  question: [
    ['open', 'choose'],
    ['back', 'cancel'],
  ],
  help: [
    ['back', 'close'],
    ['search', 'search'],
    ['pageDown', 'page down'],
  ],
  connect: [
    ['back', 'close'],
    ['copy', 'copy a line'],
  ],
  log: [
    ['back', 'close'],
    ['search', 'search'],
  ],
  diff: ofDifferences,
  comparison: ofDifferences,
}

/** What the keys of a pane do now, in few words; first what works in this pane alone. */
export function hintsFor(ui: Ui): KeyLine[] {
  const { pane, model, state, keys, holding } = ui
  const over = overlayHints[pane]
  if (over !== undefined)
    return over.map(([action, text]) => ({
      shown: keyFor(action, keys),
      text,
      section: '',
      action,
    }))
  const isEmpty = model.rows.length === 0
  // Who watches the proxy of another sees what is held there, and decides nothing.
  const decides = holding !== undefined && model.onHold.size > 0
  const needed: Readonly<Record<string, boolean>> = {
    next: pane === 'detail' || model.flows.size > 1,
    previous: model.flows.size > 1,
    nextError: ui.groups.length > 0,
    broken: brokenFirst(model) !== undefined,
    attempt: model.findings.size > 0 && ui.capture === undefined,
    connect: isEmpty && ui.capture === undefined,
    spec: model.findings.size > 0,
    mark: pane === 'flows' && model.flows.size > 1,
    diff: state.marked.size > 0 || ui.hasTwo,
    letGo: decides,
    changeHeld: decides,
    answerHeld: decides,
    cutHeld: decides,
    open: !isEmpty,
    filter: !isEmpty,
    search: !isEmpty,
    pause: !isEmpty && ui.capture === undefined,
  }
  // How to get help, and out, has to be there however little room is left.
  const first = ['help', 'quit', 'open']
  const rank = ({ action, panes }: Key) =>
    first.includes(action) ? first.indexOf(action) : panes === undefined ? 4 : 3
  return keys
    .filter(({ panes, hint }) => hint !== undefined && (panes ?? [pane]).includes(pane))
    .filter(({ action, shown }) => needed[action] !== false && shown !== '')
    .toSorted((a, b) => rank(a) - rank(b))
    .map(({ action, shown, hint, section }) => ({
      shown: shown.split(/ {2}/)[0]!,
      text:
        action === 'open' && pane === 'detail'
          ? 'next tab'
          : action === 'pause' && ui.listing.pausedAt !== undefined
            ? 'go on'
            : hint!,
      section,
      action,
    }))
}

/** Every key: first those of the pane that was in use. */
export function helpFor(ui: Ui): KeyLine[] {
  const overlay = ui.topOverlay
  const pane = overlay?.kind === 'help' ? overlay.pane : ui.pane
  const own = ui.keys.filter(({ panes }) => panes?.includes(pane) === true)
  const rest = ui.keys.filter(({ panes }) => panes?.includes(pane) !== true)
  return everyKey([...own, ...rest])
}

/** Keys of the table, those of a prompt, and the mouse. */
export function everyKey(table: readonly Key[]): KeyLine[] {
  return [...table.filter(({ shown }) => shown !== ''), ...promptKeys, ...mouseKeys]
}
