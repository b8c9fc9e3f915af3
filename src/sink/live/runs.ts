import type { Event, ExchangeEvent } from '../../core/verdict/event.ts'
import type { Finding, FlowReport, Report } from '../../core/verdict/report.ts'

/**
 * An event of a later run of the proxy, its ids prefixed: each run counts from 1, and what a viewer saw of the runs before
 * must not be replaced.
 */
export function prefixed(event: Event, prefix: string): Event {
  if (prefix === '') return event
  switch (event.type) {
    case 'exchange':
      return { ...event, exchange: prefixedExchange(event.exchange, prefix) }
    case 'calls': {
      const calls = event.calls.calls.map((call) => ({ ...call, id: prefix + call.id }))
      return { ...event, calls: { model: prefixedExchange(event.calls.model, prefix), calls } }
    }
    case 'flow':
      return { ...event, flow: prefixedFlow(event.flow, prefix) }
    case 'finding':
      return { ...event, finding: prefixedFinding(event.finding, prefix) }
    case 'finding-withdrawn':
      return { ...event, [event.type]: { id: prefix + event[event.type].id } }
    case 'rule-crashed':
      return {
        ...event,
        [event.type]: { ...event[event.type], flow: prefix + event[event.type].flow },
      }
    case 'report':
      return { ...event, report: prefixedReport(event.report, prefix) }
  }
}

function prefixedExchange({ exchange, step, flow }: ExchangeEvent, prefix: string): ExchangeEvent {
  const like = exchange.like === undefined ? {} : { like: prefix + exchange.like }
  return { exchange: { ...exchange, id: prefix + exchange.id, ...like }, step, flow: prefix + flow }
}

function prefixedFlow(flow: FlowReport, prefix: string): FlowReport {
  const steps = flow.steps.map((step) => ({ ...step, exchange: prefix + step.exchange }))
  return { ...flow, id: prefix + flow.id, steps }
}

function prefixedFinding(finding: Finding, prefix: string): Finding {
  return {
    ...finding,
    id: prefix + finding.id,
    flow: prefix + finding.flow,
    causedBy: finding.causedBy === null ? null : prefix + finding.causedBy,
    evidence: finding.evidence.map((one) => ({ ...one, exchange: prefix + one.exchange })),
  }
}

function prefixedReport(report: Report, prefix: string): Report {
  const { firstBroken } = report
  return {
    ...report,
    firstBroken:
      firstBroken === null ? null : { ...firstBroken, finding: prefix + firstBroken.finding },
    findings: report.findings.map((finding) => prefixedFinding(finding, prefix)),
    flows: report.flows.map((flow) => prefixedFlow(flow, prefix)),
    blind: report.blind.map((one) => ({ ...one, flow: prefix + one.flow })),
  }
}
