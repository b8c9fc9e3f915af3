import type { Flow } from '../flow/flow.ts'
import type { Step } from '../step/step.ts'
import type { Judgement } from './check.ts'
import type { Standings } from './standings.ts'
import type { Placed } from './verdict.ts'

/** Where a rule looked last and found nothing, where it found nothing after that. */
interface Pass {
  readonly order: number
  /** What a first call asked for, where it was one. */
  readonly look: string | undefined
}

type Passes = ReadonlyMap<string, Pass>

/** So many of the newest logins that got through are asked whether they did better. */
const enough = 50

/**
 * Findings that were mended: the same rule looked again at a later login of the same client, found nothing, and the client
 * got through.
 */
export class Mends {
  readonly #standings: Standings
  readonly #passes = new Map<Flow, Passes>()
  /** Flows in which something is still wrong. */
  readonly #faulty = new Set<Flow>()
  /** How many rules had passed when a flow was last asked what it mends. */
  readonly #asked = new WeakMap<Flow, number>()

  constructor(standings: Standings) {
    this.#standings = standings
  }

  /** Takes in what rules made of a flow. */
  take(flow: Flow, judgements: readonly Judgement[]): void {
    if (this.#standings.through(flow) < 0) return void this.#passes.delete(flow)
    this.#passes.set(flow, passesOf(judgements))
    if (this.#passes.size <= enough) return
    const [oldest] = this.#passes.keys()
    this.#passes.delete(oldest!)
  }

  /** The findings of a flow, with those marked that were mended. */
  mark(placed: readonly Placed[], flow: Flow): readonly Placed[] {
    const isStanding = ({ finding }: Placed) => finding.past !== true
    if (!placed.some(isStanding)) {
      this.#faulty.delete(flow)
      return placed
    }
    const later = [...this.#passes.keys()].filter((one) => this.#standings.isSameClient(one, flow))
    const marked = later.reduce((all, by) => this.#markedBy(by, all, flow), placed)
    if (marked.some(isStanding)) this.#faulty.add(flow)
    else this.#faulty.delete(flow)
    return marked
  }

  /** The other flows that this one may have mended since it was last asked. */
  mendedBy(flow: Flow): readonly Flow[] {
    const passed = this.#passes.get(flow)?.size ?? 0
    if (this.#faulty.size === 0 || passed === 0 || this.#asked.get(flow) === passed) return []
    this.#asked.set(flow, passed)
    return [...this.#faulty].filter(
      (other) => other !== flow && this.#standings.isSameClient(flow, other),
    )
  }

  #markedBy(later: Flow, placed: readonly Placed[], flow: Flow): readonly Placed[] {
    const passes = this.#passes.get(later)
    const end = this.#standings.through(later)
    const mended = new Set<string>()
    for (const { finding, lastOrder, look } of placed) {
      const pass = passes?.get(finding.rule)
      if (pass === undefined || pass.order <= lastOrder || end <= lastOrder) continue
      if (later !== flow || (look !== undefined && pass.look === look)) mended.add(finding.id)
    }
    if (mended.size === 0) return placed
    const isMended = ({ id, causedBy }: Placed['finding']) =>
      mended.has(id) || mended.has(causedBy ?? '')
    return placed.map((item) =>
      isMended(item.finding) ? { ...item, finding: { ...item.finding, past: true } } : item,
    )
  }
}

function passesOf(judgements: readonly Judgement[]): Passes {
  const passes = new Map<string, Pass>()
  for (const { rule, passed, found } of judgements)
    if (passed !== undefined && found.every(({ step }) => step.order < passed.order))
      passes.set(rule.id, { order: passed.order, look: lookOf(passed) })
  return passes
}

/** In one login only the first call is made again: what was asked without a token, and then once more in the same way. */
export function lookOf(step: Step): string | undefined {
  return step.kind === 'challenge' && step.authorization.length === 0
    ? `${step.method} ${step.url}`
    : undefined
}
