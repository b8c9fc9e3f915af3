import type { Touch } from '../../core/wire/exchange.ts'
import { changeStrings } from './documents.ts'
import { JsonText, type Splice } from './json-text.ts'
import type { Origins, Site } from './origins.ts'
import type { Relay } from './relay.ts'

const why = 'lets the authorization response come back through authtap'

export interface ChangedRegistration {
  readonly bytes: Buffer
  /** The client's own redirect URIs. */
  readonly own: readonly string[]
  /** Relay URIs that were added. */
  readonly added: readonly string[]
  readonly touches: readonly Touch[]
}

/** Adds the relay to the redirect URIs that a client registers (RFC 7591 §2); undefined when there is nothing to add. */
export function changeRegistrationRequest(
  bytes: Uint8Array,
  relay: Relay,
  name: string,
): ChangedRegistration | undefined {
  const json = JsonText.read(bytes)
  const list = json?.lists('redirect_uris').at(-1)
  if (json === undefined || list === undefined) return undefined
  const own = json.listed('redirect_uris').map(({ value }) => value)
  const added = relay.toRegister(own, name)
  if (own.length === 0 || added.length === 0) return undefined
  const places = list.children?.length ?? 0
  return {
    bytes: json.apply([json.append(list, added)]),
    own,
    added,
    touches: added.map((uri, index) => ({
      at: `request.json/redirect_uris/${places + index}`,
      client: '',
      upstream: uri,
      why,
    })),
  }
}

export interface RegistrationContext {
  readonly site: Site
  readonly name: string
  readonly origins: Origins
  readonly relay: Relay
  /** Relay URIs added to this request. */
  readonly added: readonly string[]
  /** Redirect URIs that the client itself registers. */
  readonly own: readonly string[]
}

/** Shows the client what it registered: without the relay, with the local spelling of what it may dial (RFC 7592 §3). */
export async function changeRegistrationResponse(
  bytes: Uint8Array,
  context: RegistrationContext,
): Promise<{ readonly bytes: Buffer | undefined; readonly touches: readonly Touch[] }> {
  const json = JsonText.read(bytes)
  if (json === undefined) return { bytes: undefined, touches: [] }
  const { site, relay, origins, added, own } = context
  const clientId = json.strings('client_id').at(-1)?.value
  const management = json.strings('registration_client_uri')
  for (const { value } of management)
    origins.learn(value, { kind: 'registration', server: undefined })
  const hidden = new Set([
    ...added,
    ...(clientId === undefined ? [] : relay.registrations.get(site.origin, clientId).relay),
  ])
  const listed = json.listed('redirect_uris')
  if (clientId !== undefined && added.length > 0) {
    const kept = added.filter(
      (uri) => !json.has('redirect_uris') || listed.some(({ value }) => value === uri),
    )
    if (kept.length > 0) await relay.registrations.add(site.origin, clientId, { own, relay: kept })
  }
  const removals: Splice[] = json
    .lists('redirect_uris')
    .flatMap((list) => json.remove(list, (uri) => hidden.has(uri)))
  const touches = listed
    .filter(({ value }) => hidden.has(value))
    .map(({ pointer, value }) => ({
      at: `response.json${pointer}`,
      client: '',
      upstream: value,
      why,
    }))
  const trimmed = removals.length === 0 ? undefined : json.apply(removals)
  const again = trimmed === undefined ? json : JsonText.read(trimmed)
  if (again === undefined) return { bytes: trimmed, touches }
  const translated = changeStrings(again, again.strings('registration_client_uri'), context)
  return { bytes: translated.bytes ?? trimmed, touches: [...touches, ...translated.touches] }
}
