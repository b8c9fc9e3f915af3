import type { StepKind } from '../step/step.ts'
import type { Finding, Report, Severity } from './report.ts'

/** An error that no other explains. */
export function isRoot({ severity, causedBy, fault }: Finding): boolean {
  return severity === 'error' && causedBy === null && fault !== 'authtap'
}

/** The exchange that is at fault: of what first broke, the one that is such a step; the others are its witnesses. */
export function culpritOf(
  { id, evidence }: Finding,
  firstBroken: Report['firstBroken'] | undefined,
  kindOf: (exchange: string) => StepKind | undefined,
): string | undefined {
  const kind = firstBroken?.finding === id ? firstBroken.step : undefined
  const place = evidence.find(({ exchange }) => kindOf(exchange) === kind)
  return (place ?? evidence[0])?.exchange
}

/** The same, by the steps that the report lists. */
export function culpritIn(report: Report): (finding: Finding) => string | undefined {
  const steps = report.flows.flatMap(({ steps }) => steps)
  const kinds = new Map(steps.map(({ exchange, kind }) => [exchange, kind]))
  return (finding) => culpritOf(finding, report.firstBroken, (exchange) => kinds.get(exchange))
}

/** The exchanges that are at fault, each with the worst that was found of it: one may be answered with 200 and be wrong. */
export function faultyExchanges(report: Report): ReadonlyMap<string, Exclude<Severity, 'info'>> {
  const culprit = culpritIn(report)
  const worst = new Map<string, Exclude<Severity, 'info'>>()
  for (const finding of report.findings) {
    const { severity } = finding
    const exchange = culprit(finding)
    if (severity === 'info' || exchange === undefined) continue
    if (worst.get(exchange) !== 'error') worst.set(exchange, severity)
  }
  return worst
}
