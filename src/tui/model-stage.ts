import type { Extent } from './model-moves.ts'
import type { PaneName, SaveKind, Ui } from './model-state.ts'
import type { ThemeName } from './term/theme.ts'

/** What commands cannot do by themselves. */
export interface Effects {
  quit(now: boolean): void
  suspend(): void
  redraw(): void
  mouse(ours: boolean): void
  copy(text: string, what: string): void
  show(text: string, where: 'pager' | 'editor'): void
  browse(url: string): void
  pathFor(kind: SaveKind): string
  /** Lines that point clients at the proxy. */
  readonly offers: readonly Offer[]
  /** What can be shown: by what the terminal can. */
  readonly themes: readonly ThemeName[]
}

export interface Offer {
  readonly label: string
  readonly text: string
}

/** The screen as it is when something is asked for. */
export interface Stage {
  readonly ui: Ui
  readonly panes: readonly PaneName[]
  readonly effects: Effects
  extent(pane: PaneName): Extent
  /** The text of a pane, line by line or item by item. */
  texts(pane: PaneName): readonly string[]
}
