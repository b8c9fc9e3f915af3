import { matches } from '../model/search.ts'
import { alignView, changeFlow, jump, move } from './moves.ts'
import { keyFor } from '../keys/keys.ts'
import { say } from '../model/layers.ts'
import type { Ui } from '../model/state.ts'
import { brokenFirst } from '../model/attempt.ts'
import { groupKey } from '../model/findings.ts'
import type { Role } from '../model/roles.ts'
import { openDetail } from './opening.ts'
import type { Stage } from './stage.ts'

/** The exchange or flow beside the one that is shown. */
export function neighbour(ui: Ui, by: 1 | -1): void {
  if (ui.state.detail === undefined) {
    if (!changeFlow(ui, by)) say(ui, 'There is no further flow in that direction.')
    return
  }
  delete ui.state.tops.detail
  if (!jump(ui, by, () => true)) say(ui, 'There is no further exchange in that direction.')
}

/** Opens the step that broke first, where the evidence stands. */
export function goToBroken(ui: Ui): void {
  const broken = brokenFirst(ui.model)
  if (broken === undefined) return say(ui, 'Nothing is broken so far.')
  const { finding, exchange } = broken
  ui.state.overlays = []
  ui.select(exchange)
  ui.state.finding = groupKey(finding)
  ui.state.evidence = 0
  openDetail(ui, finding.evidence.find((one) => one.exchange === exchange)?.at)
}

/** The next or previous exchange that is at fault, or that is marked. */
export function to(ui: Ui, by: 1 | -1, what: 'finding' | 'mark'): void {
  const wanted = what === 'mark' ? (id: string) => ui.state.marked.has(id) : atFault(ui)
  // After the last comes the first again.
  const found = jump(ui, by, wanted) || wrapAround(ui, by, wanted)
  if (!found)
    say(
      ui,
      what === 'mark'
        ? `No exchange is marked: ${keyFor('mark', ui.keys)} marks one.`
        : 'No exchange is at fault.',
    )
  else alignView(ui)
}

/** Those that broke something, and those that a warning is about; not what merely proves it or follows from it. */
function atFault({ parts }: Ui): (id: string) => boolean {
  const wanted: readonly (Role | undefined)[] = ['culprit', 'warning']
  return (id) => wanted.includes(parts.of(id)?.role)
}

function wrapAround(ui: Ui, by: 1 | -1, wanted: (id: string) => boolean): boolean {
  const { listing } = ui
  for (let step = 0; step < listing.length; step++) {
    const id = listing.at(by === 1 ? step : listing.length - 1 - step)!.id
    if (!wanted(id)) continue
    ui.select(id)
    return true
  }
  return false
}

export function mark(ui: Ui): void {
  const id = ui.pane === 'flows' ? ui.flow : ui.selected?.id
  if (id === undefined) return
  const { marked } = ui.state
  if (!marked.delete(id)) marked.add(id)
}

/** Compares the marked flow with the one that the cursor is on, the newest that is marked; elsewhere two exchanges. */
export function compare({ ui, effects }: Stage): void {
  const { state, model, keys, flow } = ui
  // Where nothing is marked, of two captures all of it is meant.
  if (ui.hasTwo && state.marked.size === 0) return effects.compare('captures')
  if (ui.pane !== 'flows') return compareExchanges(ui)
  const marked = [...state.marked].findLast((id) => id !== flow && model.flows.has(id))
  if (flow !== undefined && marked !== undefined) return effects.compare({ a: marked, b: flow })
  say(
    ui,
    `Mark a flow with ${keyFor('mark', keys)}, go to another, then ${keyFor('diff', keys)} compares the two.`,
  )
}

/** What differs between a marked exchange and the selected one: marked ones of the same kind are preferred, the newest first. */
function compareExchanges(ui: Ui): void {
  const { model, selected, state, keys } = ui
  if (selected === undefined) return say(ui, 'No exchange is selected.')
  const others = [...state.marked]
    .filter((id) => id !== selected.id)
    .flatMap((id) => model.row(id) ?? [])
    .sort((a, b) => b.index - a.index)
  const left = others.find(({ kind }) => kind === selected.kind) ?? others[0]
  const [marks, diffs] = [keyFor('mark', keys), keyFor('diff', keys)]
  if (left === undefined)
    return say(
      ui,
      state.marked.has(selected.id)
        ? `This exchange is marked. Select another, then ${diffs} compares the two.`
        : `Mark an exchange with ${marks}, select another, then ${diffs} compares the two.`,
    )
  delete state.tops.diff
  state.overlays.push({ kind: 'diff', left: left.id, right: selected.id })
}

/** The next or previous line or item that holds what is searched. */
export function find(stage: Stage, by: 1 | -1): void {
  const { ui } = stage
  const { state, pane } = ui
  if (state.search === '')
    return say(ui, `There is no search yet: ${keyFor('search', ui.keys)} searches.`)
  const texts = stage.texts(pane)
  const { cursor, total, seen } = stage.extent(pane)
  const start = cursor ?? state.tops[pane] ?? 0
  let isSeen = false
  for (let step = 1; step <= texts.length; step++) {
    const place = (start + by * step + texts.length * 2) % texts.length
    if (!matches(texts[place]!, state.search)) continue
    if (cursor !== undefined)
      return move(
        ui,
        pane,
        place > cursor ? 'down' : 'up',
        stage.extent(pane),
        Math.abs(place - cursor),
      )
    // What stands on the last page cannot be scrolled to its top: all of it is seen at once.
    const top = Math.max(0, Math.min(place, total - seen))
    isSeen ||= top === start
    if (top !== start) return void (state.tops[pane] = top)
  }
  if (!isSeen) say(ui, `${state.search} is not in this pane.`, 'warning')
}
