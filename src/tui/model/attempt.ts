import { stepKinds } from '../../core/step/kinds.ts'
import { culpritOf as faultOf, isRoot } from '../../core/verdict/culprit.ts'
import type { Finding, FlowReport, Report } from '../../core/verdict/report.ts'
import { verdictOf } from '../../core/verdict/tally.ts'
import type { Model } from './model.ts'

/** Findings of the current attempt: all of them until a person began anew, then those that something since shows. */
export function currentFindings(model: Model): Finding[] {
  const all = [...model.findings.values()]
  return model.from === undefined
    ? all
    : all.filter(({ evidence }) => evidence.some(({ exchange }) => isCurrent(model, exchange)))
}

/** Flows in which something happened in the current attempt. */
export function currentFlows(model: Model): FlowReport[] {
  const all = [...model.flows.values()]
  return model.from === undefined
    ? all
    : all.filter(({ steps }) => steps.some(({ exchange }) => isCurrent(model, exchange)))
}

function isCurrent(model: Model, exchange: string): boolean {
  const index = model.row(exchange)?.index
  return index !== undefined && index >= (model.from ?? 0)
}

export function currentVerdict(model: Model): Report['verdict'] | undefined {
  if (model.from === undefined) return model.report?.verdict
  const flows = currentFlows(model)
  return flows.length === 0 ? undefined : verdictOf(currentFindings(model), flows)
}

/** What broke the current attempt first. */
export interface Broken {
  readonly finding: Finding
  /** The exchange in which it broke. */
  readonly exchange: string
  /** It was so, and is mended. */
  readonly past: boolean
}

/** The report says it, as long as it speaks of the current attempt; else it is the earliest error without a cause. */
export function brokenFirst(model: Model): Broken | undefined {
  const current = currentFindings(model)
  const told = model.report?.firstBroken
  const named = current.find(({ id }) => id === told?.finding)
  const first = named ?? earliest(model, current)
  if (first === undefined) return undefined
  return {
    finding: first,
    exchange: culpritOf(model, first) ?? '',
    past: named === undefined ? first.past === true : told?.past === true,
  }
}

function earliest(model: Model, findings: readonly Finding[]): Finding | undefined {
  const errors = findings.filter(isRoot)
  const standing = errors.filter(({ past }) => past !== true)
  const place = (finding: Finding) => model.row(culpritOf(model, finding))?.index ?? Infinity
  return (standing.length > 0 ? standing : errors).toSorted((a, b) => place(a) - place(b))[0]
}

/** The exchange that is at fault, by the rows that are there while it goes on. */
export function culpritOf(model: Model, finding: Finding): string | undefined {
  return faultOf(finding, model.report?.firstBroken, (exchange) => model.row(exchange)?.kind)
}

/** `#7 token`; where there is room for it in full words, and where there are several flows with the flow before it. */
export function stepName(model: Model, exchange: string, flow: string, isShort: boolean): string {
  const row = model.row(exchange)
  const kind = row === undefined ? undefined : stepKinds[row.kind]
  const step = `#${exchange} ${(isShort ? kind?.word : kind?.name) ?? ''}`.trim()
  return model.flows.size > 1 ? `flow ${flow.replace(/^w/, '')} ${step}` : step
}
