import type { Flow } from '../flow/flow.ts'
import { BoundedMap } from '../wire/bounded-map.ts'
import { s256 } from '../wire/hash.ts'
import { type Judgement, worse } from './check.ts'
import { type Shown, openItems, seenIn } from './checklist.ts'
import type { Event } from './event.ts'
import { changes } from './finding-changes.ts'
import type { Mends } from './mended.ts'
import type { FlowReport, Outcome, Report } from './report.ts'
import type { Leg, Rule } from './rule.ts'
import type { Placed } from './verdict.ts'

/** What one flow was last judged to be. */
interface Judged {
  readonly placed: readonly Placed[]
  readonly outcomes: Outcomes
  readonly seen: Shown['seen']
  /** A hash of the flow's report. */
  readonly report: string
}

/** What became of the rules in a flow; many flows share it. */
interface Outcomes {
  /** Of the rules that were not silent, which is what a rule is without being named. */
  readonly told: readonly {
    readonly rule: string
    readonly outcome: Outcome
    readonly leg: Leg | undefined
  }[]
  readonly blind: Shown['blind']
}

const sharedLimit = 1000

/** What each flow was last judged to be. */
export class JudgedFlows {
  readonly #judged = new Map<Flow, Judged>()
  readonly #shared = new BoundedMap<Outcomes>(sharedLimit)

  /** Takes in what a flow is judged to be. Returns what it was before, and whether its report is another. */
  set(
    flow: Flow,
    placed: readonly Placed[],
    judgements: readonly Judgement[],
    report: FlowReport,
  ): { earlier: readonly Placed[]; isOther: boolean } {
    const earlier = this.#judged.get(flow)
    const hash = s256(JSON.stringify(report))
    const outcomes = this.#outcomes(judgements)
    this.#judged.set(flow, { placed, outcomes, seen: seenIn(flow), report: hash })
    return { earlier: earlier?.placed ?? [], isOther: earlier?.report !== hash }
  }

  /** Flows that are judged alike share what became of the rules. */
  #outcomes(judgements: readonly Judgement[]): Outcomes {
    const telling = judgements.filter(({ outcome }) => outcome !== 'silent')
    const told = telling.map(({ rule, outcome, leg }) => ({ rule: rule.id, outcome, leg }))
    const key = s256(told.map(({ rule, outcome, leg }) => `${rule} ${outcome} ${leg}`).join())
    const known = this.#shared.get(key)
    if (known !== undefined) return known
    const outcomes = { told, blind: openItems(telling) }
    this.#shared.set(key, outcomes)
    return outcomes
  }

  /** Marks in other flows what was mended with this one. */
  mend(by: Flow, mends: Mends): Event[] {
    return mends.mendedBy(by).flatMap((flow) => {
      const judged = this.#judged.get(flow)
      if (judged === undefined) return []
      const placed = mends.mark(judged.placed, flow)
      this.#judged.set(flow, { ...judged, placed })
      return changes(judged.placed, placed)
    })
  }

  get placed(): Placed[] {
    return [...this.#judged.values()].flatMap(({ placed }) => placed)
  }

  get shown(): Shown[] {
    return [...this.#judged].map(([flow, { seen, outcomes }]) => ({
      flow: flow.id,
      blind: outcomes.blind,
      seen,
    }))
  }

  /** What became of each of these rules, by its id: over several flows the worst of them. */
  outcomes(rules: readonly Rule[]): Map<string, Outcome> {
    const worst = new Map<string, Outcome>(rules.map((rule) => [rule.id, 'silent']))
    for (const { told } of new Set([...this.#judged.values()].map(({ outcomes }) => outcomes)))
      for (const { rule, outcome } of told)
        worst.set(rule, worse(worst.get(rule) ?? 'silent', outcome))
    return worst
  }

  /** What a rule made of each flow. */
  outcomesOf(rule: string): Outcome[] {
    return [...this.#judged.values()].map(
      ({ outcomes: { told } }) => told.find((one) => one.rule === rule)?.outcome ?? 'silent',
    )
  }

  /** What rules could not see, and where. */
  get blind(): Report['blind'] {
    return [...this.#judged].flatMap(([flow, { outcomes }]) =>
      outcomes.told.flatMap(({ rule, outcome, leg }) =>
        outcome === 'blind' && leg !== undefined ? [{ rule, leg, flow: flow.id }] : [],
      ),
    )
  }
}
