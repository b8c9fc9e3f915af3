import type { Prompt, State } from './model-state.ts'

/** Longer than any filter or path. */
const limit = 4000

export type PromptResult = 'typing' | 'done' | 'cancelled'

/** What a key does to the text that is being typed. */
export function typeKey(state: State, key: string, text: string | undefined): PromptResult {
  const prompt = state.prompt!
  switch (key) {
    case 'enter':
      remember(state, prompt)
      return 'done'
    case 'escape':
    case 'C-c':
      return 'cancelled'
    case 'backspace':
      prompt.text = [...prompt.text].slice(0, -1).join('')
      break
    case 'C-u':
      prompt.text = ''
      break
    case 'C-w':
      prompt.text = prompt.text.replace(/\S*\s*$/, '')
      break
    case 'up':
      showPast(state, prompt, -1)
      return 'typing'
    case 'down':
      showPast(state, prompt, 1)
      return 'typing'
    default:
      if (text !== undefined) typeText(state, text)
      return 'typing'
  }
  prompt.past = undefined
  return 'typing'
}

/** A paste is text, on one line. */
export function typeText(state: State, text: string): void {
  const prompt = state.prompt!
  prompt.text = (prompt.text + text.replaceAll(/\s*\n\s*/g, ' ')).slice(0, limit)
  prompt.past = undefined
}

function remember(state: State, { kind, text }: Prompt): void {
  if (text.trim() === '') return
  const past = state.history[kind].filter((one) => one !== text)
  state.history[kind] = [...past, text].slice(-50)
}

function showPast(state: State, prompt: Prompt, by: 1 | -1): void {
  const past = state.history[prompt.kind]
  if (past.length === 0) return
  const from = prompt.past ?? past.length
  const place = Math.max(0, Math.min(past.length, from + by))
  prompt.past = place === past.length ? undefined : place
  prompt.text = past[place] ?? ''
}
