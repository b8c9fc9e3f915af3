import { decodedBytes, mediaType, type Touch } from '../core/wire/exchange.ts'
import {
  type DocumentContext,
  changeResourceMetadata,
  changeServerMetadata,
} from './identity/documents.ts'
import { EndpointEvent } from './identity/endpoint-event.ts'
import { changeRegistrationResponse } from './identity/registration.ts'
import {
  changedDocumentHead,
  changeResponseHead,
  type ResponseHead,
} from './identity/response-head.ts'
import { type Notices, quoted } from './notices.ts'
import type { ForAnswer, TranslationParts } from './translate-request.ts'
import type { Head, HeadPlan } from './wire/head-plan.ts'
import { parseUrl } from '../core/wire/parse-url.ts'

/** Metadata documents are a few kilobytes; one above this passes as it is. */
const documentLimit = 1024 * 1024

/** What the client gets for the head of an upstream's response. */
export function translateResponse(
  head: Head,
  forAnswer: ForAnswer,
  parts: TranslationParts,
): HeadPlan | Promise<HeadPlan> {
  const { site, name, added } = forAnswer
  const { origins, notices } = parts
  if (added.length > 0 && mayMindRedirect(head.status)) {
    const text = `${site.origin} refused (${head.status}) a registration to which authtap had added ${added.join(' ')}; authtap sent the client's own registration instead, and may not see authorization responses`
    notices.tell('warning', 'relay-uri-refused', text, site.origin)
    return { kind: 'again' }
  }
  const changed = changeResponseHead(head, { site, name, origins, notices })
  return changed instanceof Promise
    ? changed.then((late) => translateBody(head, late, forAnswer, parts))
    : translateBody(head, changed, forAnswer, parts)
}

/** What is learnt and told once a response is complete. */
export function noteResponse(
  { endpoint, site, pushed }: ForAnswer,
  { status, body }: { readonly status: number; readonly body: Uint8Array },
  { relay, notices }: Pick<TranslationParts, 'relay' | 'notices'>,
): void {
  if (pushed?.guessed === true && refusesRedirect(status, body))
    relay.refusesPort(
      pushed,
      `It answered the pushed authorization request with ${status} and named redirect_uri.`,
    )
  if (endpoint?.kind !== 'token' || !Buffer.from(body).includes('"id_token"')) return
  const text = `${site.origin} issues id_tokens whose iss is the real issuer; a client that compares iss with the metadata it got through authtap will refuse them`
  notices.tell('info', 'id-token-issuer', text, site.origin)
}

/** RFC 9126 §2.3 leaves the error code open; the description names what is wrong. */
function refusesRedirect(status: number, body: Uint8Array): boolean {
  return status >= 400 && status <= 499 && /redirect[_ ]?ur[il]/i.test(Buffer.from(body).toString())
}

function translateBody(
  head: Head,
  { headers, touches }: ResponseHead,
  forAnswer: ForAnswer,
  parts: TranslationParts,
): HeadPlan {
  const { origins } = parts
  if (mediaType(head.headers) === 'text/event-stream') {
    const { site, name, method } = forAnswer
    const coded = head.headers.some(([field]) => field.toLowerCase() === 'content-encoding')
    if (method !== 'GET' || coded || !site.roles.has('target'))
      return { kind: 'stream', headers, touches }
    const opening = new EndpointEvent((url) => {
      const opened = parseUrl(url, forAnswer.url)
      if (opened !== undefined) origins.named.add(opened.href)
      return origins.map.toLocalFrom(site.origin, url, name)
    })
    return { kind: 'stream', headers, touches, opening }
  }
  const successful = head.status >= 200 && head.status <= 299
  const change = successful ? documentChange(forAnswer, parts) : undefined
  if (change === undefined) return { kind: 'stream', headers, touches }
  return {
    kind: 'whole',
    headers,
    touches,
    limit: documentLimit,
    async change(body) {
      const bytes = decodedBytes({ headers: head.headers, body: { bytes: body, dropped: 0 } })
      if (bytes === undefined) noteUnread(forAnswer, parts.notices)
      const document = bytes === undefined ? undefined : await change(bytes)
      if (document?.bytes === undefined) return { headers, touches: document?.touches ?? [], body }
      const described = changedDocumentHead(head.headers, headers, document.bytes.length)
      return {
        headers: described.headers,
        touches: [...document.touches, ...described.touches],
        body: document.bytes,
      }
    },
  }
}

type Change = (
  bytes: Uint8Array,
) => Promise<{ readonly bytes: Buffer | undefined; readonly touches: readonly Touch[] }>

/** How the document that this endpoint serves is changed; undefined when it serves none. */
function documentChange(
  { site, name, endpoint, method, added, own }: ForAnswer,
  { origins, notices, relay, proofs }: TranslationParts,
): Change | undefined {
  const rebinding = proofs !== undefined
  const context: DocumentContext = { site, name, origins, notices, rebinding }
  if (endpoint?.kind === 'resource-metadata' && method === 'GET')
    return (bytes) => changeResourceMetadata(bytes, context)
  if (endpoint?.kind === 'server-metadata' && method === 'GET')
    return (bytes) => changeServerMetadata(bytes, context)
  if (endpoint?.kind === 'registration' && method !== 'HEAD')
    return (bytes) => changeRegistrationResponse(bytes, { site, name, origins, relay, added, own })
  return undefined
}

function noteUnread({ site, url }: ForAnswer, notices: Notices): void {
  const text = `the document at ${quoted(url)} cannot be decoded, so authtap cannot translate the URLs of ${site.origin} in it, and the client sees the real ones`
  notices.tell('warning', 'document-unreadable', text, url)
}

/** A refusal that may be about our redirect URI. Without permission, a place to register or a turn, the client has none either. */
function mayMindRedirect(status: number): boolean {
  return status >= 400 && status <= 499 && ![401, 404, 405, 410, 429].includes(status)
}
