import type { PaneName } from './pane.ts'

/** A line of the help, of `--list-keys` and of the README. */
export interface KeyLine {
  /** The keys as people read them, two blanks between them. */
  readonly shown: string
  readonly text: string
  readonly section: string
  /** What a click on it does, where a click does something. */
  readonly action?: string
}

export interface Key extends KeyLine {
  /** What AUTHTAP_KEYS calls it. */
  readonly action: string
  /** As the decoder of the terminal's input names them. */
  readonly keys: readonly string[]
  /** Panes in which it works; everywhere when left out. */
  readonly panes?: readonly PaneName[]
  /** A word for the row of hints. */
  readonly hint?: string
}

const keyNames: Readonly<Record<string, string>> = {
  enter: '⏎',
  escape: 'esc',
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
  f1: 'F1',
}

/** Keys as people read them. */
export function shownKeys(keys: readonly string[]): string {
  return keys.map((key) => keyNames[key] ?? key).join('  ')
}

/** What a key does in a pane. */
export function actionOf<A extends Key>(
  key: string,
  pane: PaneName,
  table: readonly A[],
): A | undefined {
  return table.find(
    ({ keys, panes }) => keys.includes(key) && (panes === undefined || panes.includes(pane)),
  )
}

/** The key to name when an action is spoken of. */
export function keyFor(action: string, table: readonly Key[]): string {
  const shown = table.find((one) => one.action === action)?.shown.split(/ {2}/)[0]
  return shown === undefined || shown === '' ? `: ${action}` : shown
}
