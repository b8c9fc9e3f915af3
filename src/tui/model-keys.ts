import type { PaneName } from './model-state.ts'

/** What a person can ask for. */
export type Action =
  | 'help'
  | 'palette'
  | 'log'
  | 'back'
  | 'quit'
  | 'quitNow'
  | 'suspend'
  | 'redraw'
  | 'live'
  | 'flow'
  | 'findings'
  | 'checklist'
  | 'nextPane'
  | 'previousPane'
  | 'down'
  | 'up'
  | 'pageDown'
  | 'pageUp'
  | 'first'
  | 'last'
  | 'left'
  | 'right'
  | 'open'
  | 'search'
  | 'nextMatch'
  | 'previousMatch'
  | 'filter'
  | 'nextError'
  | 'previousError'
  | 'zoom'
  | 'copy'
  | 'copyUrl'
  | 'export'
  | 'save'
  | 'pager'
  | 'editor'
  | 'spec'
  | 'reveal'
  | 'pause'
  | 'theme'
  | 'mouse'
  | 'follow'
  | 'mark'
  | 'nextMark'
  | 'clear'
  | 'previous'
  | 'next'
  | 'sort'
  | 'wrap'
  | 'raw'
  | 'curl'
  | 'issue'

interface Key {
  readonly action: Action
  readonly keys: readonly string[]
  readonly shown: string
  readonly text: string
  readonly section: string
  /** Panes in which it works; everywhere when left out. */
  readonly panes?: readonly PaneName[]
  /** A word for the row of hints. */
  readonly hint?: string
}

const liveList: readonly PaneName[] = ['list', 'findings', 'checklist', 'preview']
const findingPanes: readonly PaneName[] = ['rules', 'finding', 'findings']

/** Every key: this table says what keys do, and is the help. */
export const keyTable: readonly Key[] = [
  {
    action: 'help',
    keys: ['?', 'f1'],
    shown: '?  F1',
    text: 'help',
    section: 'Everywhere',
    hint: 'help',
  },
  {
    action: 'back',
    keys: ['escape', 'q'],
    shown: 'esc  q',
    text: 'close what is on top; never quits',
    section: 'Everywhere',
  },
  {
    action: 'open',
    keys: ['enter'],
    shown: '⏎',
    text: 'open; in Detail the next tab',
    section: 'Everywhere',
    hint: 'open',
  },
  {
    action: 'filter',
    keys: ['f'],
    shown: 'f',
    text: 'filter exchanges',
    section: 'Everywhere',
    hint: 'filter',
  },
  {
    action: 'search',
    keys: ['/'],
    shown: '/',
    text: 'search in this pane',
    section: 'Everywhere',
    hint: 'search',
  },
  {
    action: 'nextError',
    keys: ['e'],
    shown: 'e',
    text: 'next exchange with a finding',
    section: 'Everywhere',
    hint: 'next finding',
  },
  {
    action: 'previousError',
    keys: ['E'],
    shown: 'E',
    text: 'previous exchange with a finding',
    section: 'Everywhere',
  },
  {
    action: 'pause',
    keys: ['p'],
    shown: 'p',
    text: 'pause the screen; traffic goes on',
    section: 'Everywhere',
    hint: 'pause',
  },
  {
    action: 'copy',
    keys: ['y'],
    shown: 'y',
    text: 'copy: curl, URL, finding',
    section: 'Everywhere',
    hint: 'copy',
  },
  { action: 'copyUrl', keys: ['Y'], shown: 'Y', text: 'copy the URL', section: 'Everywhere' },
  {
    action: 'nextPane',
    keys: ['tab'],
    shown: 'tab',
    text: 'next pane',
    section: 'Everywhere',
    hint: 'pane',
  },
  {
    action: 'previousPane',
    keys: ['S-tab'],
    shown: 'S-tab',
    text: 'previous pane',
    section: 'Everywhere',
  },
  {
    action: 'quit',
    keys: ['Q'],
    shown: 'Q',
    text: 'quit and print the verdict',
    section: 'Everywhere',
    hint: 'quit',
  },
  { action: 'quitNow', keys: ['C-c'], shown: 'C-c', text: 'quit at once', section: 'Everywhere' },
  { action: 'live', keys: ['1'], shown: '1', text: 'Live', section: 'Views' },
  { action: 'flow', keys: ['2'], shown: '2', text: 'Flow', section: 'Views' },
  { action: 'findings', keys: ['3'], shown: '3', text: 'Findings', section: 'Views' },
  { action: 'checklist', keys: ['4'], shown: '4', text: 'Checklist', section: 'Views' },
  { action: 'down', keys: ['j', 'down'], shown: 'j  ↓', text: 'next line', section: 'Move' },
  { action: 'up', keys: ['k', 'up'], shown: 'k  ↑', text: 'previous line', section: 'Move' },
  {
    action: 'pageDown',
    keys: ['C-d', 'pagedown', 'space'],
    shown: 'C-d  space',
    text: 'page down',
    section: 'Move',
  },
  {
    action: 'pageUp',
    keys: ['C-u', 'pageup', 'b'],
    shown: 'C-u  b',
    text: 'page up',
    section: 'Move',
  },
  { action: 'first', keys: ['g', 'home'], shown: 'g', text: 'first', section: 'Move' },
  {
    action: 'last',
    keys: ['G', 'end'],
    shown: 'G',
    text: 'last; in the list, follow',
    section: 'Move',
  },
  {
    action: 'left',
    keys: ['h', 'left'],
    shown: 'h  ←',
    text: 'previous tab or pane',
    section: 'Move',
  },
  {
    action: 'right',
    keys: ['l', 'right'],
    shown: 'l  →',
    text: 'next tab or pane',
    section: 'Move',
  },
  { action: 'nextMatch', keys: ['n'], shown: 'n', text: 'next match', section: 'Move' },
  { action: 'previousMatch', keys: ['N'], shown: 'N', text: 'previous match', section: 'Move' },
  {
    action: 'follow',
    keys: ['F'],
    shown: 'F',
    text: 'follow the newest exchange',
    section: 'Live',
    panes: liveList,
  },
  { action: 'mark', keys: ['m'], shown: 'm', text: 'mark', section: 'Live', panes: liveList },
  {
    action: 'nextMark',
    keys: ["'"],
    shown: "'",
    text: 'next mark',
    section: 'Live',
    panes: liveList,
  },
  {
    action: 'clear',
    keys: ['D'],
    shown: 'D',
    text: 'clear the list; asks',
    section: 'Live',
    panes: liveList,
  },
  {
    action: 'previous',
    keys: ['['],
    shown: '[',
    text: 'previous flow',
    section: 'Flow',
    panes: ['steps'],
    hint: 'previous flow',
  },
  {
    action: 'next',
    keys: [']'],
    shown: ']',
    text: 'next flow',
    section: 'Flow',
    panes: ['steps'],
    hint: 'next flow',
  },
  {
    action: 'sort',
    keys: ['S'],
    shown: 'S',
    text: 'sort by severity, count, time',
    section: 'Findings',
    panes: findingPanes,
    hint: 'sort',
  },
  {
    action: 'spec',
    keys: ['o'],
    shown: 'o',
    text: 'open the specification',
    section: 'Findings',
    hint: 'spec',
    panes: [...findingPanes, 'items', 'checklist', 'steps', 'list', 'detail'],
  },
  {
    action: 'previous',
    keys: ['['],
    shown: '[',
    text: 'previous exchange',
    section: 'Detail',
    panes: ['detail'],
  },
  {
    action: 'next',
    keys: [']'],
    shown: ']',
    text: 'next exchange',
    section: 'Detail',
    panes: ['detail'],
    hint: 'next',
  },
  {
    action: 'wrap',
    keys: ['w'],
    shown: 'w',
    text: 'wrap lines',
    section: 'Detail',
    panes: ['detail', 'preview'],
  },
  {
    action: 'raw',
    keys: ['J'],
    shown: 'J',
    text: 'body raw or laid out',
    section: 'Detail',
    panes: ['detail', 'preview'],
  },
  {
    action: 'curl',
    keys: ['c'],
    shown: 'c',
    text: 'the curl tab',
    section: 'Detail',
    panes: ['detail'],
  },
  { action: 'zoom', keys: ['z', '+'], shown: 'z  +', text: 'zoom the pane', section: 'More' },
  {
    action: 'palette',
    keys: [':', 'C-p'],
    shown: ':  C-p',
    text: 'every command by name',
    section: 'More',
  },
  { action: 'export', keys: ['x'], shown: 'x', text: 'save as HAR or Markdown', section: 'More' },
  { action: 'save', keys: ['s'], shown: 's', text: 'save the session', section: 'More' },
  { action: 'pager', keys: ['v'], shown: 'v', text: 'show in $PAGER', section: 'More' },
  { action: 'editor', keys: ['V'], shown: 'V', text: 'show in $EDITOR', section: 'More' },
  { action: 'reveal', keys: ['u'], shown: 'u', text: 'show or mask secrets', section: 'More' },
  { action: 'theme', keys: ['t'], shown: 't', text: 'dark, light, no colours', section: 'More' },
  { action: 'mouse', keys: ['M'], shown: 'M', text: 'mouse on or off', section: 'More' },
  { action: 'suspend', keys: ['C-z'], shown: 'C-z', text: 'suspend', section: 'More' },
  { action: 'redraw', keys: ['C-l'], shown: 'C-l', text: 'redraw', section: 'More' },
  { action: 'log', keys: [], shown: '', text: 'log', section: 'More' },
]

export function actionOf(key: string, pane: PaneName): Action | undefined {
  return keyTable.find(
    ({ keys, panes }) => keys.includes(key) && (panes === undefined || panes.includes(pane)),
  )?.action
}
