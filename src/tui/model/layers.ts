import type { Choice, PromptKind, SaveKind, Ui } from './state.ts'

export function openPrompt(ui: Ui, kind: PromptKind, text: string, saves?: SaveKind): void {
  ui.state.prompt = {
    kind,
    text,
    before: text,
    past: undefined,
    ...(saves === undefined ? {} : { saves }),
  }
}

export function menu(ui: Ui, title: string, choices: readonly Choice[]): void {
  if (choices.length === 0) return say(ui, 'There is nothing to copy yet.')
  ui.state.choice = 0
  ui.state.overlays.push({ kind: 'menu', title, choices })
}

export function ask(
  ui: Ui,
  title: string,
  lines: readonly string[],
  choices: readonly Choice[],
): void {
  ui.state.choice = choices.length - 1
  ui.state.overlays.push({ kind: 'question', title, lines, choices })
}

export function say(ui: Ui, text: string, level: 'info' | 'warning' | 'error' = 'info'): void {
  ui.state.message = { text, level }
}
