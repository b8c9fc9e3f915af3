import type { Flow } from './flow.ts'
import type { ResourceMetadata, ServerMetadata } from '../step/step.ts'
import { origin, sameUrl } from '../wire/url.ts'
import { leadsTo, resourceMetadataUrls, serverMetadataUrls } from '../wire/wellknown.ts'
import type { Place } from '../wire/place.ts'
import { before } from './revision.ts'

/**
 * What became of a client's search for a document. *exhausted*: every place where it may be was asked in vain;
 * *given-up*: the client stopped before that; *unseen*: it never searched where we could see it.
 */
export type Search = 'found' | 'exhausted' | 'given-up' | 'under-way' | 'unseen'

/** The URLs at which the resource metadata of this flow may be, in the order in which a client tries them. */
export function resourceMetadataPlaces(flow: Flow): string[] {
  const named = flow
    .of('challenge')
    .map((step) => step.resourceMetadata)
    .filter((url) => url !== undefined)
  const asked = flow.of('resource-metadata').find(({ probe }) => probe !== 'challenge')?.target
  const endpoint = flow.target ?? asked
  const derived = endpoint === undefined ? [] : resourceMetadataUrls(endpoint)
  return [...new Set([...named, ...derived.map(({ url }) => url)])]
}

/** What became of the search for protected resource metadata (MCP 2025-11-25, RFC 9728 §3.1). */
export function resourceMetadataSearch(flow: Flow): Search {
  const probes = flow.of('resource-metadata')
  if (probes.some(({ ok }) => ok)) return 'found'
  if (probes.length === 0) return 'unseen'
  const answered = probes.filter(({ status }) => status !== undefined)
  const untried = resourceMetadataPlaces(flow).filter(
    (url) => !answered.some((probe) => sameUrl(probe.url, url)),
  )
  if (untried.length === 0) return 'exhausted'
  return flow.waited('backChannel') ? 'given-up' : 'under-way'
}

/** Whether a place was said to hold nothing, rather than that something was wrong. */
export function isNotFound({ status }: ResourceMetadata | ServerMetadata): boolean {
  return status === 404 || status === 410
}

/** The authorization server metadata that 2025-03-26 clients look for, at the MCP server's own origin. */
export function legacyMetadata(endpoint: string, flow: Flow): ServerMetadata | undefined {
  const own = origin(endpoint)
  return flow.of('server-metadata').find((step) => step.ok && origin(step.url) === own)
}

/** The issuers a client may look for: those listed, or without resource metadata the MCP server's own origin. */
export function issuersOf(flow: Flow): string[] {
  const listed = listings(flow).map(({ issuer }) => issuer)
  if (listed.length > 0) return [...new Set(listed)]
  const own = flow.target === undefined ? undefined : origin(flow.target)
  return own === undefined ? [] : [own]
}

/** The entries of the resource metadata from which the URL of this document derives, and where they stand. */
export function listingsOf(step: ServerMetadata, flow: Flow): Listing[] {
  return listings(flow).filter(({ issuer }) => leadsTo(issuer, step.url))
}

export interface Listing {
  readonly issuer: string
  readonly place: { readonly step: ResourceMetadata; readonly at: Place }
}

function listings(flow: Flow): Listing[] {
  return flow
    .of('resource-metadata')
    .filter(({ ok }) => ok)
    .flatMap((step) =>
      step.authorizationServers.map((issuer, index) => ({
        issuer,
        place: { step, at: `response.json/authorization_servers/${index}` as const },
      })),
    )
}

/** Where this client has to look: RFC 8414 alone up to 2025-06-18, OpenID discovery as well from 2025-11-25. */
export function serverMetadataPlaces(issuer: string, flow: Flow): string[] {
  const oauthAlone = before(flow.revision.client, '2025-11-25')
  return serverMetadataUrls(issuer)
    .filter(({ form }) => form === 'oauth' || !oauthAlone)
    .map(({ url }) => url)
}

/** The metadata of one of the issuers, where it belongs. */
export function foundMetadata(flow: Flow): ServerMetadata | undefined {
  const issuers = issuersOf(flow)
  return flow
    .of('server-metadata')
    .find((step) => step.ok && issuers.some((issuer) => leadsTo(issuer, step.url)))
}

/** A document that was found after all, in a place that does not derive from the issuer. */
export function strayMetadata(issuer: string, flow: Flow): ServerMetadata | undefined {
  return flow.of('server-metadata').find((step) => step.ok && !leadsTo(issuer, step.url))
}

/** Servers of 2025-03-26 have default endpoints and may do without metadata. */
export function hasDefaultEndpoints(flow: Flow): boolean {
  return resourceMetadataSearch(flow) !== 'found' || before(flow.revision.client, '2025-06-18')
}
