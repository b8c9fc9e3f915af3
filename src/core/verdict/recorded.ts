import type { Finding, Outcome } from './report.ts'
import type { Rule } from './rule.ts'
import type { Placed } from './verdict.ts'

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

/** Without what says no more than that no rule found anything, where the record holds what was found. */
export function withoutExplained(
  placed: readonly Placed[],
  recorded: readonly Finding[],
  rules: ReadonlyMap<string, Rule>,
): Placed[] {
  const isKnown = recorded.some(
    ({ severity, fault }) => severity === 'error' && fault !== 'authtap',
  )
  return placed.filter(({ finding }) => !isKnown || rules.get(finding.rule)?.aggregates !== 'last')
}
