import { isLoopback } from '../../core/wire/url.ts'
import { isInternalHost, resolvesInside } from '../wire/address.ts'
import { proxyFor } from '../wire/env-proxy.ts'
import { originOf, splitWebUrl } from './authority.ts'
import type { OriginMap } from './map.ts'
import { NamedUrls } from './named-urls.ts'
import { type Notices, quoted } from '../notices.ts'
import { belowName, withoutName } from './tunnels.ts'
import { parseUrl } from '../../core/wire/parse-url.ts'

/** Why an origin is mapped, which decides what it may in turn name. */
export type Role = 'target' | 'also' | 'resource-metadata' | 'authorization-server' | 'endpoint'

export type EndpointKind =
  | 'resource-metadata'
  | 'server-metadata'
  | 'authorization'
  | 'token'
  | 'registration'
  | 'pushed-request'
  | 'device-authorization'

/** What an authorization server says of itself, as far as the proxy has to act on it. */
export interface ServerFacts {
  /** The origin that served the metadata. */
  readonly origin: string
  /** `authorization_response_iss_parameter_supported` (RFC 9207 §3). */
  readonly issAdvertised: boolean
}

export interface Endpoint {
  readonly kind: EndpointKind
  /** Undefined when no metadata named it. */
  readonly server: ServerFacts | undefined
}

/** One mapped upstream origin. */
export interface Site {
  readonly origin: string
  /** Host and port as a Host field has them. */
  readonly authority: string
  readonly port: number
  readonly roles: Set<Role>
  /** Reached from a target outside of this machine and its networks. */
  isPublic: boolean
  /** Served authorization server metadata, so nothing is guessed about its endpoints. */
  servedMetadata: boolean
}

const originLimit = 64
const endpointLimit = 1000

/** Endpoints of a server without metadata (MCP 2025-03-26, Fallbacks for Servers without Metadata Discovery). */
const fallbacks: Readonly<Record<string, EndpointKind>> = {
  '/authorize': 'authorization',
  '/token': 'token',
  '/register': 'registration',
}

const metadata = {
  resource: { kind: 'resource-metadata', server: undefined },
  server: { kind: 'server-metadata', server: undefined },
} as const

/** Metadata is recognised by its well-known path wherever that stands (RFC 9728 §3.1, RFC 8414 §3.1). */
function metadataAt(path: string): Endpoint | undefined {
  if (!path.includes('/.well-known/')) return undefined
  if (path.includes('/.well-known/oauth-protected-resource')) return metadata.resource
  const isServer =
    path.includes('/.well-known/oauth-authorization-server') ||
    path.includes('/.well-known/openid-configuration')
  return isServer ? metadata.server : undefined
}

/** The origins that are mapped, how they came to be, and what stands at their URLs. */
export class Origins {
  readonly map: OriginMap
  /** What clients from elsewhere may ask for, beside metadata and endpoints. */
  readonly named = new NamedUrls()
  readonly #listen: (origin: string) => Promise<number>
  readonly #notices: Notices
  readonly #sites = new Map<string, Site>()
  readonly #opening = new Map<string, Promise<Site>>()
  readonly #endpoints = new Map<string, Endpoint>()
  readonly #lookups = new Map<string, Endpoint | undefined>()
  #serial: Promise<unknown> = Promise.resolve()

  constructor(map: OriginMap, listen: (origin: string) => Promise<number>, notices: Notices) {
    this.map = map
    this.#listen = listen
    this.#notices = notices
  }

  /** Maps an origin that the user named. Throws UserError when no port can be had. */
  async add(origin: string, role: 'target' | 'also'): Promise<Site> {
    return this.#open(origin, role, !isInternalHost(new URL(origin).hostname))
  }

  site(origin: string): Site | undefined {
    return this.#sites.get(origin)
  }

  /** Whether any of these URLs is of an origin about which nothing is decided yet. */
  news(urls: readonly string[]): boolean {
    return urls.some((url) => {
      const origin = webOrigin(url)
      return origin !== undefined && !this.#sites.has(origin)
    })
  }

  /** Maps the origins of URLs that a document or challenge of `from` names, as far as that may be. */
  async admit(urls: readonly string[], role: Role, from: Site): Promise<void> {
    for (const origin of new Set(urls.map(webOrigin))) {
      if (origin === undefined || this.map.isOurs(origin)) continue
      const isNew = !this.#sites.has(origin) && !this.#opening.has(origin)
      const isFit = isNew && (await this.#admissible(origin, from))
      const known = this.#sites.get(origin) ?? (await this.#opening.get(origin))
      if (known !== undefined) {
        known.roles.add(role)
        known.isPublic ||= from.isPublic
      } else if (isFit) {
        await this.#open(origin, role, from.isPublic).catch((error: unknown) => {
          const reason = error instanceof Error ? error.message : String(error)
          this.#notices.tell(
            'warning',
            'origin-not-mapped',
            `authtap could not open a port for ${origin}: ${reason}. The client talks to it directly`,
            origin,
          )
        })
      }
    }
  }

  learn(url: string, endpoint: Endpoint): void {
    const key = endpointKey(url)
    if (key === undefined) return
    this.#lookups.clear()
    this.#endpoints.delete(key)
    this.#endpoints.set(key, endpoint)
    if (this.#endpoints.size <= endpointLimit) return
    const [oldest] = this.#endpoints.keys()
    if (oldest !== undefined) this.#endpoints.delete(oldest)
  }

  /** @param target request target in origin form */
  endpointAt(site: Site, target: string): Endpoint | undefined {
    const mark = target.indexOf('?')
    const path = mark === -1 ? target : target.slice(0, mark)
    const metadata = metadataAt(path)
    if (metadata !== undefined) return metadata
    const known = this.#endpoints.size === 0 ? undefined : this.#known(site, path)
    if (known !== undefined) return known
    const kind = Object.hasOwn(fallbacks, path) ? fallbacks[path] : undefined
    if (kind === undefined || site.servedMetadata) return undefined
    const serves = (['target', 'authorization-server', 'also'] as const).some((role) =>
      site.roles.has(role),
    )
    return serves ? { kind, server: undefined } : undefined
  }

  /** Most requests go to the same few paths: what stands there is looked up once. */
  #known(site: Site, path: string): Endpoint | undefined {
    const key = site.origin + path
    if (this.#lookups.has(key)) return this.#lookups.get(key)
    const known = this.#endpoints.get(endpointKey(key) ?? '')
    if (this.#lookups.size >= endpointLimit) this.#lookups.clear()
    if (key.length < 2000) this.#lookups.set(key, known)
    return known
  }

  /** Whether a client from elsewhere may ask for this: servers name it, or clients find it by themselves. */
  opens(site: Site, target: string): boolean {
    return this.endpointAt(site, target) !== undefined || this.named.has(site.origin + target)
  }

  async #admissible(origin: string, from: Site): Promise<boolean> {
    const byName = mayName(origin, from.isPublic)
    const isHidden =
      byName === undefined && from.isPublic && (await this.#leadsInside(origin, from))
    const refused = isHidden ? 'internal' : byName
    if (refused === 'internal') {
      this.map.disguise(origin)
      const text = `${from.origin} names ${quoted(origin)}, an internal address, to which a public server must not send a client; in its place authtap gives the client an address that does not exist`
      this.#notices.tell('warning', 'internal-address', text, origin)
      return false
    }
    if (refused === 'plain') {
      const text = `${from.origin} names ${quoted(origin)} which has no TLS; authtap leaves it as it is, for the client to judge (--also ${origin} sends it through authtap all the same)`
      this.#notices.tell('warning', 'plain-http-origin', text, origin)
      return false
    }
    if (this.#sites.size < originLimit) return true
    this.#notices.tell(
      'warning',
      'too-many-origins',
      `the servers name more than ${originLimit} origins; ${quoted(origin)} and later ones do not go through authtap`,
    )
    return false
  }

  /** Where names lead inside on both sides, as within a company, neither is public. */
  async #leadsInside(origin: string, from: Site): Promise<boolean> {
    const inside = [origin, from.origin].map(async (one) => {
      const url = new URL(one)
      // A proxy that is to be used finds the address itself.
      return proxyFor(url) === undefined && resolvesInside(url.hostname)
    })
    const [named, naming] = await Promise.all(inside)
    return named === true && naming === false
  }

  /** Whether a client that came upon this URL in a document of `from` would be let through to it. */
  reaches(url: string, from: string): boolean {
    const target = webOrigin(url)
    const site = this.#sites.get(webOrigin(from) ?? '')
    if (target === undefined || site === undefined || this.map.isOurs(target)) return false
    return this.#sites.has(target) || mayName(target, site.isPublic) === undefined
  }

  /** Where clients from elsewhere find what was just mapped. */
  #tellPlace(site: Site): void {
    const { places } = this.map
    const { main } = places
    if (main === undefined) return
    const { origin } = site
    const place = places.take(origin)
    if (place === undefined)
      this.#notices.tell('warning', 'origin-without-name', withoutName(site, main), origin)
    else if (place.path !== '')
      this.#notices.tell('info', 'origin-below-name', belowName(origin, place), origin)
  }

  /** One at a time: each takes the next free port. */
  #open(origin: string, role: Role, isPublic: boolean): Promise<Site> {
    const opening = this.#serial.then(async () => {
      const known = this.#sites.get(origin)
      if (known !== undefined) {
        known.roles.add(role)
        return known
      }
      const port = await this.#listen(origin)
      const authority = new URL(origin).host
      const roles = new Set([role])
      const site: Site = { origin, authority, port, roles, isPublic, servedMetadata: false }
      this.map.add(origin, port)
      this.#sites.set(origin, site)
      this.#tellPlace(site)
      return site
    })
    this.#opening.set(origin, opening)
    this.#serial = opening.then(
      () => this.#opening.delete(origin),
      () => this.#opening.delete(origin),
    )
    return opening
  }
}

/** Why a server may not send a client to an origin: it lies inside while the server does not, or has no TLS. */
export function mayName(origin: string, isPublic: boolean): 'internal' | 'plain' | undefined {
  const { protocol, hostname } = new URL(origin)
  if (isPublic && isInternalHost(hostname)) return 'internal'
  return protocol === 'https:' || isLoopback(hostname) ? undefined : 'plain'
}

function webOrigin(url: string): string | undefined {
  const parts = splitWebUrl(url)
  return parts === undefined ? undefined : originOf(parts)
}

/** Origin and path as every client dials them; the query is not part of an endpoint's identity here. */
function endpointKey(url: string): string | undefined {
  const parsed = parseUrl(url)
  return parsed && parsed.origin + parsed.pathname
}
