import { curlCommand, findingIssue } from '../model/copy.ts'
import { counted } from '../../core/verdict/words.ts'
import { say } from '../model/layers.ts'
import type { Choice, SaveKind, Ui } from '../model/state.ts'
import type { Stage } from './stage.ts'

export function copyChoices({ ui, effects }: Stage): Choice[] {
  // Before anything has come, what there is to copy is how to begin.
  if (ui.model.rows.length === 0)
    return effects.offers.map(({ label }, place) => ({
      key: String(place + 1),
      label,
      does: `offer ${place}`,
    }))
  return [
    ...(ui.selected === undefined
      ? []
      : [
          { key: 'c', label: 'the request as curl, secrets as variables', does: 'copyCurl' },
          { key: 'u', label: 'the URL', does: 'copyUrl' },
        ]),
    ...(ui.group === undefined
      ? []
      : [{ key: 'f', label: 'the finding as a Markdown issue', does: 'copyIssue' }]),
    ...(ui.state.detail === undefined && ui.topOverlay?.kind !== 'diff'
      ? []
      : [{ key: 'p', label: 'this page as text', does: 'copyPage' }]),
  ]
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

/** Copies a line that points a client at the proxy. */
export function copyOffer({ effects }: Stage, place: number): void {
  const offer = effects.offers[place]
  if (offer !== undefined) effects.copy(offer.text, offer.label)
}

export function saveChoices(ui: Ui): Choice[] {
  return [
    { key: 'h', label: 'all exchanges as HAR, redacted', does: 'har' },
    { key: 'm', label: 'the whole report as Markdown', does: 'report' },
    {
      key: 'j',
      label: `JSONL: ${counted(ui.listing.length, 'exchange')} in the list`,
      does: 'jsonl',
    },
    { key: 'i', label: 'the findings as SARIF', does: 'sarif' },
    ...(ui.group === undefined
      ? []
      : [{ key: 'f', label: 'the finding as Markdown', does: 'finding' }]),
    ...(ui.selected === undefined
      ? []
      : [{ key: 'c', label: 'the request as curl', does: 'curl' }]),
    { key: 's', label: 'the session', does: 'session' },
  ]
}

export function copyCurl({ ui, effects }: Stage): void {
  const held = ui.model.held.get(ui.selected?.id ?? '')
  if (held === undefined) return say(ui, 'This exchange is no longer held.', 'warning')
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
