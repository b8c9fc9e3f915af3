import type { Touch } from '../../core/wire/exchange.ts'
import { type JsonString, JsonText, type Splice } from './json-text.ts'
import { type Notices, quoted } from '../notices.ts'
import type { EndpointKind, Origins, ServerFacts, Site } from './origins.ts'

/** Members of authorization server metadata that a client dials, and what stands there (RFC 8414 §2 and its registry). */
const endpointMembers: Readonly<Record<string, EndpointKind | undefined>> = {
  authorization_endpoint: 'authorization',
  token_endpoint: 'token',
  registration_endpoint: 'registration',
  pushed_authorization_request_endpoint: 'pushed-request',
  device_authorization_endpoint: 'device-authorization',
  introspection_endpoint: undefined,
  revocation_endpoint: undefined,
  userinfo_endpoint: undefined,
  backchannel_authentication_endpoint: undefined,
  end_session_endpoint: undefined,
  jwks_uri: undefined,
}

export interface DocumentContext {
  readonly site: Site
  /** The local host name that the client uses. */
  readonly name: string
  readonly origins: Origins
  readonly notices: Notices
  readonly rebinding: boolean
}

export interface ChangedDocument {
  /** Undefined when nothing had to be changed. */
  readonly bytes: Buffer | undefined
  readonly touches: readonly Touch[]
}

const unchanged: ChangedDocument = { bytes: undefined, touches: [] }

/** Protected resource metadata (RFC 9728 §2) as the client is to see it. */
export async function changeResourceMetadata(
  bytes: Uint8Array,
  context: DocumentContext,
): Promise<ChangedDocument> {
  const json = JsonText.read(bytes)
  if (json === undefined) return unchanged
  const { site, origins } = context
  const servers = json.listed('authorization_servers')
  if (site.roles.has('target') || site.roles.has('also') || site.roles.has('resource-metadata'))
    await origins.admit(
      servers.map(({ value }) => value),
      'authorization-server',
      site,
    )
  noteSigned(json, context)
  return changeStrings(json, [...json.strings('resource'), ...servers], context)
}

/** Authorization server metadata (RFC 8414 §2, OpenID Connect Discovery §3) as the client is to see it. */
export async function changeServerMetadata(
  bytes: Uint8Array,
  context: DocumentContext,
): Promise<ChangedDocument> {
  const json = JsonText.read(bytes)
  if (json === undefined) return unchanged
  const { site, origins } = context
  site.servedMetadata = true
  const endpoints = Object.keys(endpointMembers).flatMap((name) => json.strings(name))
  if (site.roles.has('target') || site.roles.has('also') || site.roles.has('authorization-server'))
    await origins.admit(
      endpoints.map(({ value }) => value),
      'endpoint',
      site,
    )
  const server = {
    origin: site.origin,
    issAdvertised: json.isTrue('authorization_response_iss_parameter_supported'),
  }
  for (const { value, pointer } of endpoints) {
    origins.named.add(value)
    const kind = endpointMembers[pointer.slice(1)]
    if (kind !== undefined) origins.learn(value, { kind, server })
  }
  noteSigned(json, context)
  noteImpossible(json, context)
  noteClientDocuments(json, server, context)
  return changeStrings(json, [...json.strings('issuer'), ...endpoints], context)
}

/** Translates strings that are URLs, beginning by beginning. */
export function changeStrings(
  json: JsonText,
  strings: readonly JsonString[],
  context: Pick<DocumentContext, 'name' | 'origins'>,
): ChangedDocument {
  const touches: Touch[] = []
  const splices: Splice[] = []
  for (const string of strings) {
    const client = context.origins.map.toLocal(string.value, context.name)
    const splice = json.changeStart(string, client)
    if (splice === undefined) continue
    splices.push(splice)
    touches.push({
      at: `response.json${string.pointer}`,
      client,
      upstream: string.value,
      why: 'origin mapped',
    })
  }
  return splices.length === 0 ? unchanged : { bytes: json.apply(splices), touches }
}

function noteSigned(json: JsonText, { site, notices }: DocumentContext): void {
  if (!json.has('signed_metadata')) return
  const text = `${site.origin} serves signed_metadata, in which authtap cannot translate URLs; a client that reads it talks to the real ones, past authtap`
  notices.tell('warning', 'signed-metadata', text, site.origin)
}

function noteImpossible(json: JsonText, { site, notices, rebinding }: DocumentContext): void {
  if (json.has('dpop_signing_alg_values_supported') && !rebinding) {
    const text = `${quoted(site.origin)} supports DPoP; a proof names the URL that the client used, which is authtap's, so the server will refuse it (--dpop rebind makes proofs that it accepts)`
    notices.tell('info', 'dpop-cannot-pass', text, site.origin)
  }
  if (
    json.has('mtls_endpoint_aliases') ||
    json.isTrue('tls_client_certificate_bound_access_tokens')
  ) {
    const text = `${quoted(site.origin)} offers mutual TLS; the client's certificate does not get past authtap (give authtap one with --cert and --key)`
    notices.tell('info', 'mtls-cannot-pass', text, site.origin)
  }
}

/** What will not be seen of a client elsewhere that does not register, and what will fail; said before it does. */
function noteClientDocuments(
  json: JsonText,
  { issAdvertised }: ServerFacts,
  { site, name, origins, notices }: DocumentContext,
): void {
  const supported = 'client_id_metadata_document_supported'
  if (!origins.map.isPublic(name) || !json.isTrue(supported)) return
  const methods = json.listed('token_endpoint_auth_methods_supported').map(({ value }) => value)
  const strict = issAdvertised
    ? ', and one that compares iss (RFC 9207) will refuse that response, because it names the real issuer'
    : ''
  const signs = methods.includes('private_key_jwt')
    ? `. One that authenticates by private_key_jwt signs for the public name, which ${site.origin} will refuse`
    : ''
  const other = json.has('registration_endpoint')
    ? `. All of it works and is seen when the client registers instead: start authtap with --change 'kind:server-metadata response.json/${supported}-'`
    : ''
  const text = `${site.origin} takes client metadata documents: of a hosted client that has one authtap will not see the authorization response${strict}${signs}${other}`
  notices.tell('info', 'client-document-unseen', text, site.origin)
}
