import { gatewayOf } from '../providers/gateways.ts'
import type { Step } from '../step/step.ts'
import { header } from '../wire/exchange.ts'

/** What tells that an answer is not from where others of the same host are. */
export interface Stranger {
  /** What it says of itself, and what the others say. */
  readonly own: string
  readonly others: string
}

/**
 * Whether an answer has another server's name than an answer of the application at the same host; undefined where both
 * name the same one, or one of them none: frames and error pages of one application differ in much else.
 */
export function otherServer(step: Step, application: Step): Stranger | undefined {
  const [own, others] = [step, application].map(serverOf)
  if (own === undefined || others === undefined || own === others) return undefined
  return { own, others }
}

/** The name of the server without its version, or of the gateway that answers in its place. */
function serverOf({ exchange }: Step): string | undefined {
  const headers = exchange.response?.headers ?? []
  const named = header(headers, 'server')?.split(/[/ ]/, 1)[0]?.toLowerCase()
  return named === undefined || named === '' ? gatewayOf(headers)?.name : named
}
