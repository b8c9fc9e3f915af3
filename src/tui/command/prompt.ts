import { type KeyLine, shownKeys } from '../keys/keys.ts'
import type { Prompt, State } from '../model/state.ts'

/** Longer than any filter or path. */
const limit = 4000

export type PromptResult = 'typing' | 'done' | 'cancelled'

interface PromptKey {
  readonly keys: readonly string[]
  readonly text: string
  does(state: State, prompt: Prompt): PromptResult
}

const promptTable: readonly PromptKey[] = [
  {
    keys: ['enter'],
    text: 'accept what is typed',
    does: (state, prompt) => {
      remember(state, prompt)
      return 'done'
    },
  },
  { keys: ['escape', 'C-c'], text: 'cancel', does: () => 'cancelled' },
  { keys: ['up'], text: 'earlier input', does: (state, prompt) => past(state, prompt, -1) },
  {
    keys: ['down'],
    text: 'later input',
    does: (state, prompt) => past(state, prompt, 1),
  },
  {
    keys: ['backspace'],
    text: 'delete the last character',
    does: (_, prompt) => edit(prompt, [...prompt.text].slice(0, -1).join('')),
  },
  {
    keys: ['C-w'],
    text: 'delete the last word',
    does: (_, prompt) => edit(prompt, prompt.text.replace(/\S*\s*$/, '')),
  },
  { keys: ['C-u'], text: 'clear', does: (_, prompt) => edit(prompt, '') },
]

/** What keys do while something is typed; nobody can change them. */
export const promptKeys: readonly KeyLine[] = promptTable.map(({ keys, text }) => ({
  section: 'Prompt',
  shown: shownKeys(keys),
  text,
}))

/** What a key does to the text that is being typed. */
export function typeKey(state: State, key: string, text: string | undefined): PromptResult {
  const known = promptTable.find(({ keys }) => keys.includes(key))
  if (known !== undefined) return known.does(state, state.prompt!)
  if (text !== undefined) typeText(state, text)
  return 'typing'
}

/** A paste is text, on one line. */
export function typeText(state: State, text: string): void {
  const prompt = state.prompt!
  edit(prompt, (prompt.text + text.replaceAll(/\s*\n\s*/g, ' ')).slice(0, limit))
}

function edit(prompt: Prompt, text: string): PromptResult {
  prompt.text = text
  prompt.past = undefined
  return 'typing'
}

function remember(state: State, { kind, text }: Prompt): void {
  if (text.trim() === '') return
  const before = state.history[kind].filter((one) => one !== text)
  state.history[kind] = [...before, text].slice(-50)
}

/** What was typed stays at the end of the history, so that one finds back to it. */
function past(state: State, prompt: Prompt, by: 1 | -1): PromptResult {
  const texts = state.history[prompt.kind]
  if (texts.length === 0) return 'typing'
  if (prompt.past === undefined) prompt.draft = prompt.text
  const place = Math.max(0, Math.min(texts.length, (prompt.past ?? texts.length) + by))
  prompt.past = place === texts.length ? undefined : place
  prompt.text = texts[place] ?? prompt.draft ?? ''
  return 'typing'
}
