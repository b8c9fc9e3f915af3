import type { Safe } from '../../core/redact/redactor.ts'
import type { Finding, FlowReport, Report } from '../../core/verdict/report.ts'
import { severityRank } from '../../core/verdict/words.ts'

/** Flows that went alike: they are told in one line. */
export interface FlowGroup {
  readonly flow: FlowReport
  readonly ids: readonly string[]
  readonly calls: number
}

export function flowGroups(flows: readonly FlowReport[]): FlowGroup[] {
  const groups = new Map<string, FlowReport[]>()
  for (const flow of flows) {
    const { resource, issuer, registration, revision, outcome } = flow
    const key = JSON.stringify([resource, issuer, registration, revision, outcome])
    groups.set(key, [...(groups.get(key) ?? []), flow])
  }
  return [...groups.values()].map((all) => ({
    flow: all[0]!,
    ids: all.map(({ id }) => id),
    calls: all.reduce((sum, { calls }) => sum + calls, 0),
  }))
}

/** Findings of one rule and variant, with how many follow from them. */
export interface CauseGroup {
  readonly finding: Finding
  readonly times: number
  readonly flows: readonly string[]
  readonly consequences: number
}

/** What nothing else explains, the worst and most frequent first; what broke first at the head. */
export function causeGroups({ findings, firstBroken }: Safe<Report>): CauseGroup[] {
  const byId = new Map(findings.map((finding) => [finding.id, finding]))
  const groups = new Map<string, { all: Finding[]; consequences: number }>()
  const groupOf = ({ rule, variant, past }: Finding) => {
    const key = `${rule} ${variant} ${past}`
    const group = groups.get(key) ?? { all: [], consequences: 0 }
    groups.set(key, group)
    return group
  }
  for (const finding of findings) {
    const root = rootOf(finding, byId)
    if (root === finding) groupOf(root).all.push(finding)
    else groupOf(root).consequences += 1
  }
  const weight = ({ finding }: CauseGroup) =>
    severityRank[finding.severity] +
    (finding.past === true ? -0.5 : 0) +
    (finding.id === firstBroken?.finding ? 10 : 0)
  return [...groups.values()]
    .map(({ all, consequences }) => ({
      finding: all.find(({ id }) => id === firstBroken?.finding) ?? all[0]!,
      times: all.length,
      flows: [...new Set(all.map(({ flow }) => flow))],
      consequences,
    }))
    .toSorted((a, b) => weight(b) - weight(a) || b.times - a.times)
}

function rootOf(finding: Finding, byId: ReadonlyMap<string, Finding>): Finding {
  let root = finding
  for (let hops = 0; root.causedBy !== null && hops < byId.size; hops += 1) {
    const cause = byId.get(root.causedBy)
    if (cause === undefined) break
    root = cause
  }
  return root
}

/** `w1-w4, w7`: ids that follow each other as a range. */
export function ranges(ids: readonly string[], most = 8): string {
  const runs: [first: string, last: string][] = []
  for (const id of ids) {
    const last = runs.at(-1)
    const follows =
      last !== undefined &&
      Number(id.replace(/^\D+/, '')) === Number(last[1].replace(/^\D+/, '')) + 1
    if (follows) last[1] = id
    else runs.push([id, id])
  }
  const shown = runs
    .slice(0, most)
    .map(([first, last]) => (first === last ? first : `${first}-${last}`))
  return runs.length > most ? `${shown.join(', ')}, …` : shown.join(', ')
}
