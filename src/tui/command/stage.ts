import type { Holding } from '../../core/intercept/holding.ts'
import type { Edited } from '../term/edit.ts'
import type { Extent } from './moves.ts'
import type { PaneName } from '../keys/pane.ts'
import type { SaveKind, Ui } from '../model/state.ts'
import type { Row } from '../model/rows.ts'
import type { ThemeName } from '../term/theme.ts'

/** What is copied before anything has come. */
export interface Offer {
  readonly label: string
  readonly text: string
}

/** A request that can be sent again. */
export interface Replay {
  /** What to know before, in sentences. */
  readonly warnings: readonly string[]
  /** Resolves with what was answered and the exchange that it is recorded as; rejects when nothing was. */
  send(): Promise<{ readonly status: number; readonly exchange: string | undefined }>
}

/** Two flows by their ids, or the captures. */
export type ToCompare = 'captures' | { readonly a: string; readonly b: string }

/** What commands cannot do by themselves. */
export interface Effects {
  quit(now: boolean): void
  suspend(): void
  redraw(): void
  mouse(ours: boolean): void
  copy(text: string, what: string): void
  /** How the request of a row is sent again, or why it cannot be. */
  replay(row: Row): Replay | string
  /** Sends it, and says what was answered. */
  resend(replay: Replay, row: Row): void
  /** What can be done about messages that are held; undefined where nothing passes. */
  readonly holding: Holding | undefined
  /** Lets the person change a text that may hold secrets. */
  edit(text: string): Promise<Edited>
  /** Shows two flows, or the two captures, side by side. */
  compare(what: ToCompare): void
  show(text: string, where: 'pager' | 'editor'): void
  browse(url: string): void
  pathFor(kind: SaveKind): string
  /** How many exchanges are in no file. */
  unsaved(): number
  /** Lines that point clients at the proxy. */
  readonly offers: readonly Offer[]
  /** What can be shown: by what the terminal can. */
  readonly themes: readonly ThemeName[]
}

/** The screen as it is when something is asked for. */
export interface Stage {
  readonly ui: Ui
  readonly panes: readonly PaneName[]
  readonly effects: Effects
  extent(pane: PaneName): Extent
  /** The text of a pane, line by line or item by item. */
  texts(pane: PaneName): readonly string[]
  /** The same with secrets masked, whatever is shown: for what leaves the screen. */
  masked(pane: PaneName): readonly string[]
}
