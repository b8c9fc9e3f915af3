import { decodedBytes, mediaType, type Touch } from '../core/wire/exchange.ts'
import {
  type DocumentContext,
  changeResourceMetadata,
  changeServerMetadata,
} from './identity/documents.ts'
import { EndpointEvent } from './identity/endpoint-event.ts'
import type { House } from './proxy-parts.ts'
import { quoted } from './notices.ts'
import type { Endpoint, Site } from './identity/origins.ts'
import type { Head, HeadPlan } from './wire/round-trip.ts'
import type { Recording } from './wire/record.ts'
import { changeRegistrationResponse } from './identity/registration.ts'
import {
  changedDocumentHead,
  changeResponseHead,
  type ResponseHead,
} from './identity/response-head.ts'

/** Metadata documents are a few kilobytes; one above this passes as it is. */
const documentLimit = 1024 * 1024

/** A request as far as its answer depends on it. */
export interface Visited {
  readonly house: House
  readonly site: Site
  readonly endpoint: Endpoint | undefined
  /** The local host name that the client uses. */
  readonly name: string
  readonly method: string
  readonly recording: Recording
  /** Relay URIs that were added to a registration. */
  readonly added: readonly string[]
  /** Redirect URIs that the client itself registers. */
  readonly own: readonly string[]
  /** Makes the request again as the client made it. */
  again(): void
}

/** What to do with the answer to a request. */
export function planAnswer(visited: Visited, head: Head): HeadPlan | Promise<HeadPlan> {
  const { house, site, name, added } = visited
  if (added.length > 0 && mayMindRedirect(head.status)) {
    const text = `${site.origin} refused a registration with the relay URI ${added.join(' ')} (${head.status}); the client's own registration was sent instead, and authorization responses may not be seen`
    house.notices.tell('warning', 'relay-uri-refused', text, site.origin)
    return { kind: 'again', again: () => visited.again() }
  }
  const context = { site, name, origins: house.origins, notices: house.notices }
  const changed = changeResponseHead(head, context)
  return changed instanceof Promise
    ? changed.then((late) => planBody(visited, head, late))
    : planBody(visited, head, changed)
}

/** What is told once an answer is complete. */
export function noteAnswer({ endpoint, site, house, recording }: Visited): void {
  if (endpoint?.kind !== 'token' || !Buffer.from(recording.responseBytes).includes('"id_token"'))
    return
  const text = `${site.origin} issues id_tokens, whose iss is the real issuer; a client that checks it against the metadata it saw here will refuse them`
  house.notices.tell('info', 'id-token-issuer', text, site.origin)
}

function planBody(visited: Visited, head: Head, changed: ResponseHead): HeadPlan {
  const { house, site, name, method, recording } = visited
  recording.touched.push(...changed.touches)
  const type = mediaType(head.headers)
  const successful = head.status >= 200 && head.status <= 299
  if (type === 'text/event-stream') {
    const coded = head.headers.some(([field]) => field.toLowerCase() === 'content-encoding')
    if (method !== 'GET' || coded || !site.roles.has('target'))
      return { kind: 'stream', headers: changed.headers }
    const opening = new EndpointEvent(
      (url) => house.origins.map.toLocal(url, name),
      (client, upstream) =>
        recording.touched.push({ at: 'response.body', client, upstream, why: 'origin mapped' }),
    )
    return { kind: 'stream', headers: changed.headers, opening }
  }
  const change = successful ? documentChange(visited) : undefined
  if (change === undefined) return { kind: 'stream', headers: changed.headers }
  return {
    kind: 'whole',
    headers: changed.headers,
    limit: documentLimit,
    async change(body) {
      const bytes = decodedBytes({ headers: head.headers, body: { bytes: body, dropped: 0 } })
      if (bytes === undefined) noteUnread(visited)
      const document = bytes === undefined ? undefined : await change(bytes)
      recording.touched.push(...(document?.touches ?? []))
      if (document?.bytes === undefined) return { headers: changed.headers, body }
      const described = changedDocumentHead(head.headers, changed.headers, document.bytes.length)
      recording.touched.push(...described.touches)
      return { headers: described.headers, body: document.bytes }
    },
  }
}

type Change = (
  bytes: Uint8Array,
) => Promise<{ readonly bytes: Buffer | undefined; readonly touches: readonly Touch[] }>

/** How the document that this endpoint serves is changed; undefined when it serves none. */
function documentChange(visited: Visited): Change | undefined {
  const { house, site, name, endpoint, method, added, own } = visited
  const { origins, notices, relay } = house
  const context: DocumentContext = {
    site,
    name,
    origins,
    notices,
    rebinding: house.proofs !== undefined,
  }
  if (endpoint?.kind === 'resource-metadata' && method === 'GET')
    return (bytes) => changeResourceMetadata(bytes, context)
  if (endpoint?.kind === 'server-metadata' && method === 'GET')
    return (bytes) => changeServerMetadata(bytes, context)
  if (endpoint?.kind === 'registration' && method !== 'HEAD')
    return (bytes) => changeRegistrationResponse(bytes, { site, name, origins, relay, added, own })
  return undefined
}

function noteUnread({ site, house, recording }: Visited): void {
  const text = `the document at ${quoted(recording.url)} cannot be decoded, so the client sees the identities of ${site.origin} as they are`
  house.notices.tell('warning', 'document-unreadable', text, recording.url)
}

/** A refusal that may be about our redirect URI. Without permission, a place to register or a turn, the client has none either. */
function mayMindRedirect(status: number): boolean {
  return status >= 400 && status <= 499 && ![401, 404, 405, 410, 429].includes(status)
}
