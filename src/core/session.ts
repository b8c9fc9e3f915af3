import { Answers } from './verdict/answers.ts'
import { clientVerdicts } from './clients/verdict.ts'
import type { Found, Judgement } from './verdict/check.ts'
import { checklist } from './verdict/checklist.ts'
import { Classifier } from './step/classify.ts'
import { type Event, exchangeEvent } from './verdict/event.ts'
import type { Exchange } from './wire/exchange.ts'
import { causesByRule, inOrder } from './verdict/explanations.ts'
import { placeFinding, sightings } from './verdict/finding.ts'
import { Changes } from './verdict/consequence.ts'
import { changes } from './verdict/finding-changes.ts'
import { JudgedFlows } from './verdict/judged-flows.ts'
import { FlowBook } from './flow/book.ts'
import { type Model, OrdinaryCalls } from './flow/ordinary.ts'
import { type Flow } from './flow/flow.ts'
import { type Timers, defaultTimers } from './flow/timers.ts'
import type { Step } from './step/step.ts'
import type { LabelFacts } from './wire/label.ts'
import { BoundedMap } from './wire/bounded-map.ts'
import type { Finding, Outcome, Report } from './verdict/report.ts'
import type { Revision, Rule } from './verdict/rule.ts'
import { countOutcomes, flowReport, verdictOf } from './verdict/tally.ts'
import { Mends } from './verdict/mended.ts'
import { besideRecord, placesOf, recordedFindings, recordedOf } from './verdict/recorded.ts'
import { Standings, withPast } from './verdict/standings.ts'
import { type Placed, earlierFirst, firstBroken, linkCauses } from './verdict/verdict.ts'

export interface SessionOptions {
  readonly rules: readonly Rule[]
  readonly tool: Report['tool']
  /** MCP endpoints known beforehand. */
  readonly targets?: readonly string[]
  /** Judge by this revision instead of detecting it. */
  readonly revision?: Revision
  readonly timers?: Timers
  /** Rules that are not run; the report names them. */
  readonly ignore?: readonly string[]
  /** Facts about the removed values of a redacted capture. */
  readonly labels?: Readonly<Record<string, LabelFacts>>
  /** Findings recorded in the capture, for what redaction took away. */
  readonly recorded?: readonly Finding[]
  readonly shown?: (step: Step) => void
  /** Say what this client, or `all`, would make of the servers. */
  readonly asClient?: string
}

/**
 * The fold: exchanges in, events out. `ingest` each exchange as often as it grew, `judge` what came, `advance` the clock
 * where there is one, `settle` when nothing more will come, then ask for the `report`.
 */
export class Session {
  readonly #options: SessionOptions
  readonly #rules: readonly Rule[]
  readonly #byId: ReadonlyMap<string, Rule>
  readonly #causes: ReadonlyMap<string, ReadonlySet<string>>
  readonly #weaknesses: ReadonlySet<string>
  readonly #classifier: Classifier
  readonly #book: FlowBook
  readonly #ordinary = new OrdinaryCalls()
  readonly #orders = new BoundedMap<number>(100_000)
  readonly #answers = new Answers()
  readonly #judged = new JudgedFlows()
  readonly #standings = new Standings()
  readonly #mends = new Mends(this.#standings)
  /** Ids by what a finding says, so that the same finding keeps its id. */
  readonly #ids = new BoundedMap<string>(20_000)
  #nextId = 1
  readonly #stale = new Set<Flow>()
  /** Flows in which something may still happen, or fail to happen. */
  readonly #unsettled = new Set<Flow>()
  readonly #crashed = new Set<string>()
  readonly #missing = new Set<string>()
  readonly #changes = new Changes()
  #exchanges = 0
  #repeated = 0
  #latest = 0
  #incomplete = false

  constructor(options: SessionOptions) {
    this.#options = options
    const ignored = new Set(options.ignore)
    const active = options.rules.filter((rule) => !ignored.has(rule.id))
    this.#rules = inOrder(active)
    this.#byId = new Map(this.#rules.map((rule) => [rule.id, rule]))
    this.#causes = causesByRule(this.#rules)
    this.#weaknesses = new Set(this.#rules.flatMap(({ id, weakness }) => (weakness ? [id] : [])))
    const labels = options.labels ?? {}
    this.#classifier = new Classifier(options.targets ?? [], (value) =>
      value.startsWith('‹') && Object.hasOwn(labels, value) ? labels[value] : undefined,
    )
    this.#book = new FlowBook(options.timers ?? defaultTimers, options.revision)
  }

  get flows(): readonly Flow[] {
    return this.#book.flows.filter((flow) => !flow.isEmpty)
  }

  /**
   * Counts a call that tells nothing new because it is like one before it, which is given; undefined when the exchange has
   * to be taken in.
   */
  count(exchange: Exchange): Model | undefined {
    // What was told of already while it waited was judged then.
    if (this.#orders.has(exchange.id)) return undefined
    const model = this.#ordinary.like(exchange)
    if (model === undefined) return undefined
    this.#number(exchange)
    this.#book.count(exchange, model.flow)
    this.#unsettled.add(model.flow)
    return model
  }

  /** The place of an exchange among all. */
  #number(exchange: Exchange): number {
    this.#latest = Math.max(this.#latest, exchange.endedAt ?? exchange.startedAt)
    const known = this.#orders.get(exchange.id)
    if (known !== undefined) return known
    this.#orders.set(exchange.id, this.#exchanges)
    return this.#exchanges++
  }

  /** Takes an exchange in, or the later version of one. */
  ingest(exchange: Exchange): Event[] {
    const known = this.#orders.has(exchange.id)
    const order = this.#number(exchange)
    for (const name of exchange.missing ?? []) this.#missing.add(name)
    this.#changes.take(exchange, known)
    const step = this.#classifier.classify(exchange, order)
    const repeated = this.#book.flowOf(exchange.repeats ?? '')
    if (repeated !== undefined) {
      if (!known) this.#repeated += 1
      return [exchangeEvent(step, repeated.id)]
    }
    this.#options.shown?.(step)
    const { flow, moved } = this.#book.place(step)
    for (const { step: leg, from, to } of moved) {
      from.remove(leg)
      to.flow.add(leg, false)
      this.#changed(from)
      this.#changed(to.flow)
    }
    if (flow.add(step, known)) this.#changed(flow)
    else this.#ordinary.learn(step, flow)
    this.#unsettled.add(flow)
    this.#book.tidy()
    return [
      ...moved.map(({ step: leg, to }) => exchangeEvent(leg, to.flow.id)),
      exchangeEvent(step, flow.id),
    ]
  }

  #changed(flow: Flow): void {
    this.#stale.add(flow)
    this.#unsettled.add(flow)
    this.#ordinary.forget(flow)
  }

  /** Whether anything came in since flows were last judged. */
  get stale(): boolean {
    return this.#stale.size > 0
  }

  /** Judges the flows that changed. Costs time by the flow, not by the exchange: call it once for all that came together. */
  judge(): Event[] {
    const flows = [...this.#stale]
    this.#stale.clear()
    return flows.flatMap((flow) => this.#judge(flow))
  }

  /** Moves the clock to `now` (milliseconds since the epoch), so that silence can speak. */
  advance(now: number): Event[] {
    return [...this.#unsettled].flatMap((flow) => {
      const earlier = flow.silence
      flow.advance(now)
      if (flow.settled) this.#unsettled.delete(flow)
      return flow.silence === earlier ? [] : this.#judge(flow)
    })
  }

  /**
   * Nothing more will come. What has settled before was judged then. Where the capture lacks something, what did not happen
   * may be what it lacks: then silence lasts only as long as it was seen to last.
   */
  settle(): Event[] {
    const flows = new Set([...this.#unsettled, ...this.#stale])
    this.#stale.clear()
    this.#unsettled.clear()
    return [...flows].flatMap((flow) => {
      if (this.#incomplete) flow.advance(this.#latest)
      else flow.settle()
      return this.#judge(flow)
    })
  }

  /** The capture is known to lack something: cut off, or damaged. To be told before it settles. */
  markIncomplete(): void {
    this.#incomplete = true
  }

  /** Judges a flow, and those for which its end changes something. */
  #judge(flow: Flow): Event[] {
    const affected = this.#standings.take(flow)
    const told = [flow, ...affected].flatMap((one) => this.#judgeOne(one))
    return [...told, ...this.#judged.mend(flow, this.#mends)]
  }

  #judgeOne(flow: Flow): Event[] {
    const judgements: Judgement[] = []
    const placed: Placed[] = []
    const known: Finding[] = []
    flow.know(known, this.#causes, this.#weaknesses)
    const judging = this.#answers.begin(flow)
    for (const rule of this.#rules) {
      const judgement = judging.judge(rule)
      judgements.push(judgement)
      const found = this.#place(flow, judgement.found)
      const recorded = recordedOf(judgement, this.#options.recorded, flow)
      const findings = [...found.map(({ finding }) => finding), ...recorded]
      placed.push(...found)
      known.push(...findings)
      judging.find(rule, findings)
    }
    this.#answers.done(flow, judging)
    const by = this.#standings.supersededBy(flow)
    this.#mends.take(flow, judgements)
    const past = withPast(linkCauses(placed, this.#byId), flow, by)
    const linked = this.#changes.told(this.#mends.mark(past, flow), flow)
    flow.know(linked.map(({ finding }) => finding))
    const report = flowReport(flow, by?.id)
    const { earlier, isOther } = this.#judged.set(flow, linked, judgements, report)
    this.#book.tidy()
    return [
      ...(isOther ? [{ type: 'flow' as const, flow: report }] : []),
      ...changes(earlier, linked),
      ...this.#crashes(flow, judgements),
    ]
  }

  #place(flow: Flow, found: readonly Found[]): Placed[] {
    return sightings(flow.id, found).map(([key, group]) => {
      const id = this.#ids.get(key) ?? `f${this.#nextId++}`
      this.#ids.set(key, id)
      return placeFinding(id, flow, group)
    })
  }

  #crashes(flow: Flow, judgements: readonly Judgement[]): Event[] {
    return judgements.flatMap(({ rule, crash }) => {
      const key = `${flow.id} ${rule.id}`
      if (crash === undefined || this.#crashed.has(key)) return []
      this.#crashed.add(key)
      const crashed = { rule: rule.id, message: crash, flow: flow.id }
      return [{ type: 'rule-crashed' as const, 'rule-crashed': crashed }]
    })
  }

  report(): Report {
    const { asClient } = this.#options
    const outcomes = this.outcomes()
    const judged = this.#judged.placed
    const again = { rules: this.#byId, outcomes, flows: this.flows, placed: judged }
    const recorded = recordedFindings(this.#options.recorded ?? [], again)
    const placed = besideRecord(judged, this.#options.recorded ?? [], recorded, this.#byId)
    placed.sort(earlierFirst)
    const all = [...placed, ...recorded].map(({ finding }) => finding)
    const flows = this.flows.map((flow) => {
      this.#book.tidy()
      return flowReport(flow, this.#standings.supersededBy(flow)?.id)
    })
    return {
      schema: 'authtap.report/1',
      tool: this.#options.tool,
      verdict: verdictOf(all, flows),
      firstBroken: firstBroken([...placed, ...placesOf(recorded)]),
      findings: all,
      flows,
      checklist: checklist(this.#rules, [...placed, ...recorded], this.#judged.shown, flows),
      outcomes: countOutcomes(outcomes),
      blind: this.#judged.blind,
      ignored: [...(this.#options.ignore ?? [])],
      ...(asClient === undefined ? {} : { clients: clientVerdicts(this.flows, asClient) }),
      capture: {
        exchanges: this.#exchanges,
        complete: !this.#incomplete,
        missing: [...this.#missing].sort(),
        ...(this.#repeated === 0 ? {} : { repeated: this.#repeated }),
        ...this.#changes.report(),
      },
    }
  }

  /** What became of each rule that is run, by its id: over several flows the worst of them. */
  outcomes(): ReadonlyMap<string, Outcome> {
    return this.#judged.outcomes(this.#rules)
  }

  outcomesOf(rule: string): Outcome[] {
    return this.#judged.outcomesOf(rule)
  }
}
