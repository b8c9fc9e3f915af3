import type { Finding, Outcome } from './report.ts'

/**
 * Findings recorded in a capture that stand: of rules that can no longer tell, since what they rested on was removed. What a
 * rule now passes is not taken.
 */
export function recordedFindings(
  recorded: readonly Finding[],
  outcomes: ReadonlyMap<string, Outcome>,
): Finding[] {
  const taken = recorded.filter(({ rule }) =>
    ['silent', 'blind'].includes(outcomes.get(rule) ?? ''),
  )
  // Their numbers are those of another session.
  const idOf = (id: string | null) => (taken.some((one) => one.id === id) ? `recorded-${id}` : null)
  return taken.map((finding) => ({
    ...finding,
    id: `recorded-${finding.id}`,
    causedBy: idOf(finding.causedBy),
    basis: 'recorded' as const,
  }))
}
