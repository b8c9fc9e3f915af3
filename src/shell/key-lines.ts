import { actions } from '../tui/command/actions.ts'
import { keysFrom } from '../tui/keys/keymap.ts'

/** The keys of the terminal UI as they are now: what AUTHTAP_KEYS calls them, the keys, where they work, what they do. */
export function keyLines(env: NodeJS.ProcessEnv): string[] {
  const table = keysFrom(env['AUTHTAP_KEYS'], actions)
  const rows = [
    { action: 'action', shown: 'keys', section: 'where', text: 'what it does' },
    ...table,
  ]
  const widest = (name: 'action' | 'shown' | 'section') =>
    Math.max(...rows.map((row) => row[name].length)) + 2
  const [action, shown, section] = [widest('action'), widest('shown'), widest('section')]
  return rows.map(
    (row) =>
      row.action.padEnd(action) + row.shown.padEnd(shown) + row.section.padEnd(section) + row.text,
  )
}
