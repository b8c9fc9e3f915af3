import type { Flow } from './flow.ts'
import type { Authorize, PushedRequest, Registration, Step, TokenCall } from '../step/step.ts'
import { sameUrl } from '../wire/url.ts'

/** A request that names the client that makes it, and may name the resource that it is for. */
export type Asking = Authorize | PushedRequest | TokenCall

export function isAsking(step: Step): step is Asking {
  return step.kind === 'authorize' || step.kind === 'pushed-request' || step.kind === 'token'
}

/**
 * The flow that a request names by its `resource` (RFC 8707 §2), where it was taken for one of another flow: programs
 * share pooled connections among their clients, and two of them that log in to one authorization server at once cannot
 * be told apart before. Only a flow that waits for such a request is meant; else naming the wrong resource is a fault.
 * @param flows those that may be meant
 */
export function meantFlow(step: Asking, found: Flow, flows: readonly Flow[]): Flow | undefined {
  const { resources } = step
  const isNamed = (flow: Flow) =>
    flow.audiences.some((own) => resources.some((named) => sameUrl(own, named)))
  if (resources.length === 0 || found.audiences.length === 0 || isNamed(found)) return undefined
  // What the request redeems was issued in this flow.
  if (step.kind === 'token' && found.responseWith(step.code) !== undefined) return undefined
  const meant = flows.filter(
    (flow) =>
      flow !== found &&
      !flow.settled &&
      flow.client === found.client &&
      flow.of('challenge').length > 0 &&
      flow.of('token', 'authorize', 'pushed-request').length === 0 &&
      isNamed(flow),
  )
  return meant.length === 1 ? meant[0] : undefined
}

/** The registration that made a request's client, unless it has been used in its flow already. */
export function registrationToMove(step: Asking, found: Flow): Registration | undefined {
  const isUsed = found
    .of('authorize', 'pushed-request', 'token')
    .some(({ clientId }) => clientId === step.clientId)
  return isUsed ? undefined : found.registrationOf(step.clientId)
}
