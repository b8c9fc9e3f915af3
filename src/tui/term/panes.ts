import { PassThrough } from 'node:stream'
import blessed from 'blessed'
import type { Rect, Size } from './frame.ts'

/** Columns or rows, or a share of what the pane lies in: `'60%'`, `'100%-2'`, `'center'`. */
export type Measure = number | string

export interface PaneSpec {
  readonly left?: Measure
  readonly top?: Measure
  readonly right?: Measure
  readonly bottom?: Measure
  readonly width?: Measure
  readonly height?: Measure
  /** The pane has a border: what lies inside it starts behind that. */
  readonly border?: boolean
  /** The pane that this one lies in; the screen when there is none. It comes before this one. */
  readonly inside?: string
}

type Layout = Readonly<Record<string, PaneSpec>>

/**
 * Where the panes of a screen lie. blessed computes that and keeps the tree; it never sees a terminal: its input and
 * output are dead ends, and its description of one is the copy it brings along.
 */
export function arrange<Spec extends Layout>(
  size: Size,
  layout: Spec,
): { readonly [Name in keyof Spec]: Rect } {
  tree ??= plant()
  const { program, screen } = tree
  program.cols = size.columns
  program.rows = size.rows
  // Taking boxes out one by one would have blessed erase them from a screen it has never drawn.
  screen.children.length = 0
  const boxes = new Map<string, blessed.Widgets.BoxElement>()
  for (const [name, { inside, border, ...position }] of Object.entries(layout)) {
    const parent = inside === undefined ? screen : boxes.get(inside)
    if (parent === undefined) throw new Error(`pane ${name} lies in ${inside}, which is not there`)
    const frame = border === true ? { border: 'line' as const } : {}
    boxes.set(name, blessed.box({ parent, ...position, ...frame }))
  }
  const places = [...boxes].map(([name, box]) => [name, placeOf(box, size)] as const)
  return Object.fromEntries(places) as { readonly [Name in keyof Spec]: Rect }
}

/** The pane at a place of the screen; of panes that overlap, the one that was named last. */
export function paneAt<Name extends string>(
  panes: Readonly<Record<Name, Rect>>,
  x: number,
  y: number,
): Name | undefined {
  const names = Object.keys(panes) as Name[]
  return names.findLast((name) => {
    const pane = panes[name]
    return x >= pane.x && x < pane.x + pane.columns && y >= pane.y && y < pane.y + pane.rows
  })
}

interface Tree {
  readonly program: blessed.BlessedProgram
  readonly screen: blessed.Widgets.Screen
}

/** What the adapter needs of blessed beyond its types. */
interface Internals {
  readonly Tput: { readonly ipaths: string[] }
  readonly Screen: { _bound: boolean }
  readonly Program: { _bound: boolean }
}

let tree: Tree | undefined

function plant(): Tree {
  const internals = blessed as unknown as Internals
  // ncurses stores terminals in a format blessed cannot read, and it prints what it could not: it gets none to read.
  internals.Tput.ipaths.length = 0
  // Signals, exceptions and the exit are ours. blessed would exit with 0 on SIGTERM.
  internals.Screen._bound = true
  internals.Program._bound = true
  const program = withoutTmux(() =>
    blessed.program({
      input: new PassThrough() as unknown as NodeJS.ReadStream,
      output: new PassThrough() as unknown as NodeJS.WriteStream,
      terminal: 'xterm-256color',
    } as blessed.Widgets.IScreenOptions),
  )
  // It would clear the console with a command of the shell on Windows, once it enters the alternate screen.
  ;(program as unknown as { isAlt: boolean }).isAlt = true
  return { program, screen: blessed.screen({ program }) }
}

/** blessed asks tmux for its version, by a child process and waiting for it, where it finds itself in one. */
function withoutTmux<Made>(make: () => Made): Made {
  const { TMUX: tmux } = process.env
  delete process.env['TMUX']
  try {
    return make()
  } finally {
    if (tmux !== undefined) process.env['TMUX'] = tmux
  }
}

function placeOf(box: blessed.Widgets.BoxElement, size: Size): Rect {
  const [x, y] = [Number(box.aleft), Number(box.atop)]
  return {
    x,
    y,
    columns: Math.max(0, Math.min(Number(box.width), size.columns - x)),
    rows: Math.max(0, Math.min(Number(box.height), size.rows - y)),
  }
}
