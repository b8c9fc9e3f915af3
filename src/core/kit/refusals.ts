import { bodyText } from '../wire/exchange.ts'
import type { Flow } from '../flow/flow.ts'
import { objectOf, stringMember } from '../wire/json.ts'
import { withoutResponse } from '../wire/url.ts'
import { saysResource } from '../step/phrases.ts'
import type { Place, Pointer } from '../verdict/rule.ts'
import type { Authorize, OAuthError, PushedRequest, Step, TokenCall } from '../step/step.ts'
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
  const back = step.redirectUri === undefined ? undefined : origin(step.redirectUri)
  const servers = [flow.target, flow.issuer, endpoint].map((url) => url && origin(url))
  return back !== undefined && servers.includes(back)
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
  return step.exchange.request.method === 'POST'
    ? { step, at: `request.form.${name}` }
    : { step, at: `request.query.${name}` }
}

/** How a request for authorization or for a token was refused, and where that stands. */
export interface Refusal {
  readonly step: Step
  readonly at: Place
  /** The OAuth error code; undefined when a page or other text says it. */
  readonly error: string | undefined
  /** The description, or the text of the page. */
  readonly text: string
}

/** The refusal of a request: its own answer, the authorization response to it, or an error page. */
export function refusalOf(
  step: Authorize | PushedRequest | TokenCall,
  flow: Flow,
): Refusal | undefined {
  if (step.kind !== 'authorize') {
    if (step.error !== undefined) return refused(step, 'response.json/error', step.error)
    const { response } = step.exchange
    return response === undefined || response.status < 400
      ? undefined
      : { step, at: 'response.body', error: undefined, text: bodyText(response).slice(0, 2000) }
  }
  if (step.answer?.error !== undefined)
    return refused(step, 'response.query.error', step.answer.error)
  const callback = flow
    .after(step, 'callback')
    .find(({ state, redirectUri }) =>
      state === undefined ? redirectUri === step.redirectUri : state === step.state,
    )
  if (callback?.error !== undefined) {
    const form = callback.exchange.request.method === 'POST'
    return refused(callback, `request.${form ? 'form' : 'query'}.error`, callback.error)
  }
  return callback === undefined && step.pageText !== ''
    ? { step, at: 'response.body', error: undefined, text: step.pageText }
    : undefined
}

function refused(step: Step, at: Place, { error, description }: OAuthError): Refusal {
  return { step, at, error, text: description ?? '' }
}

/** Whether a refusal is about the `resource` parameter (RFC 8707 §2). */
export function refusesResource({ error, text }: Refusal): boolean {
  return error === 'invalid_target' || saysResource(text, error !== undefined)
}

/** What such a refusal has against `resource`, as far as its words tell. */
export function objectionTo({
  error,
  text,
}: Refusal): 'scope-conflict' | 'unsupported-parameter' | 'unknown-resource' {
  const words = text.toLowerCase()
  if (words.includes('aadsts9010010') || words.includes('scope') || error === 'invalid_scope')
    return 'scope-conflict'
  const unsupported = ['aadsts901002', 'not supported', 'unsupported', 'unexpected', 'not allowed']
  return error !== 'invalid_target' && unsupported.some((phrase) => words.includes(phrase))
    ? 'unsupported-parameter'
    : 'unknown-resource'
}
