import type { Action } from './actions.ts'
import type { PaneName } from './pane.ts'

/** A line of the help, of `--list-keys` and of the README. */
export interface KeyLine {
  /** The keys as people read them, two blanks between them. */
  readonly shown: string
  readonly text: string
  readonly section: string
}

export interface Key extends KeyLine {
  readonly action: Action
  /** As the decoder of the terminal's input names them. */
  readonly keys: readonly string[]
  /** Panes in which it works; everywhere when left out. */
  readonly panes?: readonly PaneName[]
  /** A word for the row of hints. */
  readonly hint?: string
}

type Entry = Omit<Key, 'shown' | 'section'>

const liveList: readonly PaneName[] = ['list', 'findings', 'checklist', 'preview']
const findingPanes: readonly PaneName[] = ['rules', 'finding', 'findings']
/** Where the selected exchange is what one looks at. */
const exchangePanes: readonly PaneName[] = ['list', 'preview', 'steps', 'detail']
const specPanes: readonly PaneName[] = [...findingPanes, 'items', 'checklist', ...exchangePanes]
const steps: readonly PaneName[] = ['steps']
const detail: readonly PaneName[] = ['detail']
const pages: readonly PaneName[] = ['detail', 'preview', 'diff']

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

const everywhere: readonly Entry[] = [
  { action: 'help', keys: ['?', 'f1'], text: 'help', hint: 'help' },
  { action: 'back', keys: ['escape', 'q'], text: 'close what is on top; never quits' },
  { action: 'open', keys: ['enter'], text: 'open; in Detail the next tab', hint: 'open' },
  { action: 'filter', keys: ['f'], text: 'filter exchanges', hint: 'filter' },
  { action: 'search', keys: ['/'], text: 'search in this pane', hint: 'search' },
  { action: 'nextError', keys: ['e'], text: 'next exchange with a finding', hint: 'next finding' },
  { action: 'previousError', keys: ['E'], text: 'previous exchange with a finding' },
  { action: 'pause', keys: ['p'], text: 'pause the screen; traffic goes on', hint: 'pause' },
  { action: 'copy', keys: ['y'], text: 'copy: curl, URL, finding', hint: 'copy' },
  { action: 'copyUrl', keys: ['Y'], text: 'copy the URL' },
  { action: 'nextPane', keys: ['tab'], text: 'next pane', hint: 'pane' },
  { action: 'previousPane', keys: ['S-tab'], text: 'previous pane' },
  {
    action: 'quit',
    keys: ['Q'],
    text: 'quit and print the verdict; asks when something is saved nowhere',
    hint: 'quit',
  },
  { action: 'quitNow', keys: ['C-c'], text: 'quit at once' },
]

const views: readonly Entry[] = [
  { action: 'live', keys: ['1'], text: 'Live' },
  { action: 'flow', keys: ['2'], text: 'Flow' },
  { action: 'findings', keys: ['3'], text: 'Findings' },
  { action: 'checklist', keys: ['4'], text: 'Checklist' },
]

const moves: readonly Entry[] = [
  { action: 'down', keys: ['j', 'down'], text: 'next line' },
  { action: 'up', keys: ['k', 'up'], text: 'previous line' },
  { action: 'pageDown', keys: ['C-d', 'pagedown', 'space'], text: 'page down' },
  { action: 'pageUp', keys: ['C-u', 'pageup', 'b'], text: 'page up' },
  { action: 'first', keys: ['g', 'home'], text: 'first' },
  { action: 'last', keys: ['G', 'end'], text: 'last; in the list, follow' },
  { action: 'left', keys: ['h', 'left'], text: 'previous tab or pane' },
  { action: 'right', keys: ['l', 'right'], text: 'next tab or pane' },
  { action: 'nextMatch', keys: ['n'], text: 'next match' },
  { action: 'previousMatch', keys: ['N'], text: 'previous match' },
]

const live: readonly Entry[] = [
  { action: 'follow', keys: ['F'], text: 'follow the newest exchange', panes: liveList },
  { action: 'mark', keys: ['m'], text: 'mark, or take the mark away', panes: exchangePanes },
  { action: 'nextMark', keys: ["'"], text: 'next mark', panes: exchangePanes },
  {
    action: 'diff',
    keys: ['d'],
    text: 'what differs between the marked and the selected exchange',
    panes: exchangePanes,
    hint: 'diff',
  },
  { action: 'resend', keys: ['r'], text: 'send the request again; asks', panes: exchangePanes },
  { action: 'clear', keys: ['D'], text: 'clear the list; asks', panes: liveList },
]

const flow: readonly Entry[] = [
  { action: 'previous', keys: ['['], text: 'previous flow', panes: steps, hint: 'previous flow' },
  { action: 'next', keys: [']'], text: 'next flow', panes: steps, hint: 'next flow' },
]

const findings: readonly Entry[] = [
  {
    action: 'sort',
    keys: ['S'],
    text: 'sort by severity, count, time',
    panes: findingPanes,
    hint: 'sort',
  },
  { action: 'spec', keys: ['o'], text: 'open the specification', panes: specPanes, hint: 'spec' },
]

const detailKeys: readonly Entry[] = [
  { action: 'previous', keys: ['['], text: 'previous exchange', panes: detail },
  { action: 'next', keys: [']'], text: 'next exchange', panes: detail, hint: 'next' },
  { action: 'wrap', keys: ['w'], text: 'wrap lines, or not', panes: pages },
  { action: 'raw', keys: ['J'], text: 'body raw or laid out', panes: ['detail', 'preview'] },
  { action: 'curl', keys: ['c'], text: 'the curl tab', panes: ['detail', 'preview'] },
]

const more: readonly Entry[] = [
  { action: 'zoom', keys: ['z', '+'], text: 'zoom the pane' },
  { action: 'palette', keys: [':', 'C-p'], text: 'every command by name' },
  { action: 'export', keys: ['x'], text: 'export: HAR, Markdown report, JSONL, SARIF' },
  { action: 'save', keys: ['s'], text: 'save the session' },
  { action: 'pager', keys: ['v'], text: 'show in $PAGER' },
  { action: 'editor', keys: ['V'], text: 'show in $EDITOR' },
  { action: 'reveal', keys: ['u'], text: 'show or mask secrets' },
  { action: 'theme', keys: ['t'], text: 'dark, light, no colours' },
  { action: 'mouse', keys: ['M'], text: 'mouse on or off' },
  { action: 'suspend', keys: ['C-z'], text: 'suspend' },
  { action: 'redraw', keys: ['C-l'], text: 'redraw' },
  { action: 'issue', keys: [], text: 'copy the finding as a Markdown issue' },
  { action: 'log', keys: [], text: 'log' },
]

/** Every key: this table says what keys do, and is the help. */
export const keyTable: readonly Key[] = [
  ...sectionOf('Everywhere', everywhere),
  ...sectionOf('Views', views),
  ...sectionOf('Move', moves),
  ...sectionOf('Live', live),
  ...sectionOf('Flow', flow),
  ...sectionOf('Findings', findings),
  ...sectionOf('Detail', detailKeys),
  ...sectionOf('More', more),
]

function sectionOf(section: string, entries: readonly Entry[]): Key[] {
  return entries.map((entry) => ({ ...entry, section, shown: shownKeys(entry.keys) }))
}

/** Keys as people read them. */
export function shownKeys(keys: readonly string[]): string {
  return keys.map((key) => keyNames[key] ?? key).join('  ')
}

/** What a key does in a pane. */
export function actionOf(
  key: string,
  pane: PaneName,
  table: readonly Key[] = keyTable,
): Action | undefined {
  return table.find(
    ({ keys, panes }) => keys.includes(key) && (panes === undefined || panes.includes(pane)),
  )?.action
}

/** The key to name when an action is spoken of. */
export function keyFor(action: Action, table: readonly Key[] = keyTable): string {
  const shown = table.find((one) => one.action === action)?.shown.split(/ {2}/)[0]
  return shown === undefined || shown === '' ? `: ${action}` : shown
}

export interface Command {
  readonly action: string
  readonly keys: string
  readonly text: string
}
