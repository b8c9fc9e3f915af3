import type { Flow } from '../flow/flow.ts'
import type { ResourceMetadata, ServerMetadata } from '../step/step.ts'
import { origin, sameUrl } from '../wire/url.ts'
import { resourceMetadataUrls } from '../wire/wellknown.ts'

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
