import type { Flow } from '../flow/flow.ts'
import { edgeAnswer } from '../providers/edges.ts'
import { stepKinds } from '../step/kinds.ts'
import type { Step } from '../step/step.ts'
import { bodyText } from '../wire/exchange.ts'
import { origin } from '../wire/url.ts'
import type { Party } from '../verdict/report.ts'

/** Who answers at a step: whoever is asked, or what stands in front of it and answers in its place. */
export function answering(step: Step, flow: Flow): Party {
  const { response } = step.exchange
  if (response !== undefined && edgeAnswer(response.headers, bodyText(response)) !== undefined)
    return 'intermediary'
  const isOwn = flow.target !== undefined && origin(step.url) === origin(flow.target)
  if (step.kind === 'preflight') return isOwn ? 'resource-server' : 'authorization-server'
  if (step.url === flow.target) return 'resource-server'
  return stepKinds[step.kind].answers ?? 'authorization-server'
}
