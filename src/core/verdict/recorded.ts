import type { Flow } from '../flow/flow.ts'
import type { Step } from '../step/step.ts'
import type { Judgement } from './check.ts'
import { deniedBy } from './checklist.ts'
import type { Finding, Outcome } from './report.ts'
import type { Rule } from './rule.ts'
import type { Placed } from './verdict.ts'

/** What is known again of a session that was judged before: its rules, what became of each, its flows, what was found anew. */
export interface Again {
  readonly rules: ReadonlyMap<string, Rule>
  readonly outcomes: ReadonlyMap<string, Outcome>
  readonly flows: readonly Flow[]
  readonly placed: readonly Placed[]
}

/** A finding of the record. Without a step, what it rests on is not in this capture. */
export type Recorded = Omit<Placed, 'kind' | 'order'> & { readonly step: Step | undefined }

/** What no longer tells anything by itself: its findings are taken from the record. */
const untold: ReadonlySet<Outcome | undefined> = new Set<Outcome>(['silent', 'blind'])

/** What the record holds of one flow by a rule that can no longer tell. */
export function recordedOf(
  { rule, outcome }: Judgement,
  record: readonly Finding[] = [],
  flow: Flow,
): Finding[] {
  if (record.length === 0 || !untold.has(outcome)) return []
  const ids = new Set(flow.steps.map(({ exchange }) => exchange.id))
  return record.filter((one) => one.rule === rule.id && ids.has(one.evidence[0]?.exchange ?? ''))
}

/**
 * Findings recorded in a capture that stand: of rules that can no longer tell, since what they rested on was removed. What a
 * rule now passes is not taken.
 */
export function recordedFindings(recorded: readonly Finding[], again: Again): Recorded[] {
  const taken = recorded.filter(({ rule }) => untold.has(again.outcomes.get(rule)))
  // Their numbers are those of another session; a cause may have been found anew.
  const idOf = (id: string | null): string | null => {
    if (taken.some((one) => one.id === id)) return `recorded-${id}`
    const cause = recorded.find((one) => one.id === id)
    const found = again.placed.find(
      ({ finding }) => finding.rule === cause?.rule && finding.variant === cause.variant,
    )
    return found?.finding.id ?? null
  }
  return taken.map((one) => {
    const isAnchor = ({ exchange }: Step) => exchange.id === one.evidence[0]?.exchange
    const flow = again.flows.find(({ steps }) => steps.some(isAnchor))
    const step = flow?.steps.find(isAnchor)
    const rule = again.rules.get(one.rule)
    const finding: Finding = {
      ...one,
      id: `recorded-${one.id}`,
      flow: flow?.id ?? one.flow,
      causedBy: idOf(one.causedBy),
      basis: 'recorded',
    }
    const denies = deniedBy(rule, finding, step === undefined ? [] : [step], flow)
    return {
      finding,
      step,
      lastOrder: step?.order ?? -1,
      denies,
      weakness: rule?.weakness === true,
    }
  })
}

/** Those that stand somewhere in this capture. */
export function placesOf(recorded: readonly Recorded[]): Placed[] {
  return recorded.flatMap((one) =>
    one.step === undefined ? [] : [{ ...one, kind: one.step.kind, order: one.step.order }],
  )
}

/** What was found anew, as it stands beside the findings of the record that are taken. */
export function besideRecord(
  placed: readonly Placed[],
  record: readonly Finding[],
  taken: readonly Recorded[],
  rules: ReadonlyMap<string, Rule>,
): Placed[] {
  return underRecorded(withoutExplained(placed, taken, rules), record, taken)
}

/** Without what says no more than that no rule found anything, in flows of which the record holds what was found. */
function withoutExplained(
  placed: readonly Placed[],
  recorded: readonly Recorded[],
  rules: ReadonlyMap<string, Rule>,
): Placed[] {
  const known = new Set(
    recorded
      .filter(({ finding: { severity, fault } }) => severity === 'error' && fault !== 'authtap')
      .map(({ finding }) => finding.flow),
  )
  return placed.filter(
    ({ finding }) => !known.has(finding.flow) || rules.get(finding.rule)?.aggregates !== 'last',
  )
}

/** What was found anew, under the cause that it had when it was recorded, where that cause stands in the record alone. */
function underRecorded(
  placed: readonly Placed[],
  record: readonly Finding[],
  taken: readonly Recorded[],
): Placed[] {
  const ids = new Set(taken.map(({ finding }) => finding.id))
  const isSame = (a: Finding, b: Finding) =>
    a.rule === b.rule &&
    a.variant === b.variant &&
    a.evidence[0]?.exchange === b.evidence[0]?.exchange
  return placed.map((item) => {
    if (item.finding.causedBy !== null) return item
    const before = record.find((one) => isSame(one, item.finding))
    const causedBy = `recorded-${before?.causedBy}`
    return ids.has(causedBy) ? { ...item, finding: { ...item.finding, causedBy } } : item
  })
}
