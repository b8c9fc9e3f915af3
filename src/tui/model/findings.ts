import type { Evidence, Finding } from '../../core/verdict/report.ts'
import { severityRank } from '../../core/verdict/words.ts'
import { brokenFirst, culpritOf, currentFindings } from './attempt.ts'
import type { Model } from './model.ts'

/** Findings of one rule and variant: said once, with all their evidence. */
export interface FindingGroup {
  readonly key: string
  /** Says what all of them say. */
  readonly finding: Finding
  readonly all: readonly Finding[]
  /** Of the newest finding first; of each what is at fault first. */
  readonly evidence: readonly Evidence[]
  /** How many different exchanges show it. */
  readonly times: number
  /** 0 for a cause; one more for what it causes. */
  readonly depth: number
  readonly isFirstBroken: boolean
}

/** Whether any of it still stands: what is mended alarms nobody. */
export function isStanding({ all }: FindingGroup): boolean {
  return all.some(({ past }) => past !== true)
}

export type FindingOrder = 'severity' | 'count' | 'time'

export function groupKey({ rule, variant }: Finding): string {
  return variant === undefined ? rule : `${rule}#${variant}`
}

/** Causes in order, what follows from each right below it. */
export function findingGroups(model: Model, order: FindingOrder): FindingGroup[] {
  const groups = new Map<string, Finding[]>()
  for (const finding of currentFindings(model)) {
    const key = groupKey(finding)
    groups.set(key, [...(groups.get(key) ?? []), finding])
  }
  const first = brokenFirst(model)?.finding
  const made = [...groups].map(([key, all]) => makeGroup(model, key, all, first))
  const sorted = made.sort(comparing(model, order))
  const placed: FindingGroup[] = []
  const seen = new Set<string>()
  const place = (group: FindingGroup, depth: number) => {
    if (seen.has(group.key)) return
    seen.add(group.key)
    placed.push({ ...group, depth })
    for (const effect of sorted) if (causeOf(model, effect) === group.key) place(effect, depth + 1)
  }
  for (const group of sorted) if (causeOf(model, group) === undefined) place(group, 0)
  for (const group of sorted) place(group, 0)
  return placed
}

function causeOf(model: Model, { finding, key }: FindingGroup): string | undefined {
  const cause = finding.causedBy === null ? undefined : model.findings.get(finding.causedBy)
  const of = cause === undefined ? undefined : groupKey(cause)
  return of === key ? undefined : of
}

function makeGroup(
  model: Model,
  key: string,
  all: readonly Finding[],
  first: Finding | undefined,
): FindingGroup {
  const evidence = all
    .map((finding) => evidenceOf(model, finding))
    .toSorted((a, b) => b.newest - a.newest)
    .flatMap(({ ordered }) => ordered)
  const isFirstBroken = first !== undefined && all.includes(first)
  return {
    key,
    finding: isFirstBroken ? first : all[0]!,
    all,
    evidence,
    times: new Set(evidence.map(({ exchange }) => exchange)).size,
    depth: 0,
    isFirstBroken,
  }
}

/** What is at fault first, then what bears it out, the newest first. */
function evidenceOf(model: Model, finding: Finding) {
  const culprit = culpritOf(model, finding)
  const index = ({ exchange }: Evidence) => model.row(exchange)?.index ?? -1
  const rank = (one: Evidence) => (one.exchange === culprit ? Infinity : index(one))
  return {
    newest: Math.max(-1, ...finding.evidence.map(index)),
    ordered: finding.evidence.toSorted((a, b) => (rank(a) === rank(b) ? 0 : rank(b) - rank(a))),
  }
}

function comparing(model: Model, order: FindingOrder) {
  const rank = ({ finding, isFirstBroken }: FindingGroup) =>
    severityRank[finding.severity] + (isFirstBroken ? 10 : 0)
  const time = ({ evidence }: FindingGroup) =>
    Math.min(...evidence.map(({ exchange }) => model.row(exchange)?.index ?? Infinity))
  return (a: FindingGroup, b: FindingGroup): number => {
    if (order === 'time') return time(a) - time(b)
    if (order === 'count') return b.times - a.times || rank(b) - rank(a)
    return rank(b) - rank(a) || time(a) - time(b)
  }
}
