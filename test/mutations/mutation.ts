import type { Fault } from '../../src/core/verdict/report.ts'
import type { Exchange } from '../../src/core/wire/exchange.ts'
import type { Traffic } from './edits.ts'
import { type PlaceName, find } from './places.ts'

/** One thing broken in a flow that is healthy otherwise, and what follows from it. */
export interface Mutation {
  readonly rule: string
  readonly what: string
  /** Who broke it: only these may be blamed with an error, or nobody for certain. */
  readonly guilty: readonly Fault[]
  /** Rules that say the same of such a break, with the reason. */
  readonly equal?: Readonly<Record<string, string>>
  /** The broken traffic; undefined where the flow has no such place. */
  apply(traffic: Traffic): Exchange[] | undefined
}

/** Applies where the flow has this place, which the change is told. */
export function where(
  name: PlaceName,
  change: (traffic: Traffic, index: number) => Exchange[] | undefined,
): Mutation['apply'] {
  return (traffic) => {
    const index = find(traffic, name)
    return index < 0 ? undefined : change(traffic, index)
  }
}

/** A change that breaks nothing. */
export interface Harmless {
  readonly what: string
  /** How many logins there are to see then; one unless given. */
  readonly logins?: number
  /** Several attempts of one client may pass for one. */
  readonly merges?: true
  apply(traffic: Traffic): Exchange[]
}
