import type { McpCall, Step, StepKind, StepOf } from '../step/step.ts'
import { Changes, bitsOf } from './reads.ts'
import { Held, type Shelf, weightOf } from './shelf.ts'

/** Steps kept for judging. Of more, the oldest are let go some at a time: each time the others are judged anew. */
const keptSteps = 400
const atATime = 40
/** The opening of a flow is never let go: most causes lie there. */
const opening = 10
/** So many first failures are kept; there are fewer kinds of step and statuses in any flow that is no attack. */
const failuresKept = 100
/** Sorts of calls that are told apart; a hostile peer cannot make this grow. */
const sortLimit = 5000

/** What a tool says may be that the token is no good, though the call succeeded. */
function isSuccess({ ok, answer }: McpCall): boolean {
  return ok && answer?.toolError === undefined
}

/** It told nothing new when it happened, so its bodies were not kept. */
function isUnkept({ exchange: { like, request } }: McpCall): boolean {
  return like !== undefined && request.body.bytes.length === 0
}

interface Kept {
  readonly steps: Step[]
  byKind: Map<StepKind, Step[]>
  readonly sorts: Map<string, number>
  /** Exchanges with the first failure of each sort: what broke first is never let go, however long the flow goes on. */
  readonly firstFailures: Map<string, string>
}

/**
 * The steps of one flow in the order in which they began. Ordinary MCP calls beyond the first of their sort are only
 * counted, so that a long session costs the same at its end as at its start.
 */
export class KeptSteps {
  readonly #held: Held<Kept>
  /** Steps of several kinds, for as long as they are kept as they are. */
  readonly #lists = new WeakMap<Kept, Map<number, Step[]>>()
  #changes = new Changes()
  #size = 0
  #calls = 0

  constructor(shelf: Shelf) {
    const kept = { steps: [], byKind: new Map(), sorts: new Map(), firstFailures: new Map() }
    this.#held = new Held<Kept>(shelf, kept, ({ steps }) => weightOf(steps))
  }

  get steps(): readonly Step[] {
    return this.#held.value.steps
  }

  get size(): number {
    return this.#size
  }

  /** MCP calls seen, kept or not. */
  get calls(): number {
    return this.#calls
  }

  of<Kind extends StepKind>(kinds: readonly Kind[]): StepOf<Kind>[] {
    const kept = this.#held.value
    if (kinds.length === 1) return (kept.byKind.get(kinds[0]!) ?? []) as StepOf<Kind>[]
    return this.#list(kept, kinds) as StepOf<Kind>[]
  }

  #list(kept: Kept, kinds: readonly StepKind[]): Step[] {
    let lists = this.#lists.get(kept)
    if (lists === undefined) this.#lists.set(kept, (lists = new Map<number, Step[]>()))
    const key = bitsOf(kinds)
    const known = lists.get(key)
    if (known !== undefined) return known
    const steps = kept.steps.filter(({ kind }) => kinds.includes(kind))
    lists.set(key, steps)
    return steps
  }

  /** What came in since this was asked last. */
  takeChanges(): Changes {
    const changes = this.#changes
    this.#changes = new Changes()
    return changes
  }

  #note(kept: Kept, ...steps: readonly Step[]): void {
    this.#lists.delete(kept)
    for (const { kind, order } of steps) this.#changes.step(kind, order)
  }

  /** Counts a call that tells nothing new. */
  count(): void {
    this.#calls += 1
  }

  /** Takes a step in; false when it tells nothing new and is only counted. */
  add(step: Step, isEvidence: (step: Step) => boolean): boolean {
    if (step.kind === 'mcp' || step.kind === 'challenge') this.#calls += 1
    if (step.kind === 'mcp' && isUnkept(step)) return false
    const kept = this.#held.changed
    if (step.kind === 'mcp' && isOrdinary(step, kept)) return false
    if (!step.ok) noteFailure(step, kept)
    const { steps } = kept
    const at = steps.findLastIndex(({ order }) => order < step.order) + 1
    steps.splice(at, 0, step)
    this.#note(kept, step)
    if (steps.length > keptSteps + atATime) this.#note(kept, ...letGo(kept, isEvidence))
    else if (at === steps.length - 1) list(step, kept)
    else index(kept)
    this.#size = steps.length
    return true
  }

  /** Puts a later version in the place of the earlier one; false when that one was not kept. */
  replace(step: Step): boolean {
    const kept = this.#held.changed
    const at = kept.steps.findLastIndex((other) => other.exchange.id === step.exchange.id)
    if (at < 0) return false
    this.#note(kept, kept.steps[at]!, step)
    kept.steps[at] = step
    index(kept)
    return true
  }

  remove(step: Step): void {
    const kept = this.#held.changed
    const at = kept.steps.findIndex((other) => other.exchange.id === step.exchange.id)
    if (at < 0) return
    this.#note(kept, ...kept.steps.splice(at, 1))
    this.#size = kept.steps.length
    if (step.kind === 'mcp' || step.kind === 'challenge') this.#calls -= 1
    index(kept)
  }
}

/**
 * The third success of the same sort with the same credential tells nothing new, nor does the twentieth failure; but a
 * success after anything that failed tells that it is over.
 */
function isOrdinary(step: McpCall, kept: Kept): boolean {
  const sort = `${step.method} ${step.rpc?.method} ${step.authorization.join()}`
  return isSuccess(step)
    ? count(sort, kept) > 2 && isWell(kept)
    : count(`${sort} ${step.status} ${step.ok}`, kept) > 20
}

/** The last step that tells anything was a request that succeeded; a stream or a notification tells nothing of requests. */
function isWell({ steps }: Kept): boolean {
  const last = steps.findLast(
    (step) =>
      !['preflight', 'other', 'jwks'].includes(step.kind) &&
      !(step.kind === 'mcp' && step.ok && !step.isRequest),
  )
  return last?.kind === 'mcp' && isSuccess(last)
}

function noteFailure({ kind, status, exchange }: Step, { firstFailures }: Kept): void {
  const sort = `${kind} ${status}`
  if (!firstFailures.has(sort) && firstFailures.size < failuresKept)
    firstFailures.set(sort, exchange.id)
}

function count(sort: string, { sorts }: Kept): number {
  const seen = (sorts.get(sort) ?? 0) + 1
  if (sorts.size > sortLimit) sorts.clear()
  sorts.set(sort, seen)
  return seen
}

/** Lets the oldest MCP calls after the opening go, else the oldest other steps; those that a finding rests on go last. */
function letGo(kept: Kept, isEvidence: (step: Step) => boolean): Step[] {
  const { steps, firstFailures } = kept
  const later = steps.slice(opening)
  const failures = new Set(firstFailures.values())
  const isSpare = (step: Step) => !isEvidence(step) && !failures.has(step.exchange.id)
  const isCall = ({ kind }: Step) => kind === 'mcp' || kind === 'challenge'
  const rank = (step: Step) => (isSpare(step) ? (isCall(step) ? 0 : 1) : 2)
  const ranked = later.map((step) => ({ step, rank: rank(step) }))
  const gone = ranked.sort((a, b) => a.rank - b.rank).slice(0, atATime)
  const going = new Set(gone.map(({ step }) => step))
  kept.steps.splice(0, steps.length, ...steps.filter((step) => !going.has(step)))
  index(kept)
  return [...going]
}

function index(kept: Kept): void {
  kept.byKind = new Map()
  for (const step of kept.steps) list(step, kept)
}

function list(step: Step, { byKind }: Kept): void {
  const steps = byKind.get(step.kind)
  if (steps === undefined) byKind.set(step.kind, [step])
  else steps.push(step)
}
