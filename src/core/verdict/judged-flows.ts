import type { Flow } from '../flow/flow.ts'
import { type Judgement, worse } from './check.ts'
import type { Shown } from './checklist.ts'
import type { Outcome, Report } from './report.ts'
import type { Rule } from './rule.ts'
import type { Placed } from './verdict.ts'

/** What one flow was last judged to be. */
export interface Judged {
  readonly placed: readonly Placed[]
  /** Of the rules that were not silent. */
  readonly judgements: readonly Judgement[]
  readonly shown: Shown
  /** The flow's report, as JSON. */
  readonly report: string
}

/** What each flow was last judged to be. */
export class JudgedFlows {
  readonly #judged = new Map<Flow, Judged>()

  of(flow: Flow): Judged | undefined {
    return this.#judged.get(flow)
  }

  set(flow: Flow, judged: Judged): void {
    this.#judged.set(flow, judged)
  }

  get placed(): Placed[] {
    return [...this.#judged.values()].flatMap(({ placed }) => placed)
  }

  get shown(): Shown[] {
    return [...this.#judged.values()].map(({ shown }) => shown)
  }

  /** What became of each of these rules, by its id: over several flows the worst of them. */
  outcomes(rules: readonly Rule[]): Map<string, Outcome> {
    const outcomes = new Map<string, Outcome>(rules.map((rule) => [rule.id, 'silent']))
    for (const { judgements } of this.#judged.values())
      for (const { rule, outcome } of judgements)
        outcomes.set(rule.id, worse(outcomes.get(rule.id) ?? 'silent', outcome))
    return outcomes
  }

  /** What a rule made of each flow. */
  outcomesOf(rule: string): Outcome[] {
    return [...this.#judged.values()].map(
      ({ judgements }) => judgements.find((one) => one.rule.id === rule)?.outcome ?? 'silent',
    )
  }

  /** What rules could not see, and where. */
  get blind(): Report['blind'] {
    return [...this.#judged].flatMap(([flow, { judgements }]) =>
      judgements.flatMap(({ rule, outcome, leg }) =>
        outcome === 'blind' && leg !== undefined ? [{ rule: rule.id, leg, flow: flow.id }] : [],
      ),
    )
  }
}
