import type { Headers } from '../wire/exchange.ts'
import type { Fault, Severity } from '../verdict/report.ts'
import type { StepKind } from '../step/step.ts'

/** What a filter looks at. Costly fields may be getters: they are read last, and only when the filter asks for them. */
export interface FilterRecord {
  readonly method: string
  readonly status: number | undefined
  readonly kind: StepKind
  readonly host: string
  /** Path and query. */
  readonly path: string
  readonly flow: string
  readonly findings: readonly {
    readonly rule: string
    readonly severity: Severity
    readonly fault: Fault
  }[]
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly headers?: Headers | undefined
  /** The bodies, as text. */
  readonly text?: string | undefined
  /** Claims of the tokens that were sent or received. */
  readonly jwt?: Readonly<Record<string, unknown>> | undefined
}

/** Whether a record is wanted. `now` is in milliseconds since the epoch. */
export type RecordTest = (record: FilterRecord, now: number) => boolean
