import { moveEvidence, move, type Move } from './moves.ts'
import { back, changeTab, cycle, open, openView } from './opening.ts'
import { askForPath, copyChoices, copyIssue, copyUrl, pageShown, saveChoices } from './copying.ts'
import { compare, find, mark, neighbour, to } from './jumps.ts'
import type { Action } from '../keys/actions.ts'
import { ask, menu, openPrompt, say } from '../model/layers.ts'
import { askToResend } from './resend.ts'
import type { Choice, Ui } from '../model/state.ts'
import { counted } from '../../core/verdict/words.ts'
import type { Stage } from './stage.ts'

export function perform(action: Action, stage: Stage): void {
  const { ui, effects } = stage
  const { state } = ui
  state.message = undefined
  switch (action) {
    case 'live':
    case 'flow':
    case 'findings':
    case 'checklist':
      return openView(ui, action)
    case 'down':
    case 'up':
    case 'pageDown':
    case 'pageUp':
    case 'first':
    case 'last':
      return moveIn(stage, action)
    case 'help':
      if (ui.topOverlay?.kind === 'help') return void state.overlays.pop()
      delete state.tops.help
      return void state.overlays.push({ kind: 'help', pane: ui.pane })
    case 'log':
      state.tops.log = Infinity
      return void state.overlays.push({ kind: 'log' })
    case 'palette':
      state.choice = 0
      return openPrompt(ui, 'palette', '')
    case 'filter':
      return openPrompt(ui, 'filter', state.filter)
    case 'search':
      return openPrompt(ui, 'search', '')
    case 'back':
      return back(ui)
    case 'quit':
      return quit(stage)
    case 'quitNow':
      return effects.quit(true)
    case 'suspend':
      return effects.suspend()
    case 'redraw':
      return effects.redraw()
    case 'nextPane':
      return cycle(stage, 1)
    case 'previousPane':
      return cycle(stage, -1)
    case 'left':
      return state.detail === undefined ? cycle(stage, -1) : changeTab(ui, -1)
    case 'right':
      return state.detail === undefined ? cycle(stage, 1) : changeTab(ui, 1)
    case 'open':
      return choicesOf(ui) === undefined ? open(ui) : choose(ui, choicesOf(ui)![state.choice])
    case 'next':
    case 'previous':
      return neighbour(ui, action === 'next' ? 1 : -1)
    case 'nextMatch':
    case 'previousMatch':
      return find(stage, action === 'nextMatch' ? 1 : -1)
    case 'nextError':
    case 'previousError':
      return to(ui, action === 'nextError' ? 1 : -1, 'finding')
    case 'nextMark':
      return to(ui, 1, 'mark')
    case 'mark':
      return mark(ui)
    case 'resend':
      return askToResend(stage)
    case 'diff':
      return compare(ui)
    case 'zoom':
      state.zoom = !state.zoom
      return
    case 'follow':
      if (state.follow) ui.select(ui.selected?.id)
      else state.follow = ui.listing.pausedAt === undefined
      return
    case 'pause':
      return pause(ui)
    case 'clear':
      return ask(
        ui,
        'Clear the list?',
        [`${ui.model.rows.length} exchanges leave the list. What was found stays.`],
        [
          { key: 'y', label: 'clear', does: () => clear(ui) },
          { key: 'n', label: 'keep' },
        ],
      )
    case 'sort':
      state.order = ({ severity: 'count', count: 'time', time: 'severity' } as const)[state.order]
      return
    case 'theme': {
      const { themes } = effects
      state.theme = themes[(themes.indexOf(state.theme) + 1) % themes.length]!
      return
    }
    case 'mouse':
      state.mouse = !state.mouse
      effects.mouse(state.mouse)
      return say(ui, state.mouse ? "The mouse is authtap's." : 'The mouse selects text.')
    case 'reveal':
      state.revealed = !state.revealed
      return
    case 'wrap':
      state.wrap = !state.wrap
      return
    case 'raw':
      state.raw = !state.raw
      return
    case 'curl':
      state.detail = { tab: 'curl' }
      delete state.tops.detail
      return
    case 'copy':
      return menu(ui, 'Copy', copyChoices(stage))
    case 'copyUrl':
      return copyUrl(stage)
    case 'issue':
      return copyIssue(stage)
    case 'export':
      return menu(ui, 'Save', saveChoices(stage))
    case 'save':
      return askForPath(ui, effects, 'session')
    case 'pager':
    case 'editor':
      return effects.show(pageShown(stage), action)
    case 'spec':
      return spec(stage)
  }
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
  state.follow = true
  state.detail = undefined
}

/** What would be lost by quitting is asked about. */
function quit({ ui, effects }: Stage): void {
  const unsaved = effects.unsaved()
  if (unsaved === 0) return effects.quit(false)
  ask(
    ui,
    'Quit?',
    [`${counted(unsaved, 'exchange')} would be gone: nothing has written them down.`],
    [
      { key: 's', label: 'save them as HAR first', does: () => askForPath(ui, effects, 'har') },
      { key: 'y', label: 'quit all the same', does: () => effects.quit(false) },
      { key: 'n', label: 'stay' },
    ],
  )
}

function moveIn(stage: Stage, how: Move): void {
  const { ui } = stage
  const { pane } = ui
  if (pane === 'finding' && (how === 'down' || how === 'up') && ui.group !== undefined)
    return moveEvidence(ui, how === 'down' ? 1 : -1)
  move(ui, pane, how, stage.extent(pane))
}

function pause(ui: Ui): void {
  const { listing, model, state, capture } = ui
  if (capture !== undefined) return say(ui, 'This is a capture: nothing comes in.')
  if (listing.pausedAt === undefined) {
    ui.select(ui.selected?.id)
    listing.pausedAt = model.rows.length
  } else {
    listing.pausedAt = undefined
    state.follow = false
  }
}

function spec({ ui, effects }: Stage): void {
  const about = ui.model.findingsAt(ui.selected?.id ?? '')
  const finding = ui.state.view === 'findings' ? ui.group?.finding : (about[0] ?? ui.group?.finding)
  const url = finding?.spec.find((one) => one.url !== '')?.url
  if (url === undefined) return say(ui, 'No finding here has a link.')
  effects.browse(url)
}
