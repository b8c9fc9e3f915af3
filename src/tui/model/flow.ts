import type { Finding, FlowReport } from '../../core/verdict/report.ts'
import { stepKinds } from '../../core/step/kinds.ts'
import type { StepKind } from '../../core/step/step.ts'
import type { Model } from './model.ts'
import type { Row } from './rows.ts'

export type Lane = 'browser' | 'client' | 'server' | 'issuer'

export interface FlowStep {
  readonly exchange: string
  readonly kind: StepKind
  readonly row: Row | undefined
  readonly summary: string
  readonly ok: boolean
  readonly from: Lane
  readonly to: Lane
  /** Findings that this step shows, the worst first. */
  readonly findings: readonly Finding[]
  /** The flow broke here, by this finding. */
  readonly broken: Finding | undefined
}

export function flowSteps(model: Model, flow: FlowReport): FlowStep[] {
  const broken = brokenBy(model, flow.id)
  const anchor = broken === undefined ? undefined : anchorOf(model, broken, flow)
  return flow.steps.map(({ exchange, kind, summary, ok }) => {
    const row = model.row(exchange)
    return {
      exchange,
      kind,
      row,
      summary,
      ok,
      ...lanes(kind, row),
      findings: model.findingsAt(exchange).filter(
        // What merely supports a finding elsewhere is no fault of this step.
        ({ severity, evidence }) => severity !== 'info' && evidence[0]?.exchange === exchange,
      ),
      broken: exchange === anchor ? broken : undefined,
    }
  })
}

/** The earliest error without a cause in a flow. */
export function brokenBy(model: Model, flow: string): Finding | undefined {
  const first = model.findings.get(model.report?.firstBroken?.finding ?? '')
  if (first?.flow === flow) return first
  const place = ({ evidence }: Finding) => model.row(evidence[0]?.exchange)?.index ?? Infinity
  return [...model.findings.values()]
    .filter(
      (finding) =>
        finding.flow === flow &&
        finding.severity === 'error' &&
        finding.causedBy === null &&
        finding.fault !== 'authtap',
    )
    .reduce<Finding | undefined>(
      (best, one) => (best === undefined || place(one) < place(best) ? one : best),
      undefined,
    )
}

function anchorOf(model: Model, broken: Finding, flow: FlowReport): string | undefined {
  const among = new Set(flow.steps.map(({ exchange }) => exchange))
  const shown = broken.evidence.map(({ exchange }) => exchange).filter((id) => among.has(id))
  const { firstBroken } = model.report ?? {}
  const kind = firstBroken?.finding === broken.id ? firstBroken?.step : undefined
  return shown.find((id) => model.row(id)?.kind === kind) ?? shown[0]
}

const laneOf = {
  browser: 'browser',
  client: 'client',
  'resource-server': 'server',
  'authorization-server': 'issuer',
} as const

function lanes(kind: StepKind, row: Row | undefined): { from: Lane; to: Lane } {
  const { asks, answers } = stepKinds[kind]
  const told = row?.role === 'AS' ? 'authorization-server' : 'resource-server'
  return { from: laneOf[asks], to: laneOf[answers ?? told] }
}
