import type { StepKind } from '../step/step.ts'
import type { Fault } from './fault.ts'

/** What a side did about a fault of the other. */
export type Reaction =
  /** It stopped, or refused. */
  | 'refused'
  /** It got through all the same. */
  | 'recovered'
  /** It fell silent, ran in circles, or ran out of time. */
  | 'stuck'
  /** It went on with what it had to refuse. */
  | 'fooled'
  /** What the fault breaks was not there. */
  | 'not reached'

/** An exchange of a run, in the order in which they began. */
export interface SeenStep {
  readonly id: string
  readonly kind: StepKind
  readonly ok: boolean
  readonly status: number | undefined
  /** It presented a token. */
  readonly hasToken: boolean
  /** The faults that were made at it. */
  readonly faults: readonly string[]
}

/** How a run ended. */
export interface RunEnd {
  /** The client's exit code; undefined when it had to be ended. */
  readonly code: number | undefined
  /** It had to be ended because nothing more was needed of it: it had got through. */
  readonly isSatisfied: boolean
}

export interface Judged {
  readonly reaction: Reaction
  /** What shows it, in a sentence without full stop. */
  readonly because: string
}

/** As many logins as a client may begin because of one fault. */
const logins = 3

/** What the client did about a fault, read from the wire and from its end. */
export function clientReaction(fault: Fault, seen: readonly SeenStep[], end: RunEnd): Judged {
  const at = seen.findIndex(({ faults }) => faults.includes(fault.id))
  if (at < 0) return { reaction: 'not reached', because: 'nothing came that it could break' }
  const hit = seen[at]!
  const after = seen.slice(at + 1)
  const wrong = after.find((step) => isForbidden(fault, step))
  if (wrong !== undefined)
    return {
      reaction: 'fooled',
      because: `after #${hit.id} it went on to ${wrong.kind} (#${wrong.id})`,
    }
  const through = after.find(isThrough) ?? (isThrough(hit) ? hit : undefined)
  if (through !== undefined)
    return { reaction: 'recovered', because: `its call #${through.id} was answered` }
  const begun = after.filter(({ kind }) => kind === 'authorize').length
  if (begun > logins)
    return { reaction: 'stuck', because: `it began ${begun} logins after #${hit.id}` }
  if (end.code === undefined && fault.waits === true)
    return { reaction: 'refused', because: 'it still waited when the run ended' }
  if (end.code === undefined)
    return { reaction: 'stuck', because: `after #${hit.id} it neither got through nor ended` }
  if (end.code === 0)
    return { reaction: 'stuck', because: 'it ended with 0, and did not get through' }
  return { reaction: 'refused', because: `it ended with ${end.code}` }
}

function isForbidden({ forbids = [] }: Fault, { kind, hasToken }: SeenStep): boolean {
  // Calls without a token are no use of one.
  return forbids.includes(kind) && (kind !== 'mcp' || hasToken)
}

/** A call with a token that was answered. */
export function isThrough({ kind, ok, hasToken }: SeenStep): boolean {
  return kind === 'mcp' && ok && hasToken
}

/**
 * What the server did about a fault on the client's side: its answer to the first request that had it. Where that got a
 * token, what is done with it counts: the MCP server may refuse it.
 */
export function serverReaction(fault: Fault, seen: readonly SeenStep[]): Judged {
  const at = seen.findIndex(({ faults }) => faults.includes(fault.id))
  const hit = seen[at]
  if (hit === undefined)
    return { reaction: 'not reached', because: 'nothing came that it could break' }
  const refused = hit.kind === 'token' && hit.ok ? refusedUse(seen.slice(at + 1)) : undefined
  if (refused !== undefined)
    return {
      reaction: 'refused',
      because: `the token of #${hit.id} was refused at #${refused.id} (${refused.status})`,
    }
  const { id, status } = hit
  if (status === undefined) return { reaction: 'stuck', because: `#${id} was not answered` }
  if (status >= 500) return { reaction: 'stuck', because: `#${id} was answered ${status}` }
  if (status >= 400) return { reaction: 'refused', because: `#${id} was answered ${status}` }
  return fault.mayPass === true
    ? { reaction: 'recovered', because: `#${id} was answered ${status}, as it may be` }
    : { reaction: 'fooled', because: `#${id} was answered ${status}` }
}

/** The first call that presented a token and was refused, where none got through. */
function refusedUse(after: readonly SeenStep[]): SeenStep | undefined {
  if (after.some(isThrough)) return undefined
  return after.find(({ hasToken, status = 0 }) => hasToken && status >= 400 && status < 500)
}

/** What a fault demands, in a word. */
export function expectedReaction({ forbids, mayPass, breaks, rule }: Fault): string {
  if (rule === undefined) return 'recovered'
  if (breaks === 'client') return mayPass === true ? 'refused or recovered' : 'refused'
  return forbids === undefined ? 'recovered or refused' : 'refused'
}
