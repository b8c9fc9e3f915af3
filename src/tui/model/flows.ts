import type { Finding, FlowReport } from '../../core/verdict/report.ts'
import { isRoot } from '../../core/verdict/culprit.ts'
import { currentFlows } from './attempt.ts'
import type { Model } from './model.ts'

/** A flow in the list of flows. */
export interface ListedFlow {
  readonly flow: FlowReport
  /** The earliest error without a cause; whether it is mended does not matter. */
  readonly broken: Finding | undefined
  /** Whether something happened in it since a person began anew. */
  readonly isCurrent: boolean
}

/** The flows of the session, those of earlier attempts too. It is made anew only when something was told. */
export class Flows {
  readonly #model: Model
  #of = ''
  #all: readonly ListedFlow[] = []
  #broken: readonly ListedFlow[] = []

  constructor(model: Model) {
    this.#model = model
  }

  /** All of them, or only those that broke. */
  listed(onlyBroken: boolean): readonly ListedFlow[] {
    const { version, from } = this.#model
    const of = `${version} ${from}`
    if (of !== this.#of) {
      this.#of = of
      this.#all = listedFlows(this.#model)
      this.#broken = this.#all.filter(isBroken)
    }
    return onlyBroken ? this.#broken : this.#all
  }
}

function isBroken({ flow, broken }: ListedFlow): boolean {
  return broken !== undefined || flow.outcome === 'failed'
}

function listedFlows(model: Model): ListedFlow[] {
  const first = firstBroken(model)
  const current = new Set(currentFlows(model).map(({ id }) => id))
  return [...model.flows.values()].map((flow) => ({
    flow,
    broken: first.get(flow.id),
    isCurrent: current.has(flow.id),
  }))
}

/** What broke each flow first. */
function firstBroken(model: Model): Map<string, Finding> {
  const place = ({ evidence }: Finding) => model.row(evidence[0]?.exchange)?.index ?? Infinity
  const first = new Map<string, Finding>()
  for (const finding of model.findings.values()) {
    if (!isRoot(finding)) continue
    const known = first.get(finding.flow)
    if (known === undefined || place(finding) < place(known)) first.set(finding.flow, finding)
  }
  const told = model.findings.get(model.report?.firstBroken?.finding ?? '')
  if (told !== undefined) first.set(told.flow, told)
  return first
}
