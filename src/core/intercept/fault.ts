import type { Party } from '../verdict/report.ts'
import type { Step, StepKind } from '../step/step.ts'
import { bodyText } from '../wire/exchange.ts'
import { isObject, member, parseJson } from '../wire/json.ts'
import type { Edit } from './edit.ts'
import type { Answer, Cut, Message, Pace } from './message.ts'

export { parseForm } from '../wire/params.ts'

/** What a fault does to a message; nothing where the message does not have what it breaks. */
export type Act =
  | { readonly edits: readonly Edit[] }
  | { readonly answer: Answer }
  | { readonly cut: Cut }
  | { readonly pace: Pace }

/** What can be made to go wrong on purpose: the counterpart of a rule. */
export interface Fault {
  /** `family/what-goes-wrong`: the path of its file. */
  readonly id: string
  /** What happens, in a sentence without full stop. */
  readonly title: string
  /** Who then looks to be at fault. */
  readonly breaks: Party
  /** The step that it happens at. */
  readonly on: StepKind | readonly StepKind[]
  readonly side: Message['side']
  /** Further conditions, such as that a call carries a token. */
  when?(step: Step): boolean
  /** The rule that names it; what is allowed has none. */
  readonly rule?: string
  readonly spec: readonly string[]
  /** What the other side has to do about it. */
  readonly expected: string
  /** A fault that leads to it, made once before: a client refreshes its token when it is said to have expired. */
  readonly before?: string
  /** Steps that the client must not come to because of it: whoever takes one went on with what it had to refuse. */
  readonly forbids?: readonly StepKind[]
  /** It may take long: who still waits when the run ends is not stuck. */
  readonly waits?: true
  /** It passes: who tries again later gets through. */
  readonly passing?: true
  /** The server may serve the request all the same. */
  readonly mayPass?: true
  /** Only a key could make it: authtap answers in place of the server that would refuse. */
  readonly acted?: true
  act(message: Message, step: Step): Act | undefined
}

/** Types a fault. */
export function defineFault(fault: Fault): Fault {
  return fault
}

/** The id of the JSON-RPC request that a call is; null where it is none. */
export function rpcId({ exchange }: Step): unknown {
  const request = parseJson(bodyText(exchange.request))
  return (isObject(request) ? member(request, 'id') : undefined) ?? null
}

/** The place of a parameter of an authorization response: a query, or a form (OAuth 2.0 Form Post Response Mode §2). */
export function answeredIn({ body }: Message, name: string): string {
  return `request.${body === undefined ? 'query' : 'form'}.${name}`
}

/** Sets a place to a value. */
export function set(at: string, value: unknown): Edit {
  return { at, how: '=', value: typeof value === 'string' ? value : JSON.stringify(value) }
}

/** Takes a place out. */
export function remove(at: string): Edit {
  return { at, how: '-', value: '' }
}
