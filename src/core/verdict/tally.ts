import type { Flow } from '../flow/flow.ts'
import type { Finding, FlowReport, Outcome, Report } from './report.ts'
import type { Step } from '../step/step.ts'
import { endingOf } from './outcome.ts'
import { isOfCheck } from '../clients/by-hand.ts'

export function countOutcomes(outcomes: ReadonlyMap<string, Outcome>): Record<Outcome, number> {
  const counts: Record<Outcome, number> = { pass: 0, fail: 0, silent: 0, blind: 0, crash: 0 }
  for (const outcome of outcomes.values()) counts[outcome] += 1
  return counts
}

/**
 * *pass*: somebody got through, no other login failed or was left, and there is no error. *fail*: there is an error.
 * *incomplete*: everything else. What has been mended since, and who only looked, decide nothing.
 */
export function verdictOf(
  findings: readonly Finding[],
  flows: readonly FlowReport[],
): Report['verdict'] {
  const fails = findings.some(
    ({ severity, fault, past }) => severity === 'error' && fault !== 'authtap' && past !== true,
  )
  if (fails) return 'fail'
  const decide = flows.filter(({ outcome }) => outcome !== 'looked' && outcome !== 'superseded')
  return decide.length > 0 && decide.every(({ outcome }) => outcome === 'authorized')
    ? 'pass'
    : 'incomplete'
}

export function flowReport(flow: Flow, by: string | undefined): FlowReport {
  const { outcome } = endingOf(flow)
  const isWhole = outcome === 'authorized' || outcome === 'looked'
  return {
    id: flow.id,
    resource: flow.resource ?? null,
    issuer: flow.issuer ?? null,
    clientId: flow.clientId ?? null,
    registration: flow.registration,
    revision: flow.revision.client ?? null,
    steps: flow.steps.map(stepReport),
    calls: flow.calls,
    ...(flow.steps.some(isOfCheck) ? { check: true as const } : {}),
    ...(by === undefined || isWhole ? { outcome } : { outcome: 'superseded', by }),
  }
}

function stepReport(step: Step): FlowReport['steps'][number] {
  return { kind: step.kind, exchange: step.exchange.id, summary: step.summary, ok: step.ok }
}
