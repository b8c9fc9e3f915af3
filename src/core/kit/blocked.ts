import type { Flow } from '../flow/flow.ts'
import { type Edge, applicationFields, edgeAnswer } from '../providers/edges.ts'
import type { Step } from '../step/step.ts'
import { type Headers, bodyText } from '../wire/exchange.ts'
import { origin } from '../wire/url.ts'

/** A refusal that an edge gave in place of the application. */
interface Block {
  readonly edge: Edge
  readonly certain: boolean
  /** The latest request on this host that the application answered before. */
  readonly passed: Step | undefined
}

/** Whether an edge refused a request before it reached the application; undefined where the application may have done so. */
export function blockedBy(step: Step, flow: Flow): Block | undefined {
  const edge = edgeAnswer(fieldsOf(step), textOf(step))
  if (edge === undefined) return undefined
  const earlier = passed(step, flow)
  const application = looksLikeApplication(step, earlier)
  if (application === true) return undefined
  // An empty 403 through an edge says nothing by itself.
  if (edge.mark === undefined && (step.status !== 403 || application === undefined))
    return undefined
  const certain = edge.mark !== undefined && application === false
  return { edge, certain, passed: earlier.at(-1) }
}

/** Answers that the application gave on this host, oldest first. */
function passed(step: Step, flow: Flow): Step[] {
  const host = origin(step.url)
  return flow.steps.filter(
    (other) =>
      other.order < step.order &&
      origin(other.url) === host &&
      other.status !== undefined &&
      (other.ok || other.kind === 'challenge') &&
      edgeAnswer(fieldsOf(other), textOf(other))?.mark === undefined,
  )
}

function fieldsOf({ exchange }: Step): Headers {
  return exchange.response?.headers ?? []
}

function textOf({ exchange }: Step): string {
  return exchange.response === undefined ? '' : bodyText(exchange.response).slice(0, 2000)
}

/** Whether an answer has the fields that all of the application's earlier ones have; undefined when those have none. */
function looksLikeApplication(step: Step, earlier: readonly Step[]): boolean | undefined {
  const [first, ...others] = earlier.map((one) => applicationFields(fieldsOf(one)))
  const common = first?.filter((name) => others.every((list) => list.includes(name))) ?? []
  const own = applicationFields(fieldsOf(step))
  return common.length === 0 ? undefined : common.some((name) => own.includes(name))
}
