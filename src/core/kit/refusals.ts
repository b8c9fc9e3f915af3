import type { Flow } from '../flow/flow.ts'
import { authorizationSide } from '../step/request-params.ts'
import { objectOf, stringMember } from '../wire/json.ts'
import { withoutResponse } from '../wire/url.ts'
import type { Place, Pointer } from '../verdict/rule.ts'
import type {
  Authorize,
  OAuthError,
  PushedRequest,
  Refusal,
  Step,
  TokenCall,
} from '../step/step.ts'
import { origin } from '../wire/url.ts'

/**
 * Whether an authorization request is not the MCP client's but that of a server to a login service behind it, which a
 * browser capture shows as well: it goes elsewhere than the advertised endpoint and comes back to a server.
 */
export function isUpstreamHop(step: Authorize | PushedRequest, flow: Flow): boolean {
  const member =
    step.kind === 'authorize' ? 'authorization_endpoint' : 'pushed_authorization_request_endpoint'
  const document = flow.serverMetadata?.document
  const endpoint = document === undefined ? undefined : stringMember(objectOf(document), member)
  if (endpoint !== undefined && withoutResponse(endpoint) === withoutResponse(step.url))
    return false
  // The client's own request went to the advertised endpoint; what comes back elsewhere followed from it.
  const asked = endpoint === undefined ? undefined : askedAt(endpoint, step, flow)
  if (asked !== undefined && asked.redirectUri !== step.redirectUri) return true
  const back = step.redirectUri === undefined ? undefined : origin(step.redirectUri)
  const servers = [flow.target, flow.issuer, endpoint].map((url) => url && origin(url))
  return back !== undefined && servers.includes(back)
}

function askedAt(endpoint: string, step: Authorize | PushedRequest, flow: Flow) {
  const earlier = flow.before(step, step.kind)
  return earlier.find(({ url }) => withoutResponse(endpoint) === withoutResponse(url))
}

/** Where a parameter of a request stands, or would have to stand: in the query, the form, or the request pushed before. */
export function parameterPlace(
  step: Authorize | PushedRequest | TokenCall,
  name: string,
  flow: Flow,
): Pick<Pointer, 'step' | 'at'> {
  if (step.kind !== 'authorize') return { step, at: `request.form.${name}` }
  const pushed =
    step.requestUri === undefined
      ? undefined
      : flow.of('pushed-request').findLast((push) => push.requestUri === step.requestUri)
  if (pushed !== undefined) return { step: pushed, at: `request.form.${name}` }
  return { step, at: `request.${authorizationSide(step.exchange)}.${name}` }
}

/** How a request for authorization or for a token was refused, and by which step. */
export interface Refused extends Refusal {
  readonly step: Step
  /** The OAuth error code; undefined when a page or other text says it. */
  readonly error: string | undefined
}

/** The refusal of a request: its own answer, the authorization response to it, or an error page. */
export function refusalOf(
  step: Authorize | PushedRequest | TokenCall,
  flow: Flow,
): Refused | undefined {
  if (step.kind !== 'authorize') return refused(step, 'response.json/error', step.error)
  if (step.answer?.error !== undefined)
    return refused(step, 'response.query.error', step.answer.error)
  const callback = flow
    .after(step, 'callback')
    .find(({ state, redirectUri }) =>
      state === undefined ? redirectUri === step.redirectUri : state === step.state,
    )
  if (callback === undefined) return refused(step, 'response.body', undefined)
  const side = callback.exchange.request.method === 'POST' ? 'form' : 'query'
  return callback.error && refused(callback, `request.${side}.error`, callback.error)
}

function refused(step: Step, at: Place, error: OAuthError | undefined): Refused | undefined {
  const { refusal } = step
  if (refusal === undefined) return undefined
  if (error === undefined) return { ...refusal, step, error }
  return { ...refusal, step, at, error: error.error, text: error.description ?? '' }
}

/** Whether a refusal is about the `resource` parameter (RFC 8707 §2). */
export function refusesResource({ error, says }: Refused): boolean {
  return (
    error === 'invalid_target' ||
    says.some(
      ({ meaning }) =>
        meaning === 'resource' || (meaning === 'resource-or-document' && error !== undefined),
    )
  )
}

/** What such a refusal has against `resource`, as far as its words tell. */
export function objectionTo({
  error,
  text,
  says,
}: Refused): 'scope-conflict' | 'unsupported-parameter' | 'unknown-resource' {
  if (says.some(({ meaning }) => meaning === 'scope') || error === 'invalid_scope')
    return 'scope-conflict'
  const words = text.toLowerCase()
  const unsupported = [
    'aadsts901002',
    "isn't supported",
    'not supported',
    'unsupported',
    'unexpected',
    'not allowed',
  ]
  return error !== 'invalid_target' && unsupported.some((phrase) => words.includes(phrase))
    ? 'unsupported-parameter'
    : 'unknown-resource'
}
