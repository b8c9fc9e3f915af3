import type { Event } from './event.ts'
import type { Finding } from './report.ts'
import type { Placed } from './verdict.ts'

/** What is told when findings of a flow were these before and are those now. */
export function changes(earlier: readonly Placed[], later: readonly Placed[]): Event[] {
  const before = new Map(earlier.map(({ finding }) => [finding.id, finding]))
  const after = new Set(later.map(({ finding }) => finding.id))
  return [
    ...later
      .filter(({ finding }) => !sameFinding(before.get(finding.id), finding))
      .map(({ finding }) => ({ type: 'finding' as const, finding })),
    ...earlier
      .filter(({ finding }) => !after.has(finding.id))
      .map(({ finding }) => ({
        type: 'finding-withdrawn' as const,
        'finding-withdrawn': { id: finding.id },
      })),
  ]
}

function sameFinding(a: Finding | undefined, b: Finding): boolean {
  return (
    a !== undefined &&
    a.severity === b.severity &&
    a.past === b.past &&
    a.causedBy === b.causedBy &&
    a.confidence === b.confidence &&
    a.evidence.length === b.evidence.length &&
    a.remedy === b.remedy
  )
}
