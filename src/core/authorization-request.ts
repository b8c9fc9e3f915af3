import type { Flow } from './flow.ts'
import { objectOf, stringMember } from './json.ts'
import { withoutResponse } from './oauth-facts.ts'
import type { Pointer } from './rule.ts'
import type { Authorize, PushedRequest, TokenCall } from './step.ts'
import { origin } from './url.ts'

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
