import { isObject, member, stringMember } from '../core/wire/json.ts'
import type { LabelFacts } from '../core/wire/label.ts'
import { isLabel } from '../core/wire/label.ts'
import type { Evidence, Finding } from '../core/verdict/report.ts'
import { cite } from '../core/verdict/spec.ts'
import { partyName, severityRank } from '../core/verdict/words.ts'

/**
 * The findings that a capture says were recorded. A file may claim anything: what does not have the shape of a finding is
 * left out, and links are made anew from the names of the sections.
 */
export function recordedFindings(report: unknown): Finding[] {
  const findings = isObject(report) ? member(report, 'findings') : undefined
  return Array.isArray(findings) ? findings.flatMap(readFinding) : []
}

/** What a capture says of its labels; names that are no labels are left out. */
export function recordedLabels(labels: unknown): Record<string, LabelFacts> {
  if (!isObject(labels)) return {}
  const known = Object.entries(labels).filter(
    ([label, facts]) =>
      isLabel(label) &&
      isObject(facts) &&
      typeof member(facts, 'kind') === 'string' &&
      typeof member(facts, 'length') === 'number' &&
      ['header', 'claims'].every((name) => isAbsentOr(member(facts, name), isObject)) &&
      ['prefix', 's256', 'user'].every((name) => isAbsentOr(member(facts, name), isText)),
  )
  return Object.fromEntries(known) as unknown as Record<string, LabelFacts>
}

const texts = ['id', 'rule', 'title', 'message', 'why', 'remedy', 'flow'] as const

function readFinding(value: unknown): Finding[] {
  if (!isObject(value) || !texts.every((name) => isText(member(value, name)))) return []
  const finding = value as unknown as Finding
  const valid =
    Object.hasOwn(severityRank, String(finding.severity)) &&
    isFault(finding.fault) &&
    (finding.confidence === 'certain' || finding.confidence === 'likely') &&
    isAbsentOr(finding.variant, isText) &&
    isAbsentOr(finding.hint, isText) &&
    isAbsentOr(finding.candidates, isCandidates) &&
    Array.isArray(finding.evidence) &&
    finding.evidence.every(isEvidence)
  if (!valid) return []
  const refs = Array.isArray(finding.spec) ? (finding.spec as unknown[]) : []
  const spec = refs.flatMap((one) => cite((isObject(one) && stringMember(one, 'ref')) || '') ?? [])
  const { causedBy } = finding
  return [{ ...finding, basis: 'recorded', spec, causedBy: isText(causedBy) ? causedBy : null }]
}

function isEvidence(value: unknown): value is Evidence {
  return (
    isObject(value) &&
    ['exchange', 'at', 'text'].every((name) => isText(member(value, name))) &&
    ['client', 'note'].every((name) => isAbsentOr(member(value, name), isText))
  )
}

function isCandidates(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every(
      (one: unknown) =>
        isObject(one) && isFault(member(one, 'fault')) && isText(member(one, 'why')),
    )
  )
}

function isFault(value: unknown): boolean {
  return isText(value) && Object.hasOwn(partyName, value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isAbsentOr(value: unknown, holds: (value: unknown) => boolean): boolean {
  return value === undefined || holds(value)
}
