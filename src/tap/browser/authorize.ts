import type { IncomingMessage } from 'node:http'
import type { Headers } from '../../core/wire/exchange.ts'
import type { ClientResponse } from '../wire/client-response.ts'
import { changeAuthorization } from '../identity/authorization-request.ts'
import { FormText } from '../identity/form-text.ts'
import type { Visit } from '../wire/gate.ts'
import { clientKey, type House, localUrl, reportBug } from '../proxy-parts.ts'
import type { Endpoint, Site } from '../identity/origins.ts'
import { goneFailure } from '../wire/round-trip.ts'
import { collectBody } from '../wire/request-body.ts'
import { changeRequestHead } from '../identity/request-head.ts'

const formLimit = 256 * 1024

/** Whatever follows is between the browser and the server it is sent to (OAuth 2.0 Security BCP §4.2.4). */
export const privately = ['Cache-Control', 'no-store', 'Referrer-Policy', 'no-referrer']

export interface AuthorizationVisit {
  readonly house: House
  readonly site: Site
  readonly visit: Visit
  readonly headers: Headers
  readonly request: IncomingMessage
  readonly answer: ClientResponse
  readonly endpoint: Endpoint
}

/** Sends a browser that came to a local authorization endpoint on to the real one; logins are never proxied. */
export function redirectToServer(coming: AuthorizationVisit): void {
  const { visit, request } = coming
  const [path = '', query] = cut(visit.target)
  if (request.method !== 'POST') {
    request.resume()
    return sendOn(coming, path, query ?? '')
  }
  collectBody(request, coming.headers, formLimit, () => {})
    .then(
      (body) => {
        const form = body.kind === 'whole' ? ascii(body.bytes) : ''
        sendOn(coming, path, [query ?? '', form].filter((part) => part !== '').join('&'))
      },
      () => begin(coming).fail(goneFailure('closed')),
    )
    .catch((error: unknown) => reportBug(coming.house, error, coming.answer))
}

function sendOn(coming: AuthorizationVisit, path: string, query: string): void {
  const { house, site, visit, endpoint, answer } = coming
  const { origins, relay, proofs, notices } = house
  const form = new FormText(query)
  const touches = changeAuthorization(form, 'query', {
    origin: site.origin,
    server: endpoint.server,
    name: visit.name,
    map: origins.map,
    relay,
    proofs,
    notices,
  })
  const changed = form.toString()
  const url = site.origin + path + (changed === '' ? '' : `?${changed}`)
  const recording = begin(coming)
  recording.url = url
  recording.touched.push(...touches)
  answer.empty(302, ['Location', inField(url), ...privately])
  recording.handOver()
}

/** A body may hold bytes that a URL may not. */
function ascii(form: Buffer): string {
  return form
    .toString('latin1')
    .replace(/[^\x21-\x7e]/g, (byte) => `%${Buffer.from(byte, 'latin1').toString('hex')}`)
}

/** A URL fit for a field: what somebody has decoded may hold anything. */
export function inField(url: string): string {
  return url.replace(/[^\x21-\x7e]/gu, (character) =>
    Buffer.from(character).toString('hex').replace(/../g, '%$&'),
  )
}

/** The real endpoint is asked with GET, whatever the client used here. */
function begin({ house, site, visit, headers, request }: AuthorizationVisit) {
  const connection = house.connections.of(request.socket)
  const recording = house.recorder.begin({
    client: clientKey(connection, headers),
    connection: connection.id,
    method: 'GET',
    url: site.origin + visit.target,
    via: localUrl(visit),
    httpVersion: request.httpVersion,
  })
  const changed = changeRequestHead({
    site,
    headers,
    map: house.origins.map,
    document: false,
    proof: undefined,
  })
  recording.requestHeaders = changed.recorded
  recording.touched.push(...changed.touches)
  return recording
}

function cut(target: string): [path: string, query: string | undefined] {
  const mark = target.indexOf('?')
  return mark === -1 ? [target, undefined] : [target.slice(0, mark), target.slice(mark + 1)]
}
