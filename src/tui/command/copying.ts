import { curlCommand, findingIssue } from '../model/copy.ts'
import { counted } from '../../core/verdict/words.ts'
import { openPrompt, say } from '../model/layers.ts'
import type { Choice, Overlay, SaveKind, Ui } from '../model/state.ts'
import type { Effects, Stage } from './stage.ts'

export function copyChoices(stage: Stage): Choice[] {
  const { ui, effects } = stage
  // Before anything has come, what there is to copy is how to begin.
  if (ui.model.rows.length === 0 || ui.topOverlay?.kind === 'connect')
    return effects.offers.map(({ label, text }, place) => ({
      key: String(place + 1),
      label,
      does: () => effects.copy(text, label),
    }))
  return [
    ...(ui.selected === undefined
      ? []
      : [
          {
            key: 'c',
            label: 'the request as curl, secrets as variables',
            does: () => copyCurl(stage),
          },
          { key: 'u', label: 'the URL', does: () => copyUrl(stage) },
        ]),
    ...(ui.group === undefined
      ? []
      : [{ key: 'f', label: 'the finding as a Markdown issue', does: () => copyIssue(stage) }]),
    ...(ui.state.detail === undefined && !isOfDifferences(ui.topOverlay)
      ? []
      : [
          {
            key: 'p',
            label: 'this page as text',
            does: () => effects.copy(pageShown(stage), 'The page'),
          },
        ]),
  ]
}

function isOfDifferences(
  over: Overlay | undefined,
): over is Extract<Overlay, { kind: 'diff' | 'comparison' }> {
  return over?.kind === 'diff' || over?.kind === 'comparison'
}

/** The page that is copied and given to the pager, as text. */
export function pageShown({ ui, masked }: Stage): string {
  const page = ui.state.detail === undefined ? 'preview' : 'detail'
  const over = ui.topOverlay
  return masked(isOfDifferences(over) ? over.kind : page).join('\n')
}

/** What is made of the screen with secrets masked, whatever it shows. */
export function masked<T>({ state }: Ui, make: () => T): T {
  const { revealed } = state
  state.revealed = false
  try {
    return make()
  } finally {
    state.revealed = revealed
  }
}

export function saveChoices({ ui, effects }: Stage): Choice[] {
  const choice = (key: string, label: string, kind: SaveKind): Choice => ({
    key,
    label,
    does: () => askForPath(ui, effects, kind),
  })
  return [
    choice('h', 'all exchanges as HAR, redacted', 'har'),
    choice('m', 'the whole report as Markdown', 'report'),
    choice('j', `JSONL: ${counted(ui.listing.length, 'exchange')} in the list`, 'jsonl'),
    choice('i', 'the findings as SARIF', 'sarif'),
    ...(ui.group === undefined ? [] : [choice('f', 'the finding as Markdown', 'finding')]),
    ...(ui.selected === undefined ? [] : [choice('c', 'the request as curl', 'curl')]),
    choice('s', 'the session', 'session'),
  ]
}

/** Asks where to save. */
export function askForPath(ui: Ui, effects: Pick<Effects, 'pathFor'>, kind: SaveKind): void {
  openPrompt(ui, 'path', effects.pathFor(kind), kind)
}

export function copyCurl({ ui, effects }: Stage): void {
  const held = ui.model.held.get(ui.selected?.id ?? '')
  if (held === undefined) return say(ui, 'authtap no longer holds this exchange.', 'warning')
  effects.copy(curlCommand(held.exchange), 'The curl command')
}

export function copyUrl({ ui, effects }: Stage): void {
  if (ui.selected === undefined) return say(ui, 'No exchange is selected.')
  effects.copy(ui.selected.url, 'The URL')
}

export function copyIssue({ ui, effects }: Stage): void {
  if (ui.group === undefined) return say(ui, 'There is no finding.')
  effects.copy(findingIssue(ui.group.finding, ui.group.evidence.slice(0, 6)), 'The finding')
}

/** The text that a choice of what to save stands for, when it is the screen's own. */
export function textToSave(kind: SaveKind, ui: Ui): string | undefined {
  if (kind === 'finding' && ui.group !== undefined)
    return findingIssue(ui.group.finding, ui.group.evidence.slice(0, 6))
  const held = ui.model.held.get(ui.selected?.id ?? '')
  return kind === 'curl' && held !== undefined ? `${curlCommand(held.exchange)}\n` : undefined
}
