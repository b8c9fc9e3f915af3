import { type Headers, mediaType, type Touch } from '../core/wire/exchange.ts'
import { type Arrival, localUrl } from './arrival.ts'
import { changeAuthorization } from './identity/authorization-request.ts'
import { FormText } from './identity/form-text.ts'
import type { Endpoint, EndpointKind, Origins, Site } from './identity/origins.ts'
import type { Proofs } from './identity/proof.ts'
import { changeRegistrationRequest } from './identity/registration.ts'
import type { Relay } from './identity/relay.ts'
import { changeRequestHead } from './identity/request-head.ts'
import { changeTokenRequest } from './identity/token-request.ts'
import type { Transaction } from './identity/transactions.ts'
import type { Notices } from './notices.ts'
import type { RequestBody } from './wire/request-body.ts'
import type { WireRequest } from './wire/round-trip.ts'

/** Whom the identities on both sides are known to, and who hears of those that cannot be translated. */
export interface TranslationParts {
  readonly origins: Origins
  readonly relay: Relay
  /** Undefined without `--dpop rebind`. */
  readonly proofs: Proofs | undefined
  readonly notices: Notices
}

/** A request that arrived, and where it goes. */
export interface Received {
  readonly arrival: Arrival
  readonly method: string
  readonly site: Site
  readonly endpoint: Endpoint | undefined
}

export interface TranslatedRequest {
  /** What the upstream gets. */
  readonly wire: WireRequest
  /** What is recorded: all the client's fields, values as the upstream gets them. */
  readonly recorded: Headers
  readonly touches: readonly Touch[]
  readonly forAnswer: ForAnswer
}

/** What the translation of the answer has to know of the request. */
export interface ForAnswer {
  readonly site: Site
  readonly endpoint: Endpoint | undefined
  /** The local host name that the client uses. */
  readonly name: string
  readonly method: string
  /** In upstream space. */
  readonly url: string
  /** Relay URIs that were added to a registration. */
  readonly added: readonly string[]
  /** Redirect URIs that the client itself registers. */
  readonly own: readonly string[]
  /** What a pushed authorization request (RFC 9126) is to come back through the relay for. */
  readonly pushed: Transaction | undefined
}

/** The request as the upstream is to get it. @param body one that holds identities has to be whole */
export function translateRequest(
  received: Received,
  body: RequestBody,
  parts: TranslationParts,
): TranslatedRequest {
  const { arrival, method, site, endpoint } = received
  const { name, target } = arrival.visit
  const head = translateHead(received, parts)
  const changed =
    body.kind === 'whole' && holdsIdentities(received, parts.relay)
      ? changeBody(received, body.bytes, parts)
      : undefined
  return {
    wire: {
      origin: site.origin,
      method,
      target,
      headers: head.wire,
      body: changed === undefined ? body : { kind: 'whole', bytes: changed.bytes },
    },
    recorded: head.recorded,
    touches: changed === undefined ? head.touches : [...head.touches, ...changed.touches],
    forAnswer: {
      site,
      endpoint,
      name,
      method,
      url: site.origin + target,
      added: changed?.added ?? [],
      own: changed?.own ?? [],
      pushed: changed?.pushed,
    },
  }
}

/** Requests whose form holds identities. */
const formKinds: ReadonlySet<EndpointKind> = new Set([
  'token',
  'pushed-request',
  'device-authorization',
])

/** The body of this request may hold identities that have to be translated. */
export function holdsIdentities({ arrival, method, endpoint }: Received, relay: Relay): boolean {
  const kind = endpoint?.kind
  if (kind === undefined || has(arrival.headers, 'content-encoding')) return false
  if (kind === 'registration') return relay.active && (method === 'POST' || method === 'PUT')
  const type = mediaType(arrival.headers)
  const isForm = type === undefined || type === 'application/x-www-form-urlencoded'
  // Some clients send token requests as JSON, and some servers take them.
  const isJson = type === 'application/json' && kind === 'token'
  return (isForm || isJson) && method === 'POST' && formKinds.has(kind)
}

function translateHead(received: Received, parts: TranslationParts) {
  const { arrival, method, site, endpoint } = received
  const kind = endpoint?.kind
  const isMetadata = kind === 'resource-metadata' || kind === 'server-metadata'
  const head = changeRequestHead({
    site,
    headers: arrival.headers,
    map: parts.origins.map,
    visit: arrival.visit,
    document: (method === 'GET' && isMetadata) || kind === 'registration',
    proof: proofToSend(received, parts),
  })
  if (has(arrival.headers, 'signature-input')) {
    const text =
      'the client signs its messages (RFC 9421) for the URL that it used and not for the real one, so the server may refuse them'
    parts.notices.tell('warning', 'signature-cannot-pass', text)
  }
  return head
}

/** The DPoP proof in place of the client's (RFC 9449 §4.2); undefined leaves it. */
function proofToSend(
  { arrival, method }: Received,
  { proofs, notices }: Pick<TranslationParts, 'proofs' | 'notices'>,
): string | undefined {
  const proof = arrival.headers.find(([name]) => isNamed(name, 'dpop'))?.[1]
  if (proof === undefined) return undefined
  if (proofs !== undefined) return proofs.rebind(proof, method, localUrl(arrival.visit))
  const text =
    'the client sends DPoP proofs, which name the URL that it used, so the server will refuse them (--dpop rebind makes proofs that it accepts)'
  notices.tell('warning', 'dpop-cannot-pass', text, 'proof')
  return undefined
}

interface ChangedBody {
  readonly bytes: Buffer
  readonly touches: readonly Touch[]
  readonly added?: readonly string[]
  readonly own?: readonly string[]
  readonly pushed?: Transaction | undefined
}

/** Undefined when nothing has to change. */
function changeBody(
  { arrival, site, endpoint }: Received,
  body: Buffer,
  { origins, relay, proofs, notices }: TranslationParts,
): ChangedBody | undefined {
  const { name } = arrival.visit
  const { origin } = site
  const { map } = origins
  if (endpoint?.kind === 'registration') return changeRegistrationRequest(body, relay, name)
  if (endpoint?.kind === 'token') return changeTokenRequest(body, { origin, map, relay, notices })
  const form = new FormText(body.toString('latin1'))
  const begun: Transaction[] = []
  const began = (transaction: Transaction) => begun.push(transaction)
  const context = { origin, server: endpoint?.server, name, map, relay, proofs, notices, began }
  const touches = changeAuthorization(form, 'form', context)
  if (touches.length === 0) return undefined
  return { bytes: Buffer.from(form.toString(), 'latin1'), touches, pushed: begun[0] }
}

function has(headers: Headers, lowerName: string): boolean {
  return headers.some(([name]) => isNamed(name, lowerName))
}

/** Asked of every field of every request: names of another length are not even lower-cased. */
function isNamed(name: string, lowerName: string): boolean {
  return name.length === lowerName.length && name.toLowerCase() === lowerName
}
