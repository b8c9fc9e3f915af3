import type { Flow } from '../flow/flow.ts'
import { stringsMember, objectOf } from '../wire/json.ts'
import type { ServerMetadata, Step, TokenCall } from '../step/step.ts'

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
