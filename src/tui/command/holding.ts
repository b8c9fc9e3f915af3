import type { Decision } from '../../core/intercept/decision.ts'
import {
  answerDraft,
  heldText,
  readAnswer,
  readHeld,
  type Unsendable,
  withoutRemarks,
  withRemarks,
} from '../../core/intercept/held-text.ts'
import type { HeldMessage, Holding } from '../../core/intercept/holding.ts'
import { keyFor } from '../keys/keys.ts'
import { menu, say } from '../model/layers.ts'
import type { Ui } from '../model/state.ts'
import { openDetail } from './opening.ts'
import type { Stage } from './stage.ts'

const cannotHold = 'Nothing passes through here that could be held.'
const nothingHeld = 'Nothing is held.'

/** Holds what the filter shows, or else what is like the selected exchange; the second time it holds that no longer. */
export function holdThese(stage: Stage): void {
  const { ui } = stage
  const row = ui.selected
  const filter =
    ui.state.filter !== '' ? ui.state.filter : row === undefined ? '' : `kind:${row.kind}`
  if (filter === '') return say(ui, 'Select an exchange or filter first: what is like it is held.')
  switchHold(stage, filter, `what matches ${filter}`)
}

export function holdAll(stage: Stage): void {
  switchHold(stage, '', 'everything')
}

function switchHold({ ui, effects: { holding } }: Stage, filter: string, what: string): void {
  if (holding === undefined) return say(ui, cannotHold)
  if (holding.holds.remove(filter)) return say(ui, `From now on ${what} passes.`)
  const problem = holding.holds.add(filter)
  if (problem !== undefined) return say(ui, problem, 'warning')
  say(ui, `From now on ${what} is held; ${keyFor('letGo', ui.keys)} lets it go.`)
}

/** The exchange that is meant: the named one, else the selected one if it is held, else the one that is held longest. */
function meant(
  { ui, effects: { holding } }: Stage,
  named: string | undefined,
): { at: HeldMessage; holding: Holding } | undefined {
  if (holding === undefined) return void say(ui, cannotHold)
  const possible = named === undefined ? [ui.selected?.id, ...ui.model.onHold] : [named]
  const ids = possible.filter((id) => id !== undefined)
  const at = ids.map((id) => holding.at(id)).find((one) => one !== undefined)
  if (at === undefined)
    return void say(ui, named === undefined ? nothingHeld : `#${named} is no longer held.`)
  return { at, holding }
}

export function letGo(stage: Stage, id?: string): void {
  const found = meant(stage, id)
  if (found === undefined) return
  const { at, holding } = found
  holding.decide(at.id, { does: 'go' })
  say(stage.ui, `${nameOf(at)} goes on as it is.`)
}

export function cutHeld(stage: Stage, id?: string): void {
  const found = meant(stage, id)
  if (found === undefined) return
  const { at, holding } = found
  holding.decide(at.id, { does: 'cut', how: 'closed' })
  say(stage.ui, `The connection of #${at.id} was cut.`)
}

export function changeHeld(stage: Stage, id?: string): void {
  const found = meant(stage, id)
  if (found === undefined) return
  const { at, holding } = found
  const remarks = [
    `authtap holds ${nameOf(at, 'the')} (${at.message.method} ${at.message.url.split('?', 1)[0]}).`,
    'What you make of it is sent when you leave the editor; as it is, or empty, it stays held.',
    'Its length follows. The lines that begin with # here are not sent.',
  ]
  const read = (text: string): Decision | Unsendable => {
    const message = readHeld(text, at.message, at.fixed)
    return 'error' in message ? message : { does: 'go', message }
  }
  void write(stage, found, { remarks, draft: heldText(at.message), read }).then((sent) => {
    if (sent) say(stage.ui, `${nameOf(at)} goes on changed.`)
    holding.rest(at.id)
  })
}

/** What the person writes goes to the client, and nothing to the server. */
export function answerHeld(stage: Stage, id?: string): void {
  const found = meant(stage, id)
  if (found === undefined) return
  const { at, holding } = found
  const { side, sendsOn, method, url } = at.message
  if (side === 'response')
    return say(
      stage.ui,
      `#${at.id} is answered already: ${keyFor('changeHeld', stage.ui.keys)} changes the answer.`,
    )
  if (sendsOn === true)
    return say(stage.ui, 'Nobody answers here: this only sends a browser on.', 'warning')
  const remarks = [
    `Your answer to ${nameOf(at, 'the')} (${method} ${url.split('?', 1)[0]}), in the place of the server.`,
    'The client gets it when you leave the editor; empty, the request stays held.',
    'Its length follows. The lines that begin with # here are not sent.',
  ]
  const read = (text: string): Decision | Unsendable => {
    const answer = readAnswer(text)
    return 'error' in answer ? answer : { does: 'answer', answer }
  }
  void write(stage, found, { remarks, draft: answerDraft(), read, mayStay: true }).then((sent) => {
    if (sent) say(stage.ui, `#${at.id} was answered by you.`)
    holding.rest(at.id)
  })
}

interface Writing {
  readonly remarks: readonly string[]
  readonly draft: string
  /** Left as it is, it is sent all the same. */
  readonly mayStay?: boolean
  read(text: string): Decision | Unsendable
}

/** Until it can be sent or the person has enough: what cannot be sent comes back with the reason, and nothing is lost. */
async function write(
  { ui, effects }: Stage,
  { at, holding }: { at: HeldMessage; holding: Holding },
  { remarks, draft, mayStay = false, read }: Writing,
): Promise<boolean> {
  holding.work(at.id)
  let text = draft
  let said = remarks
  for (let isFirst = true; ; isFirst = false) {
    const edited = await effects.edit(withRemarks(said, text))
    if ('failure' in edited) return told(ui, `${edited.failure} #${at.id} is still held.`)
    const written = withoutRemarks(edited.text)
    const isSame = written === text && !(mayStay && isFirst)
    if (written.trim() === '' || isSame)
      return told(ui, `Nothing was changed, and #${at.id} is still held.`)
    const decision = read(written)
    if (!('error' in decision))
      return (
        holding.decide(at.id, decision) ||
        told(ui, `The client has given up #${at.id} meanwhile: nothing was sent.`)
      )
    text = written
    said = [`This cannot be sent: ${decision.error}`, ...remarks]
  }
}

function told(ui: Ui, text: string): false {
  say(ui, text, 'warning')
  return false
}

/** What can be done with an exchange that is held; false where it is not. */
export function openHeld(stage: Stage): boolean {
  const { ui, effects } = stage
  const row = ui.selected
  const isList = ui.pane === 'list' || ui.pane === 'steps'
  const at = row === undefined || !isList ? undefined : effects.holding?.at(row.id)
  if (row === undefined || at === undefined) return false
  // What comes meanwhile must not take its place.
  const { id } = row
  ui.select(id)
  menu(ui, `${nameOf(at)} is held`, [
    { key: 'a', label: 'let it go', does: () => letGo(stage, id) },
    { key: 'C', label: 'change it in $EDITOR', does: () => changeHeld(stage, id) },
    { key: 'A', label: 'answer in the place of the server', does: () => answerHeld(stage, id) },
    { key: 'X', label: 'cut the connection', does: () => cutHeld(stage, id) },
    { key: 'o', label: 'look at it', does: () => openDetail(ui) },
  ])
  return true
}

function whatOf({ side, isEvent }: HeldMessage['message']): string {
  return isEvent === true ? 'event' : side === 'request' ? 'request' : 'answer'
}

function nameOf({ id, message }: HeldMessage, article = 'The'): string {
  return `${article} ${whatOf(message)} of #${id}`
}
