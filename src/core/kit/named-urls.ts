import type { Challenge, ResourceMetadata, ServerMetadata } from '../step/step.ts'
import type { Place } from '../verdict/rule.ts'
import { header } from '../wire/exchange.ts'
import { member, objectOf } from '../wire/json.ts'
import { hostAndPort } from '../wire/url.ts'

/** A URL that an answer names and that a client goes by, and where it stands. */
export interface NamedUrl {
  readonly variant: 'resource_metadata' | 'location' | 'resource' | 'issuer' | 'endpoint'
  readonly name: string
  readonly url: string
  readonly at: Place
}

/** The URLs of an answer that a client goes by, in the order in which they matter. */
export function namedUrls(step: Challenge | ResourceMetadata | ServerMetadata): NamedUrl[] {
  if (step.kind === 'challenge') {
    const url = step.resourceMetadata
    const at = 'response.header.www-authenticate' as const
    return url === undefined
      ? []
      : [{ variant: 'resource_metadata', name: 'resource_metadata', url, at }]
  }
  const location = header(step.exchange.response?.headers ?? [], 'location')
  const { status = 0 } = step
  if (location !== undefined && status >= 300 && status < 400)
    return hostAndPort(location) === hostAndPort(step.url)
      ? [{ variant: 'location', name: 'Location', url: location, at: 'response.header.location' }]
      : []
  return step.ok ? members(step) : []
}

function members(step: ResourceMetadata | ServerMetadata): NamedUrl[] {
  const document = objectOf(step.document) ?? {}
  const named = (variant: NamedUrl['variant'], name: string): NamedUrl[] => {
    const url = member(document, name)
    return typeof url === 'string' ? [{ variant, name, url, at: `response.json/${name}` }] : []
  }
  if (step.kind === 'resource-metadata')
    return [
      ...named('resource', 'resource'),
      ...step.authorizationServers.map((url, index): NamedUrl => {
        const name = `authorization_servers/${index}`
        return { variant: 'issuer', name, url, at: `response.json/${name}` }
      }),
    ]
  const endpoints = Object.keys(document).filter((name) => name.endsWith('_endpoint'))
  return [
    ...named('issuer', 'issuer'),
    ...[...endpoints, 'jwks_uri'].flatMap((name) => named('endpoint', name)),
  ]
}
