import type { Flow } from '../flow/flow.ts'
import { stringsMember, objectOf } from '../wire/json.ts'
import type { Authorize, PushedRequest, ServerMetadata, Step, TokenCall } from '../step/step.ts'
import { type Refused, refusalOf } from './refusals.ts'

/**
 * The token request after a step that the server refused because it does not take the client for who it says it is
 * (RFC 6749 §5.2); undefined where none was, or where a later one was served.
 */
export function refusedAuthentication(
  clientId: string | undefined,
  step: Step,
  flow: Flow,
): TokenCall | undefined {
  const calls = flow
    .after(step, 'token')
    .filter((call) => call.clientId === undefined || call.clientId === clientId)
  if (calls.some(({ ok }) => ok)) return undefined
  return calls.find(({ error, status }) => error?.error === 'invalid_client' || status === 401)
}

/** Errors that a server sends to a client that it knows: of the person, of a policy, or of itself (RFC 6749 §4.1.2.1). */
const toKnownClient = new Set([
  'access_denied',
  'account_selection_required',
  'consent_required',
  'interaction_required',
  'invalid_scope',
  'invalid_target',
  'login_required',
  'server_error',
  'temporarily_unavailable',
  'unsupported_response_type',
])

/** How a login was refused before the server took the client for one that it knows; undefined where it was not. */
export function refusedAsUnknown(step: Authorize | PushedRequest, flow: Flow): Refused | undefined {
  const refusal = refusalOf(step, flow)
  if (refusal === undefined) return undefined
  const { error, says } = refusal
  const means = says.map(({ meaning }) => meaning)
  if (means.includes('client-unknown')) return refusal
  // Where the words are about something else, the error is as well.
  const isElsewhere = means.length > 0 && !means.includes('redirect-uri')
  if (error === 'invalid_request' && isElsewhere) return undefined
  const isSaid = error === undefined ? isRefusalPage(step) : !toKnownClient.has(error)
  return isSaid ? refusal : undefined
}

/** A place where nothing is, or that is asked too often, tells nothing of the client. */
function isRefusalPage({ status = 0 }: Step): boolean {
  return status >= 400 && status < 500 && ![404, 405, 410, 429].includes(status)
}

/** The client authentication methods that a server lists (RFC 8414 §2); undefined where it has no such list. */
export function listedMethods(metadata: ServerMetadata | undefined): string[] | undefined {
  return metadata === undefined
    ? undefined
    : stringsMember(objectOf(metadata.document), 'token_endpoint_auth_methods_supported')
}

/** The client was sent a code, and never redeemed it though there was time. */
export function stoppedAtCode(step: Step, flow: Flow): boolean {
  return (
    flow.waited('backChannel') &&
    flow.after(step, 'callback').some(({ code }) => code !== undefined) &&
    flow.after(step, 'token').length === 0
  )
}

/** Authorization requests of a client before this one, those of its other login attempts included. */
export function earlierRequests(step: Authorize, flow: Flow): Authorize[] {
  return [...flow.before(step, 'authorize'), ...flow.requestsOf(step.clientId)].filter(
    ({ order, clientId }) => order < step.order && clientId === step.clientId,
  )
}
