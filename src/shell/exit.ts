import type { Report } from '../core/verdict/report.ts'
import { severityRank } from '../core/verdict/words.ts'

/** Exit codes, the first that applies wins. */
export const exitCodes = {
  bug: 70,
  usage: 2,
  notStarted: 4,
  incomplete: 3,
  findings: 1,
  fine: 0,
} as const

export type FailOn = 'error' | 'warning' | 'info' | 'never'

/**
 * What a judging command exits with: 0 only where somebody was seen to get through. `unanswered`: exchanges were seen, and no
 * upstream ever answered.
 */
export function exitOf(report: Report, failOn: FailOn, unanswered: boolean): number {
  if (unanswered) return exitCodes.notStarted
  if (failOn === 'never') return exitCodes.fine
  const fails = report.findings.some(
    ({ severity, fault, past }) =>
      past !== true && fault !== 'authtap' && severityRank[severity] >= severityRank[failOn],
  )
  if (fails) return exitCodes.findings
  return report.verdict === 'pass' ? exitCodes.fine : exitCodes.incomplete
}
