import type { McpCall, Step, StepKind, StepOf } from '../step/step.ts'

/** Steps kept for judging. Older ones are let go. */
const keptSteps = 400
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

/**
 * The steps of one flow in the order in which they began. Ordinary MCP calls beyond the first of their sort are only
 * counted, so that a long session costs the same at its end as at its start.
 */
export class KeptSteps {
  readonly #steps: Step[] = []
  #byKind = new Map<StepKind, Step[]>()
  readonly #sorts = new Map<string, number>()
  /** Exchanges with the first failure of each sort: what broke first is never let go, however long the flow goes on. */
  readonly #firstFailures = new Map<string, string>()
  #calls = 0

  get steps(): readonly Step[] {
    return this.#steps
  }

  /** MCP calls seen, kept or not. */
  get calls(): number {
    return this.#calls
  }

  of<Kind extends StepKind>(kinds: readonly Kind[]): StepOf<Kind>[] {
    if (kinds.length === 1) return (this.#byKind.get(kinds[0]!) ?? []) as StepOf<Kind>[]
    return this.#steps.filter((step) => kinds.includes(step.kind as Kind)) as StepOf<Kind>[]
  }

  /** Counts a call that tells nothing new. */
  count(): void {
    this.#calls += 1
  }

  /** Takes a step in; false when it tells nothing new and is only counted. */
  add(step: Step, isEvidence: (step: Step) => boolean): boolean {
    if (step.kind === 'mcp' || step.kind === 'challenge') this.#calls += 1
    if (step.kind === 'mcp' && (isUnkept(step) || this.#isOrdinary(step))) return false
    if (!step.ok) this.#noteFailure(step)
    const at = this.#steps.findLastIndex(({ order }) => order < step.order) + 1
    this.#steps.splice(at, 0, step)
    if (this.#steps.length > keptSteps) this.#letGo(isEvidence)
    else if (at === this.#steps.length - 1) this.#list(step)
    else this.#index()
    return true
  }

  /** Puts a later version in the place of the earlier one; false when that one was not kept. */
  replace(step: Step): boolean {
    const index = this.#steps.findLastIndex((other) => other.exchange.id === step.exchange.id)
    if (index < 0) return false
    this.#steps[index] = step
    this.#index()
    return true
  }

  remove(step: Step): void {
    const index = this.#steps.findIndex((other) => other.exchange.id === step.exchange.id)
    if (index < 0) return
    this.#steps.splice(index, 1)
    if (step.kind === 'mcp' || step.kind === 'challenge') this.#calls -= 1
    this.#index()
  }

  /**
   * The third success of the same sort with the same credential tells nothing new, nor does the twentieth failure; but a
   * success after anything that failed tells that it is over.
   */
  #isOrdinary(step: McpCall): boolean {
    const sort = `${step.method} ${step.rpc?.method} ${step.authorization.join()}`
    return isSuccess(step)
      ? this.#count(sort) > 2 && this.#isWell()
      : this.#count(`${sort} ${step.status} ${step.ok}`) > 20
  }

  /** The last step that tells anything was a request that succeeded; a stream or a notification tells nothing of requests. */
  #isWell(): boolean {
    const last = this.#steps.findLast(
      (step) =>
        !['preflight', 'other', 'jwks'].includes(step.kind) &&
        !(step.kind === 'mcp' && step.ok && !step.isRequest),
    )
    return last?.kind === 'mcp' && isSuccess(last)
  }

  #noteFailure({ kind, status, exchange }: Step): void {
    const sort = `${kind} ${status}`
    if (!this.#firstFailures.has(sort) && this.#firstFailures.size < failuresKept)
      this.#firstFailures.set(sort, exchange.id)
  }

  #count(sort: string): number {
    const count = (this.#sorts.get(sort) ?? 0) + 1
    if (this.#sorts.size > sortLimit) this.#sorts.clear()
    this.#sorts.set(sort, count)
    return count
  }

  /** Lets the oldest MCP call after the opening go, else the oldest other step; one that a finding rests on goes last. */
  #letGo(isEvidence: (step: Step) => boolean): void {
    const later = this.#steps.slice(opening)
    const failures = new Set(this.#firstFailures.values())
    const spare = later.filter((step) => !isEvidence(step) && !failures.has(step.exchange.id))
    const oldest =
      spare.find(({ kind }) => kind === 'mcp' || kind === 'challenge') ?? spare[0] ?? later[0]!
    this.#steps.splice(this.#steps.indexOf(oldest), 1)
    this.#index()
  }

  #index(): void {
    this.#byKind = new Map()
    for (const step of this.#steps) this.#list(step)
  }

  #list(step: Step): void {
    const list = this.#byKind.get(step.kind)
    if (list === undefined) this.#byKind.set(step.kind, [step])
    else list.push(step)
  }
}
