import { counted } from '../../core/verdict/words.ts'
import { ask, openPrompt, say } from '../model/layers.ts'
import type { Choice, Ui } from '../model/state.ts'
import { keyFor } from '../keys/keys.ts'
import { askForPath } from './copying.ts'
import { openHeld } from './holding.ts'
import { type Move, move, moveEvidence, moveTo } from './moves.ts'
import { open } from './opening.ts'
import type { Stage } from './stage.ts'

/** Does what was asked for; what was said before is over. */
export function perform(does: (stage: Stage) => void, stage: Stage): void {
  stage.ui.state.message = undefined
  does(stage)
}

export function toggleHelp({ ui }: Stage): void {
  const { state } = ui
  if (ui.topOverlay?.kind === 'help') return void state.overlays.pop()
  delete state.tops.help
  state.overlays.push({ kind: 'help', pane: ui.pane })
}

export function toggleConnect({ ui }: Stage): void {
  const { state } = ui
  if (ui.topOverlay?.kind === 'connect') return void state.overlays.pop()
  delete state.tops.connect
  state.overlays = [{ kind: 'connect' }]
}

/** What was seen so far is left behind; its flows stay in the list of flows. */
export function beginAnew({ ui }: Stage): void {
  const { model, listing, state, capture, keys } = ui
  if (capture !== undefined) return say(ui, 'This is a capture: there is no new attempt in it.')
  model.begin()
  listing.again()
  listing.pausedAt = undefined
  state.selected = undefined
  state.flow = undefined
  state.onlyBroken = false
  state.finding = undefined
  state.follow = true
  state.detail = undefined
  state.overlays = []
  say(ui, `A new attempt begins. Flows before it stay under ${keyFor('flow', keys)}.`)
}

/** The end of the log is what is new. */
export function openLog({ state }: Ui): void {
  state.tops.log = Infinity
  state.overlays.push({ kind: 'log' })
}

export function openPalette(ui: Ui): void {
  ui.state.choice = 0
  openPrompt(ui, 'palette', '')
}

export function openCurl({ state }: Ui): void {
  state.detail = { tab: 'curl' }
  delete state.tops.detail
}

/** Opens what the cursor is on; in a menu or question, that is a choice. */
export function openOrChoose(stage: Stage): void {
  const { ui } = stage
  const choices = choicesOf(ui)
  if (choices === undefined) {
    if (!openHeld(stage)) open(ui)
  } else choose(ui, choices[ui.state.choice])
}

/** The list of flows without those that got through, or with them; the cursor is on one that is there. */
export function showOnlyBroken(ui: Ui): void {
  const { state } = ui
  state.onlyBroken = !state.onlyBroken
  delete state.tops.flows
  if (!ui.flowsListed.some(({ flow }) => flow.id === ui.flow)) moveTo(ui, 'flows', 0)
}

export function toggle({ state }: Ui, what: 'zoom' | 'revealed' | 'wrap' | 'raw'): void {
  state[what] = !state[what]
}

export function follow(ui: Ui): void {
  if (ui.state.follow) ui.select(ui.selected?.id)
  else ui.state.follow = ui.listing.pausedAt === undefined
}

export function sortOtherwise({ state }: Ui): void {
  state.order = ({ severity: 'count', count: 'time', time: 'severity' } as const)[state.order]
}

export function nextTheme({ ui, effects: { themes } }: Stage): void {
  ui.state.theme = themes[(themes.indexOf(ui.state.theme) + 1) % themes.length]!
}

export function switchMouse({ ui, effects }: Stage): void {
  const { state } = ui
  state.mouse = !state.mouse
  effects.mouse(state.mouse)
  say(ui, state.mouse ? 'The mouse works in authtap.' : 'The mouse selects text.')
}

export function askToClear(ui: Ui): void {
  ask(
    ui,
    'Clear the list?',
    [`${ui.model.rows.length} exchanges leave the list. Findings stay.`],
    [
      { key: 'y', label: 'clear', does: () => clear(ui) },
      { key: 'n', label: 'keep' },
    ],
  )
}

/** Choices of the menu or question that is open. */
function choicesOf({ topOverlay: over }: Ui): readonly Choice[] | undefined {
  return over?.kind === 'menu' || over?.kind === 'question' ? over.choices : undefined
}

/** Takes a choice of the menu or question that is open; without one, that is all that goes. */
export function choose(ui: Ui, choice: Choice | undefined): void {
  ui.state.overlays.pop()
  choice?.does?.()
}

function clear({ model, listing, state }: Ui): void {
  model.clear()
  listing.pausedAt = undefined
  state.selected = undefined
  state.flow = undefined
  state.follow = true
  state.detail = undefined
}

/** What would be lost by quitting is asked about. */
export function quit({ ui, effects }: Stage): void {
  const unsaved = effects.unsaved()
  if (unsaved === 0) return effects.quit(false)
  ask(
    ui,
    'Quit?',
    [`${counted(unsaved, 'exchange')} would be lost: nothing has saved them.`],
    [
      { key: 's', label: 'save them as HAR first', does: () => askForPath(ui, effects, 'har') },
      { key: 'y', label: 'quit without saving', does: () => effects.quit(false) },
      { key: 'n', label: 'stay' },
    ],
  )
}

export function moveIn(stage: Stage, how: Move): void {
  const { ui } = stage
  const { pane } = ui
  if (pane === 'finding' && (how === 'down' || how === 'up') && ui.group !== undefined)
    return moveEvidence(ui, how === 'down' ? 1 : -1)
  move(ui, pane, how, stage.extent(pane))
}

export function pause(ui: Ui): void {
  const { listing, model, state, capture } = ui
  if (capture !== undefined) return say(ui, 'This is a capture: no traffic comes in.')
  if (listing.pausedAt === undefined) {
    state.followedAt = state.follow ? ui.selected?.id : undefined
    ui.select(ui.selected?.id)
    listing.pausedAt = model.rows.length
  } else {
    listing.pausedAt = undefined
    // Who followed the newest goes on with that, unless something else is looked at by now.
    state.follow = state.followedAt !== undefined && state.followedAt === state.selected
  }
}

/** Opens the specification of the finding that is looked at. */
export function browseSpec({ ui, effects }: Stage): void {
  const about = ui.model.findingsAt(ui.selected?.id ?? '')
  const finding = ui.state.view === 'findings' ? ui.group?.finding : (about[0] ?? ui.group?.finding)
  const url = finding?.spec.find((one) => one.url !== '')?.url
  if (url === undefined) return say(ui, 'No finding here has a link.')
  effects.browse(url)
}
