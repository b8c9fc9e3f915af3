import type { Event, ExchangeEvent } from '../core/verdict/event.ts'
import type { Compared } from '../core/diff/words.ts'
import type { Holding } from '../core/intercept/holding.ts'
import type { LabelFacts } from '../core/wire/label.ts'
import type { Safe } from '../core/redact/redactor.ts'
import type { Report } from '../core/verdict/report.ts'
import type { Action } from './command/actions.ts'
import type { Replay, ToCompare } from './command/stage.ts'
import type { Row } from './model/rows.ts'
import type { SaveKind } from './model/state.ts'
import type { LogEntry } from './model/model.ts'
import type { Environment } from './term/capability.ts'
import type { ExitReason } from './term/ending.ts'

export interface TuiOptions {
  /** MCP endpoints known beforehand. */
  readonly targets: readonly string[]
  readonly urls: readonly { readonly url: string; readonly upstream: string }[]
  /** What points common clients at the first of them: a command, or what goes into a file. */
  readonly setup: readonly { readonly client: string; readonly text: string }[]
  /** How others can watch, in lines: the address, and the token, which stands nowhere else. */
  readonly watch?: readonly string[]
  /** What plays by itself, so that nobody has to connect. */
  readonly demo?: string
  /** The captures that are shown, by name: nothing comes in. */
  readonly capture?: string
  /** Whether these are two captures, which can be compared. */
  readonly hasTwo?: boolean
  /** What can be done about messages that are held. */
  readonly holding?: Holding
  readonly env: Environment
  readonly platform: NodeJS.Platform
  readonly noColor?: boolean
  /** What keys do; the ordinary ones when left out. */
  readonly keys?: readonly Action[]
  /** What the session says so far. */
  report(): Safe<Report>
  /** The value behind a label: shown after a deliberate key, never written. */
  reveal(label: string): string | undefined
  facts(label: string): LabelFacts | undefined
  /** Saves and says where; rejects with what went wrong. */
  save(what: ToSave, path: string): Promise<string>
  /** The name that saving proposes. */
  pathFor(kind: SaveKind): string
  /** Whether what comes is written down meanwhile, so that nothing is lost by quitting. */
  keeps(): boolean
  /** How the request of an exchange is sent again, or a sentence that says why it cannot be. */
  replay(row: Pick<Row, 'id' | 'kind' | 'status'>): Replay | string
  /** Two flows of the session side by side, or the two captures. Rejects with UserError where they cannot be compared. */
  compare(what: ToCompare): Promise<Safe<Compared>>
  now?(): number
}

export type ToSave =
  | {
      readonly kind: 'har' | 'session' | 'report' | 'jsonl' | 'sarif'
      readonly exchanges: readonly Safe<ExchangeEvent>[]
    }
  | { readonly kind: 'text'; readonly text: string }

/** The user quit, or the process is about to end and the terminal is as it was. */
export type TuiEnd = 'quit' | ExitReason

export interface Tui {
  event(event: Safe<Event>): void
  close(): Promise<void>
  readonly ended: Promise<TuiEnd>
  /** Tells the person something beside what the exchanges say. */
  notice(text: string, level?: LogEntry['level']): void
  /** What is being done before all is there; undefined once it is. */
  progress(doing: string | undefined): void
  /** The proxy that is watched has ended, or is there again: nothing more comes in meanwhile. */
  over(isOver: boolean): void
  /** Gives the terminal back. */
  stop(): void
}
