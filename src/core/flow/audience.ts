import type { Flow } from './flow.ts'
import type { McpCall, Presented } from '../step/step.ts'
import { covers, origin, sameUrl } from '../wire/url.ts'

/** Whether an audience names this flow's server: its published resource or its URL, in any spelling, or what contains it. */
export function isOwnAudience(audience: string, flow: Flow): boolean {
  return flow.audiences.some((own) => sameUrl(audience, own) || covers(audience, own))
}

/** What is sent in another spelling than the published one, where the exact one is not sent beside it. */
export function respelled(sent: readonly string[], published: string): string | undefined {
  return sent.includes(published) ? undefined : sent.find((one) => sameUrl(one, published))
}

/** An audience that says nothing about where it is: no http(s) URL. */
export function isLogicalName(audience: string): boolean {
  return place(audience) === undefined
}

/** Whether an audience names this flow's server, or another path or scheme of its host. */
export function standsForOwn(audience: string, flow: Flow): boolean {
  return isOwnAudience(audience, flow) || flow.audiences.map(place).includes(place(audience))
}

/** Host and port, whatever the scheme; undefined for a logical name. */
function place(audience: string): string | undefined {
  const own = origin(audience)
  return own?.startsWith('http') === true ? own.slice(own.indexOf('://')) : undefined
}

/** The client asked for a token for this server, and the authorization server gave this one. */
export function wasAskedFor(presented: Presented | undefined, flow: Flow): boolean {
  const issued = flow.issuedBy(presented)
  if (issued === undefined) return false
  const request = issued.resources.length > 0 ? issued : flow.authorizationOf(issued)?.step
  return request?.resources.some((sent) => isOwnAudience(sent, flow)) === true
}

/** The server answers such a call to everybody, so it need not have looked at the token. */
export function answersAnybody({ method, rpc }: McpCall, flow: Flow): boolean {
  return flow
    .of('mcp')
    .some(
      (call) =>
        call.ok &&
        call.authorization.length === 0 &&
        call.method === method &&
        call.rpc?.method === rpc?.method,
    )
}
