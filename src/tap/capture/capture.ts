import type { JsonObject } from '../../core/wire/json.ts'
import type { Exchange } from '../../core/wire/exchange.ts'

/** A capture that was gone through once: where its exchanges stand is known, none of them is held. */
export interface Capture {
  /** `log._authtap` of a capture of our own, or what a journal has in its place. */
  readonly authtap: JsonObject | undefined
  /** How many exchanges there are, at most. */
  readonly size: number
  /** In the order of time; those of the same time in the order of the file. May be gone through again. */
  exchanges(): AsyncGenerator<Exchange, void, void>
  /** On which line of the file each of these exchanges begins, as far as the file can be read again. */
  lines(ids: ReadonlySet<string>): Promise<ReadonlyMap<string, number>>
  /** What there is to say of the file, once the exchanges were gone through. */
  outcome(): CaptureOutcome
  close(): Promise<void>
}

export interface CaptureOutcome {
  /** False when the file is cut off or damaged: what came after is unknown. */
  readonly complete: boolean
  /** What could not be read or concluded, a sentence each. */
  readonly problems: readonly string[]
}

/** A capture that is in memory. */
export function heldCapture(exchanges: readonly Exchange[]): Capture {
  const ordered = exchanges.toSorted((a, b) => a.startedAt - b.startedAt)
  return {
    authtap: undefined,
    size: ordered.length,
    exchanges: async function* () {
      await Promise.resolve()
      yield* ordered
    },
    lines: () => Promise.resolve(new Map()),
    outcome: () => ({ complete: true, problems: [] }),
    close: async () => {},
  }
}
