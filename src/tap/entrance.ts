import type { IncomingMessage } from 'node:http'
import { admit, type AdmissionParts, type Arrival, localUrl } from './arrival.ts'
import type { Endpoint, Origins, Site } from './identity/origins.ts'
import { callbackPath } from './identity/relay-uri.ts'
import type { Notices } from './notices.ts'
import type { Strangers } from './strangers.ts'
import type { Refusal } from './wire/gate.ts'
import type { Sources } from './wire/sources.ts'

export interface EntranceParts extends AdmissionParts {
  readonly origins: Origins
  readonly strangers: Strangers
  /** Undefined where everybody is let in. */
  readonly sources: Sources | undefined
  readonly notices: Notices
}

/** A request that was let in. */
export interface Entered {
  readonly arrival: Arrival
  /** The upstream that it is for; undefined for an authorization response, which is for us. */
  readonly site: Site | undefined
}

/**
 * Lets a request in, or says why not. Who comes by a public name gets to what servers name, and nowhere else.
 * @param listener the upstream whose port the request came to
 */
export function enter(
  parts: EntranceParts,
  listener: Site,
  request: IncomingMessage,
): Entered | Refusal {
  const arrival = admit(parts, request, listener.port, true)
  if ('status' in arrival) {
    if (parts.doors !== undefined && arrival.status === 421) parts.strangers.turnAway('host')
    else tellRefusal(parts.notices, listener, arrival)
    return arrival
  }
  const { through, target } = arrival.visit
  if (through === undefined) return { arrival, site: listener }
  if (through.asked.split('?', 1)[0] === callbackPath) return { arrival, site: undefined }
  const site = parts.origins.site(through.upstream)
  if (site !== undefined && parts.origins.opens(site, target)) {
    const refusal = keepOut(parts, arrival, parts.origins.endpointAt(site, target))
    return refusal ?? { arrival, site }
  }
  parts.strangers.wrongPath(
    { method: request.method, headers: arrival.headers },
    localUrl(arrival.visit),
  )
  return { status: 404, text: 'nothing that a server names is at this address' }
}

/** A person's browser comes from elsewhere than the client, and gets to nothing but the login. */
function keepOut(
  { sources, strangers }: EntranceParts,
  { headers }: Arrival,
  endpoint: Endpoint | undefined,
): Refusal | undefined {
  if (sources === undefined || endpoint?.kind === 'authorization') return undefined
  if (sources.admits(headers)) return undefined
  strangers.wrongAddress(sources.addressOf(headers))
  return { status: 403, text: 'clients at this address are not let in (--from)' }
}

function tellRefusal(notices: Notices, { port }: Site, { status, text }: Refusal): void {
  notices.tell('warning', 'request-refused', text, `${port} ${status}`)
}
