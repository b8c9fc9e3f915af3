import { type Arrival, beginRecording, reportBug } from '../arrival.ts'
import { changeAuthorization, readAsked } from '../identity/authorization-request.ts'
import { FormText } from '../identity/form-text.ts'
import type { Interception } from '../intercept.ts'
import { interceptBrowser, keepBack, onceDecided } from './intercept.ts'
import type { Endpoint, Site } from '../identity/origins.ts'
import { changeRequestHead } from '../identity/request-head.ts'
import type { Transaction } from '../identity/transactions.ts'
import type { TranslationParts } from '../translate-request.ts'
import type { ClientResponse } from '../wire/client-response.ts'
import type { Recorder } from '../wire/recorder.ts'
import { collectBody } from '../wire/request-body.ts'
import { goneFailure } from '../wire/gone.ts'
import type { PortDoubts } from './port-doubts.ts'

const formLimit = 256 * 1024

/** Whatever follows is between the browser and the server it is sent to (OAuth 2.0 Security BCP §4.2.4). */
export const privately = ['Cache-Control', 'no-store', 'Referrer-Policy', 'no-referrer']

export interface AuthorizationVisit {
  readonly arrival: Arrival
  readonly site: Site
  readonly endpoint: Endpoint
  readonly clientResponse: ClientResponse
}

export interface RedirectingParts extends TranslationParts {
  readonly recorder: Recorder
  readonly doubts: PortDoubts
  readonly interception: Interception | undefined
}

/** Sends a browser that came to a local authorization endpoint on to the real one; logins are never proxied. */
export function redirectToServer(parts: RedirectingParts, coming: AuthorizationVisit): void {
  const { request, headers, visit } = coming.arrival
  const [path = '', query] = cut(visit.target)
  if (request.method !== 'POST') {
    request.resume()
    return sendOnceKnown(parts, coming, path, query ?? '')
  }
  collectBody(request, headers, formLimit, () => {})
    .then(
      (body) => {
        const form = body.kind === 'whole' ? ascii(body.bytes) : ''
        sendOnceKnown(
          parts,
          coming,
          path,
          [query ?? '', form].filter((part) => part !== '').join('&'),
        )
      },
      () => begin(parts, coming).fail(goneFailure('closed')),
    )
    .catch((error: unknown) => reportBug(parts.notices, error, coming.clientResponse))
}

/** Whether the answer can come back here may have to be found out first. */
function sendOnceKnown(
  parts: RedirectingParts,
  coming: AuthorizationVisit,
  path: string,
  query: string,
): void {
  const { arrival, site, endpoint, clientResponse } = coming
  const form = new FormText(query)
  const { name } = arrival.visit
  const asked = readAsked(form, { origin: site.origin, server: endpoint.server, name })
  const known = asked === undefined ? undefined : parts.doubts.before(asked)
  if (known === undefined) return sendOn(parts, coming, path, form)
  known
    .then(() => sendOn(parts, coming, path, form))
    .catch((error: unknown) => reportBug(parts.notices, error, clientResponse))
}

function sendOn(
  parts: RedirectingParts,
  coming: AuthorizationVisit,
  path: string,
  form: FormText,
): void {
  const { arrival, site, endpoint, clientResponse } = coming
  const { origins, relay, proofs, notices, doubts } = parts
  const began: Transaction[] = []
  const touches = changeAuthorization(form, 'query', {
    origin: site.origin,
    server: endpoint.server,
    name: arrival.visit.name,
    map: origins.map,
    relay,
    proofs,
    notices,
    began: (transaction) => began.push(transaction),
  })
  const changed = form.toString()
  const url = site.origin + path + (changed === '' ? '' : `?${changed}`)
  const recording = begin(parts, coming)
  recording.url = url
  recording.touched.push(...touches)
  const sent = interceptBrowser(parts.interception, recording, 'client')
  onceDecided(sent, { arrival, recording, clientResponse, notices }, (way) => {
    recording.handOver()
    if (way === 'kept back') return keepBack(clientResponse)
    clientResponse.empty(302, ['Location', inField(way.to), ...privately])
    const target = url.slice(site.origin.length)
    for (const transaction of began) doubts.sent({ transaction, target, headers: arrival.headers })
  })
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
function begin({ recorder, origins }: RedirectingParts, { arrival, site }: AuthorizationVisit) {
  const { headers, visit } = arrival
  const recording = beginRecording(recorder, arrival, site.origin + visit.target, 'GET')
  const { map } = origins
  const changed = changeRequestHead({
    site,
    headers,
    map,
    visit,
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
