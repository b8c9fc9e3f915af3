import type { Flow } from '../flow/flow.ts'
import type { Finding, FlowReport, Outcome, Report, Severity } from './report.ts'
import type { Step } from '../step/step.ts'
import { outcomeOf } from './verdict.ts'

export function worstSeverity(findings: readonly Finding[]): Severity | undefined {
  return (['error', 'warning', 'info'] as const).find((severity) =>
    findings.some((finding) => finding.severity === severity),
  )
}

export function countOutcomes(outcomes: ReadonlyMap<string, Outcome>): Record<Outcome, number> {
  const counts: Record<Outcome, number> = { pass: 0, fail: 0, silent: 0, blind: 0, crash: 0 }
  for (const outcome of outcomes.values()) counts[outcome] += 1
  return counts
}

/** Incomplete: no error, but a flow did not get through and a rule that might have said why was blind in it. */
export function verdictOf(
  findings: readonly Finding[],
  flows: readonly FlowReport[],
  blind: Report['blind'],
): Report['verdict'] {
  if (findings.some(({ severity, fault }) => severity === 'error' && fault !== 'authtap'))
    return 'fail'
  // Where nothing was seen, nothing passed.
  if (flows.length === 0) return 'incomplete'
  const unfinished = flows.filter(({ outcome }) => outcome !== 'authorized')
  return unfinished.some(({ id }) => blind.some(({ flow }) => flow === id)) ? 'incomplete' : 'pass'
}

export function flowReport(flow: Flow): FlowReport {
  return {
    id: flow.id,
    resource: flow.resource ?? null,
    issuer: flow.issuer ?? null,
    clientId: flow.clientId ?? null,
    registration: flow.registration,
    revision: flow.revision.client ?? null,
    steps: flow.steps.map(stepReport),
    calls: flow.calls,
    outcome: outcomeOf(flow),
  }
}

function stepReport(step: Step): FlowReport['steps'][number] {
  return { kind: step.kind, exchange: step.exchange.id, summary: step.summary, ok: step.ok }
}
