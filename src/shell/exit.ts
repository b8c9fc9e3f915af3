import type { Report } from '../core/verdict/report.ts'
import { severityRank } from '../core/verdict/words.ts'

/** Exit codes, the first that applies wins. */
export const exitCodes = {
  bug: 70,
  usage: 2,
  notStarted: 4,
  nothing: 3,
  findings: 1,
  fine: 0,
} as const

export type FailOn = 'error' | 'warning' | 'info' | 'incomplete' | 'never'

/** What a judging command exits with. `unanswered`: exchanges were seen, and no upstream ever answered. */
export function exitOf(report: Report, failOn: FailOn, unanswered: boolean): number {
  if (unanswered) return exitCodes.notStarted
  if (report.capture.exchanges === 0) return exitCodes.nothing
  return fails(report, failOn) ? exitCodes.findings : exitCodes.fine
}

function fails(report: Report, failOn: FailOn): boolean {
  if (failOn === 'never') return false
  if (failOn === 'incomplete') return report.verdict !== 'pass'
  return report.findings.some(
    ({ severity, fault }) => fault !== 'authtap' && severityRank[severity] >= severityRank[failOn],
  )
}
