import type { Flow } from '../flow/flow.ts'
import { type Changes, type Reads, bitOf } from '../flow/reads.ts'
import type { Step } from '../step/step.ts'
import { type Judgement, type StepJudgement, judge, judgeStep } from './check.ts'
import type { Finding } from './report.ts'
import type { Rule } from './rule.ts'

/** What a rule made of a step, and what it read for that. */
interface Answer {
  readonly judgement: StepJudgement
  readonly reads: Reads
}

/** What a rule made of a flow when it was judged last. */
interface Last {
  readonly answers: ReadonlyMap<Step, Answer>
  readonly judgement: Judgement
  readonly reads: Reads
  /** What it found, as text. */
  found: string
}

/** Of so many flows, those that were judged last, it is known what the rules made of each step. */
const flowsKept = 20

/** What rules made of steps: a rule is asked again only when the step, or what it read of the flow, is another. */
export class Answers {
  readonly #flows = new Map<Flow, Map<Rule, Last>>()

  /** Begins to judge a flow. It is to be told when it is `done`, else all is asked again next time. */
  begin(flow: Flow): Judging {
    const last = this.#flows.get(flow) ?? new Map<Rule, Last>()
    this.#flows.delete(flow)
    return new Judging(flow, last)
  }

  done(flow: Flow, { last }: Judging): void {
    this.#flows.set(flow, last)
    if (this.#flows.size <= flowsKept) return
    const [oldest] = this.#flows.keys()
    this.#flows.delete(oldest!)
  }
}

/** One time that a flow is judged. */
class Judging {
  readonly last: Map<Rule, Last>
  readonly #flow: Flow
  readonly #changes: Changes

  constructor(flow: Flow, last: Map<Rule, Last>) {
    this.#flow = flow
    this.#changes = flow.takeChanges()
    this.last = last
  }

  judge(rule: Rule): Judgement {
    const last = this.last.get(rule)
    if (last !== undefined && !this.#changes.touch(last.reads)) return last.judgement
    const answers = new Map<Step, Answer>()
    const ask = (_rule: Rule, step: Step) => {
      const answer = this.#answer(rule, step, last?.answers.get(step))
      answers.set(step, answer)
      return answer.judgement
    }
    const [judgement, reads] = this.#flow.readsOf(() => judge(rule, this.#flow, ask))
    this.last.set(rule, { answers, judgement, reads, found: last?.found ?? '' })
    return judgement
  }

  #answer(rule: Rule, step: Step, known: Answer | undefined): Answer {
    if (known !== undefined && !this.#changes.touch(known.reads)) {
      this.#flow.noteReads(known.reads)
      return known
    }
    const [judgement, reads] = this.#flow.readsOf(() => judgeStep(rule, step, this.#flow))
    return { judgement, reads }
  }

  /** What a rule found now: where it is not what it was, whoever reads findings is asked again. */
  find(rule: Rule, findings: readonly Finding[]): void {
    const last = this.last.get(rule)!
    const found = findings.length === 0 ? '' : JSON.stringify(findings)
    if (found === last.found) return
    last.found = found
    this.#changes.parts |= bitOf('findings')
  }
}
