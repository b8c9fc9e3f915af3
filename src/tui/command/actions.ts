import { type Key, shownKeys } from '../keys/keys.ts'
import type { PaneName } from '../keys/pane.ts'
import { menu, openPrompt } from '../model/layers.ts'
import { askForPath, copyChoices, copyIssue, copyUrl, pageShown, saveChoices } from './copying.ts'
import { compare, find, goToBroken, mark, neighbour, to } from './jumps.ts'
import { answerHeld, changeHeld, cutHeld, holdAll, holdThese, letGo } from './holding.ts'
import { back, cycle, openView, sideways } from './opening.ts'
import {
  askToClear,
  beginAnew,
  browseSpec,
  follow,
  moveIn,
  nextTheme,
  openCurl,
  openLog,
  openOrChoose,
  openPalette,
  pause,
  quit,
  showOnlyBroken,
  sortOtherwise,
  switchMouse,
  toggle,
  toggleConnect,
  toggleHelp,
} from './perform.ts'
import { askToResend } from './resend.ts'
import type { Stage } from './stage.ts'

/** What a person can ask for: its name, its keys, where they work, what the help says of it, and what it does. */
export interface Action extends Key {
  readonly does: (stage: Stage) => void
}

type Entry = Omit<Action, 'shown' | 'section'>

function action(
  name: string,
  keys: readonly string[],
  text: string,
  does: Action['does'],
  where: Pick<Action, 'panes' | 'hint'> = {},
): Entry {
  return { action: name, keys, text, does, ...where }
}

const liveList: readonly PaneName[] = ['list', 'findings', 'checklist', 'preview']
const findingPanes: readonly PaneName[] = ['rules', 'finding', 'findings']
/** Where the selected exchange is what one looks at. */
const exchangePanes: readonly PaneName[] = ['list', 'preview', 'steps', 'detail']
/** Where there are two of a kind to compare. */
const comparedPanes: readonly PaneName[] = [...exchangePanes, 'flows']
const specPanes: readonly PaneName[] = [...findingPanes, 'items', 'checklist', ...exchangePanes]
const flowPanes: readonly PaneName[] = ['flows', 'steps']
const detail: readonly PaneName[] = ['detail']
const pages: readonly PaneName[] = ['detail', 'preview', 'diff', 'comparison']

const everywhere: readonly Entry[] = [
  action('help', ['?', 'f1'], 'help', toggleHelp, { hint: 'help' }),
  action('back', ['escape', 'q'], 'close what is on top; never quits authtap', ({ ui }) =>
    back(ui),
  ),
  action('open', ['enter'], 'open; in Detail the next tab', openOrChoose, { hint: 'open' }),
  action(
    'filter',
    ['f'],
    'filter exchanges',
    ({ ui }) => openPrompt(ui, 'filter', ui.state.filter),
    { hint: 'filter' },
  ),
  action('search', ['/'], 'search in this pane', ({ ui }) => openPrompt(ui, 'search', ''), {
    hint: 'search',
  }),
  action('broken', ['!'], 'the step that broke first', ({ ui }) => goToBroken(ui), {
    hint: 'what broke',
  }),
  action('nextError', ['e'], 'next exchange at fault', ({ ui }) => to(ui, 1, 'finding'), {
    hint: 'next fault',
  }),
  action('previousError', ['E'], 'previous exchange at fault', ({ ui }) => to(ui, -1, 'finding')),
  action('attempt', ['R'], 'new attempt: verdict, findings and list begin anew', beginAnew, {
    hint: 'new attempt',
  }),
  action('connect', ['U'], 'how to connect: the URL, clients, viewers', toggleConnect, {
    hint: 'connect',
  }),
  action('pause', ['p'], 'pause the screen; traffic goes on', ({ ui }) => pause(ui), {
    hint: 'pause',
  }),
  action(
    'copy',
    ['y'],
    'copy curl, URL or finding',
    (stage) => menu(stage.ui, 'Copy', copyChoices(stage)),
    { hint: 'copy' },
  ),
  action('copyUrl', ['Y'], 'copy the URL', copyUrl),
  action('nextPane', ['tab'], 'next pane', (stage) => cycle(stage, 1), { hint: 'pane' }),
  action('previousPane', ['S-tab'], 'previous pane', (stage) => cycle(stage, -1)),
  action('quit', ['Q'], 'quit and print the verdict; asks first if anything is unsaved', quit, {
    hint: 'quit',
  }),
  action('quitNow', ['C-c'], 'quit at once', ({ effects }) => effects.quit(true)),
]

const views: readonly Entry[] = [
  action('live', ['1'], 'Live', ({ ui }) => openView(ui, 'live')),
  action('flow', ['2'], 'Flow', ({ ui }) => openView(ui, 'flow')),
  action('findings', ['3'], 'Findings', ({ ui }) => openView(ui, 'findings')),
  action('checklist', ['4'], 'Checklist', ({ ui }) => openView(ui, 'checklist')),
]

const moves: readonly Entry[] = [
  action('down', ['j', 'down'], 'next line', (stage) => moveIn(stage, 'down')),
  action('up', ['k', 'up'], 'previous line', (stage) => moveIn(stage, 'up')),
  action('pageDown', ['C-d', 'pagedown', 'space'], 'page down', (stage) =>
    moveIn(stage, 'pageDown'),
  ),
  action('pageUp', ['C-u', 'pageup', 'b'], 'page up', (stage) => moveIn(stage, 'pageUp')),
  action('first', ['g', 'home'], 'first', (stage) => moveIn(stage, 'first')),
  action('last', ['G', 'end'], 'last; in the list, follow the newest', (stage) =>
    moveIn(stage, 'last'),
  ),
  action('left', ['h', 'left'], 'previous tab or pane', (stage) => sideways(stage, -1)),
  action('right', ['l', 'right'], 'next tab or pane', (stage) => sideways(stage, 1)),
  action('nextMatch', ['n'], 'next match', (stage) => find(stage, 1)),
  action('previousMatch', ['N'], 'previous match', (stage) => find(stage, -1)),
]

const live: readonly Entry[] = [
  action('follow', ['F'], 'follow the newest exchange', ({ ui }) => follow(ui), {
    panes: liveList,
  }),
  action('mark', ['m'], 'mark, or remove the mark', ({ ui }) => mark(ui), {
    panes: comparedPanes,
    hint: 'mark',
  }),
  action('nextMark', ["'"], 'next mark', ({ ui }) => to(ui, 1, 'mark'), { panes: exchangePanes }),
  action(
    'diff',
    ['d'],
    'compare the marked exchange or flow with the selected one; of two captures all',
    compare,
    { panes: comparedPanes, hint: 'diff' },
  ),
  action('resend', ['r'], 'send the request again; asks first', askToResend, {
    panes: exchangePanes,
  }),
  action('clear', ['D'], 'clear the list; asks first', ({ ui }) => askToClear(ui), {
    panes: liveList,
  }),
]

const held: readonly Entry[] = [
  action(
    'hold',
    ['i'],
    'hold what the filter shows, else what is like the selected exchange; again: no longer',
    holdThese,
    { panes: liveList },
  ),
  action('holdAll', ['I'], 'hold everything; again: no longer', holdAll, { panes: liveList }),
  action('letGo', ['a'], 'let go what is held', letGo, { panes: exchangePanes, hint: 'let go' }),
  action('changeHeld', ['C'], 'change what is held in $EDITOR', changeHeld, {
    panes: exchangePanes,
    hint: 'change',
  }),
  action('answerHeld', ['A'], 'answer a held request in the place of the server', answerHeld, {
    panes: exchangePanes,
    hint: 'answer',
  }),
  action('cutHeld', ['X'], 'cut the connection of what is held', cutHeld, {
    panes: exchangePanes,
    hint: 'cut',
  }),
]

const flow: readonly Entry[] = [
  action('previous', ['['], 'previous flow', ({ ui }) => neighbour(ui, -1), {
    panes: flowPanes,
    hint: 'previous flow',
  }),
  action('next', [']'], 'next flow', ({ ui }) => neighbour(ui, 1), {
    panes: flowPanes,
    hint: 'next flow',
  }),
  action('onlyBroken', ['B'], 'only flows that broke; again: all', ({ ui }) => showOnlyBroken(ui), {
    panes: ['flows'],
    hint: 'broken only',
  }),
]

const findings: readonly Entry[] = [
  action('sort', ['S'], 'sort by severity, count, time', ({ ui }) => sortOtherwise(ui), {
    panes: findingPanes,
    hint: 'sort',
  }),
  action('spec', ['o'], 'open the specification', browseSpec, { panes: specPanes, hint: 'spec' }),
]

const detailKeys: readonly Entry[] = [
  action('previous', ['['], 'previous exchange', ({ ui }) => neighbour(ui, -1), { panes: detail }),
  action('next', [']'], 'next exchange', ({ ui }) => neighbour(ui, 1), {
    panes: detail,
    hint: 'next',
  }),
  action('wrap', ['w'], 'wrap long lines, or cut them', ({ ui }) => toggle(ui, 'wrap'), {
    panes: pages,
  }),
  action('raw', ['J'], 'show the body raw or formatted', ({ ui }) => toggle(ui, 'raw'), {
    panes: ['detail', 'preview'],
  }),
  action('curl', ['c'], 'the curl tab', ({ ui }) => openCurl(ui), { panes: ['detail', 'preview'] }),
]

const more: readonly Entry[] = [
  action('zoom', ['z', '+'], 'zoom the pane', ({ ui }) => toggle(ui, 'zoom')),
  action('palette', [':', 'C-p'], 'find a command by name', ({ ui }) => openPalette(ui)),
  action('export', ['x'], 'export: HAR, Markdown report, JSONL, SARIF', (stage) =>
    menu(stage.ui, 'Save', saveChoices(stage)),
  ),
  action('save', ['s'], 'save the session', ({ ui, effects }) =>
    askForPath(ui, effects, 'session'),
  ),
  action('pager', ['v'], 'show in $PAGER', (stage) =>
    stage.effects.show(pageShown(stage), 'pager'),
  ),
  action('editor', ['V'], 'show in $EDITOR', (stage) =>
    stage.effects.show(pageShown(stage), 'editor'),
  ),
  action('reveal', ['u'], 'show or mask secrets', ({ ui }) => toggle(ui, 'revealed')),
  action('theme', ['t'], 'dark, light, no colours', nextTheme),
  action('mouse', ['M'], 'mouse on or off', switchMouse),
  action('suspend', ['C-z'], 'suspend', ({ effects }) => effects.suspend()),
  action('redraw', ['C-l'], 'redraw', ({ effects }) => effects.redraw()),
  action('issue', [], 'copy the finding as a Markdown issue', copyIssue),
  action('log', [], 'log', ({ ui }) => openLog(ui)),
]

/** Every action: the keys, the help, the README and the palette are made of this table. */
export const actions: readonly Action[] = [
  ...sectionOf('Everywhere', everywhere),
  ...sectionOf('Views', views),
  ...sectionOf('Move', moves),
  ...sectionOf('Live', live),
  ...sectionOf('Hold', held),
  ...sectionOf('Flow', flow),
  ...sectionOf('Findings', findings),
  ...sectionOf('Detail', detailKeys),
  ...sectionOf('More', more),
]

function sectionOf(section: string, entries: readonly Entry[]): Action[] {
  return entries.map((entry) => ({ ...entry, section, shown: shownKeys(entry.keys) }))
}
