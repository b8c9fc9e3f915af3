import { isRoot } from './culprit.ts'
import type { Finding, Report } from './report.ts'
import type { Rule } from './rule.ts'
import type { StepKind } from '../step/step.ts'
import { severityRank } from './words.ts'

/** A finding with where it stands in the session: the order of the step it is anchored to. */
export interface Placed {
  readonly finding: Finding
  readonly order: number
  /** What that step is for. */
  readonly kind: StepKind
  /** The order of the newest step that shows it. */
  readonly lastOrder: number
  /** What the first call asked for, where it is about that. */
  readonly look?: string
  /** Checklist items that it says are untrue. */
  readonly denies: readonly string[]
  /** No login breaks by it. */
  readonly weakness: boolean
}

/** Whether a rule explains a finding: by the finding's rule, or by rule and variant, `rule#variant`. */
function explains(cause: Rule | undefined, { rule, variant }: Finding): boolean {
  return (
    cause?.explains?.some(
      (named) => named === rule || (variant !== undefined && named === `${rule}#${variant}`),
    ) === true
  )
}

/** What is no more than a note causes nothing, and what only may harm somebody else's client did not break this flow. */
const weightToCause = {
  error: severityRank.error,
  warning: severityRank.warning,
  info: severityRank.warning,
}

/**
 * Names the cause of each finding of one flow, where a rule explains another: of several the nearest one, and of those the
 * one that would lead. Causes form no circle: of two rules that explain each other the earlier one is the cause.
 */
export function linkCauses(placed: readonly Placed[], rules: ReadonlyMap<string, Rule>): Placed[] {
  const cause = new Map<string, string>()
  const leadsTo = (from: string | undefined, target: string): boolean => {
    for (
      let id = from, hops = 0;
      id !== undefined && hops <= placed.length;
      id = cause.get(id), hops += 1
    )
      if (id === target) return true
    return false
  }
  const isCause = (one: Placed, effect: Placed): boolean =>
    one !== effect &&
    severityRank[one.finding.severity] >= weightToCause[effect.finding.severity] &&
    explains(rules.get(one.finding.rule), effect.finding)
  // The latest first, so that where two explain each other the earlier is left as the cause.
  for (const effect of [...placed].sort((a, b) => b.order - a.order)) {
    const causes = placed.filter(
      (one) => isCause(one, effect) && !leadsTo(one.finding.id, effect.finding.id),
    )
    const nearest = causes.filter((one) => !causes.some((other) => isCause(one, other)))
    const best = leading(nearest.length === 0 ? causes : nearest)
    if (best !== undefined) cause.set(effect.finding.id, best.finding.id)
  }
  return placed.map((item) => ({
    ...item,
    finding: { ...item.finding, causedBy: cause.get(item.finding.id) ?? null },
  }))
}

/**
 * The earliest error without a cause: the one answer people want. A weakness is it only where nothing breaks a login, and
 * what has been mended since only where nothing is broken any more; what authtap itself caused never is.
 */
export function firstBroken(placed: readonly Placed[]): Report['firstBroken'] {
  const errors = placed.filter(({ finding }) => isRoot(finding))
  const present = leading(errors.filter(({ finding }) => finding.past !== true))
  const first = present ?? leading(errors)
  return first === undefined
    ? null
    : {
        finding: first.finding.id,
        step: first.kind,
        fault: first.finding.fault,
        ...(present === undefined ? { past: true } : {}),
      }
}

/**
 * The one to read first: an error before a warning, what breaks a login before a weakness, then the one at the earliest step.
 * Of several at one step what is proven leads, then the rule's name, so that a record tells the same.
 */
function leading(placed: readonly Placed[]): Placed | undefined {
  return [...placed].sort(
    (a, b) =>
      severityRank[b.finding.severity] - severityRank[a.finding.severity] ||
      Number(a.weakness) - Number(b.weakness) ||
      a.order - b.order ||
      Number(isLikely(a)) - Number(isLikely(b)) ||
      (a.finding.rule < b.finding.rule ? -1 : 1),
  )[0]
}

function isLikely({ finding }: Placed): boolean {
  return finding.confidence === 'likely'
}

/** In the order of their steps; findings of one step in that in which they were made. */
export function earlierFirst(a: Placed, b: Placed): number {
  const number = ({ finding }: Placed) => Number(finding.id.slice(1))
  return a.order - b.order || number(a) - number(b)
}
