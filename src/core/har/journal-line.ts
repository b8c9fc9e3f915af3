import type { HarEntry } from './entry.ts'
import type { LabelFacts } from '../wire/label.ts'
import type { Call } from '../verdict/event.ts'
import type { Finding, Report } from '../verdict/report.ts'

/** A journal is a file of JSON lines: a head, then what happened as it happened, at the end the report. */
export const journalSchema = 'authtap.journal/1'

/** The first line. */
export interface JournalHead {
  readonly schema: typeof journalSchema
  readonly tool: { readonly name: 'authtap'; readonly version: string }
  /** MCP endpoints the session was started for. */
  readonly targets: readonly string[]
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly redacted: true
}

export interface JournalCall extends Omit<Call, 'exchange'> {
  readonly like: string
}

/** Every other line. An exchange may come again with the same id: the last one counts. */
export type JournalLine =
  /** `id` stands first, here and in calls, so that exchanges can be counted without reading them. */
  | { readonly id: string; readonly entry: HarEntry }
  /** An MCP call that is like an earlier exchange: nothing else is kept of it. */
  | JournalCall
  /** What may be said of labels that later lines hold. */
  | { readonly labels: Readonly<Record<string, LabelFacts>> }
  | { readonly finding: Finding }
  /** The id of a finding that no longer stands. */
  | { readonly withdrawn: string }
  /** How many lines could not be kept. */
  | { readonly lost: number }
  | { readonly report: Report }
