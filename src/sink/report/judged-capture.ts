import type { Exchange } from '../../core/wire/exchange.ts'
import { culpritIn } from '../../core/verdict/culprit.ts'
import type { ExchangeEvent } from '../../core/verdict/event.ts'
import type { LabelFacts } from '../../core/wire/label.ts'
import type { Safe } from '../../core/redact/redactor.ts'
import type {
  ChecklistEntry,
  Finding,
  FlowReport,
  Outcome,
  Report,
} from '../../core/verdict/report.ts'
import type { StepKind } from '../../core/step/step.ts'

/** A capture that was judged, with no secret in it: what every format is made of. */
export interface JudgedCapture {
  readonly report: Safe<Report>
  /**
   * What documents show, in the order of time and each once, in its last version: every exchange, or of a very large capture
   * those that tell most. How many there were says the report.
   */
  readonly exchanges: readonly Safe<ExchangeEvent>[]
  /** What may be said of each label. */
  readonly labels: Readonly<Record<string, LabelFacts>>
  /** What became of each rule that was run or asked to be left out. */
  readonly rules: readonly RuleOutcome[]
  /** MCP endpoints that the sessions were recorded for, where the captures tell. */
  readonly targets: readonly string[]
  /** The capture files, as they were named. */
  readonly sources: readonly string[]
  /** On which line of its file an exchange begins; where nobody asks, and of what is no HAR file, that is unknown. */
  readonly lines?: ReadonlyMap<string, number>
}

/** The same with all that the captures hold. */
export interface WholeCapture extends JudgedCapture {
  /** Every exchange, however many there are, and what it was taken for. None is held: each call goes through them anew. */
  every(): AsyncIterable<PlacedExchange>
}

export interface PlacedExchange {
  readonly exchange: Safe<Exchange>
  readonly step: StepKind
  readonly flow: string
}

export interface RuleOutcome {
  readonly id: string
  readonly title: string
  readonly outcome: Outcome
}

/** A document in pieces, so that a large one need not be held whole. A value is never cut in two. */
export type Format = (capture: JudgedCapture) => Iterable<string>
/** The same of everything that was captured. */
export type WholeFormat = (capture: WholeCapture) => AsyncIterable<string>

/** The finding that broke the flow first; what has been mended since, where nothing is broken any more. */
export function causeOf({ findings, firstBroken }: Report): Finding | undefined {
  return findings.find(({ id }) => id === firstBroken?.finding)
}

/** The exchange at which the flow broke: the evidence that belongs to the broken step, else the first. */
export function brokenExchange(capture: JudgedCapture): string | undefined {
  const cause = causeOf(capture.report)
  return cause === undefined ? undefined : culpritIn(capture.report)(cause)
}

/** The exchange in which it showed: the first that failed in the flow of the cause, from where it broke on. */
export function failedExchange(capture: JudgedCapture): string | undefined {
  const broken = brokenExchange(capture)
  const steps = capture.report.flows.find(({ id }) => id === causeOf(capture.report)?.flow)?.steps
  const from = steps?.findIndex(({ exchange }) => exchange === broken) ?? -1
  return steps?.slice(Math.max(0, from)).find(({ ok }) => !ok)?.exchange
}

/** Findings that follow from this one, through others as well, in their order. */
export function consequencesOf(cause: Finding, findings: readonly Finding[]): Finding[] {
  const reached = new Set([cause.id])
  for (let grew = true; grew;) {
    grew = false
    for (const { id, causedBy } of findings)
      if (causedBy !== null && reached.has(causedBy) && !reached.has(id)) {
        reached.add(id)
        grew = true
      }
  }
  return findings.filter(({ id }) => id !== cause.id && reached.has(id))
}

/** Legs that were not visible where it matters, each with the rules that would have read it. */
export function blindLegs({ blind, flows }: Report): Map<string, string[]> {
  const unfinished = new Set(
    flows
      .filter(({ outcome }) => outcome !== 'authorized' && outcome !== 'superseded')
      .map(({ id }) => id),
  )
  const legs = new Map<string, string[]>()
  for (const { leg, rule, flow } of blind) {
    if (!unfinished.has(flow)) continue
    const rules = legs.get(leg) ?? []
    if (!rules.includes(rule)) legs.set(leg, [...rules, rule])
  }
  return legs
}

/** Flows in order, the broken one first. */
export function flowsByInterest({ flows, findings, firstBroken }: Report): FlowReport[] {
  const broken = findings.find(({ id }) => id === firstBroken?.finding)?.flow
  return [...flows].sort((a, b) => Number(b.id === broken) - Number(a.id === broken))
}

/** The rules whose findings say that an item of the checklist is untrue. */
export function deniers(entry: ChecklistEntry, { findings }: Safe<Report>): string[] {
  const denying = findings.filter(({ id }) => entry.findings.includes(id))
  return [...new Set(denying.map(({ rule }) => rule))]
}
