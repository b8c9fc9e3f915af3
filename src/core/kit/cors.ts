import type { Flow } from '../flow/flow.ts'
import type { Preflight, Step } from '../step/step.ts'
import { header } from '../wire/exchange.ts'
import { origin, withoutResponse } from '../wire/url.ts'
import { namedUrls } from './named-urls.ts'

/** The origin of the page that made a request to another origin (Fetch, CORS protocol); undefined where none is seen to. */
export function foreignPage({ exchange: { request }, url }: Step): string | undefined {
  const page = header(request.headers, 'origin')
  const isOwn = [url, request.via].some((one) => one !== undefined && origin(one) === page)
  const isSame = header(request.headers, 'sec-fetch-site') === 'same-origin'
  return page === undefined || isOwn || isSame ? undefined : page
}

/** The request that a preflight asked about came all the same, whatever was answered. */
export function cameAllTheSame(step: Preflight, flow: Flow): boolean {
  return flow.steps.some(
    (later) => later.order > step.order && later.url === step.url && later.kind !== 'preflight',
  )
}

/** Words of paths at which authorization servers answer. */
const authorizationPath =
  /\/(token|register|authorize|par|revoke|introspect)$|oauth-authorization-server|openid-configuration/

/** Who answers a preflight, and whether the endpoint itself or a document says so. */
export function answererOf(
  step: Preflight,
  flow: Flow,
): { fault: 'resource-server' | 'authorization-server'; confidence: 'certain' | 'likely' } {
  const url = withoutResponse(step.url)
  if (flow.target !== undefined && withoutResponse(flow.target) === url)
    return { fault: 'resource-server', confidence: 'certain' }
  const named = flow
    .of('server-metadata')
    .some(
      (one) =>
        one.url === step.url || namedUrls(one).some((other) => withoutResponse(other.url) === url),
    )
  if (named) return { fault: 'authorization-server', confidence: 'certain' }
  if (url.includes('/.well-known/oauth-protected-resource'))
    return { fault: 'resource-server', confidence: 'certain' }
  // No document that was seen names it: the words of the URL alone tell.
  const apart = flow.target !== undefined && origin(flow.target) !== origin(url)
  return {
    fault: authorizationPath.test(url) || apart ? 'authorization-server' : 'resource-server',
    confidence: 'likely',
  }
}
