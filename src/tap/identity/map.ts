import { isLoopback } from '../../core/wire/url.ts'
import { joinWebUrl, originOf, splitWebUrl, type WebUrl } from './authority.ts'
import { type Jar, jarPrefix } from './cookies.ts'
import { type Canonical, Spellings } from './origin-spelling.ts'
import { type Found, placed, PublicPlaces } from './public-places.ts'

/** Under this name stand origins that must not be reached: nothing resolves it (RFC 2606 §2). */
const nowhere = '.this-proxy.invalid'

const loopbackNames = ['localhost', '127.0.0.1', '[::1]']

/** How a client sees an upstream origin. */
interface Face {
  readonly canonical: Canonical
  /** What its paths begin with. */
  readonly path: string
}

/**
 * The bijection between upstream origins and those that clients see: local ones, and public ones for clients elsewhere. A
 * string is translated by replacing its authority; path, query and fragment are never looked at, but for the path that an
 * origin has where several share a public name.
 */
export class OriginMap {
  /** The public names. */
  readonly places = new PublicPlaces()
  readonly #ports = new Map<string, number>()
  readonly #upstreams = new Map<number, string>()
  readonly #reserved = new Set<number>()
  readonly #disguises = new Map<string, string>()
  readonly #disguised = new Map<string, string>()
  readonly #spellings = new Map<string, Spellings>()
  readonly #names: ReadonlySet<string>
  readonly #scheme: 'http' | 'https'

  /**
   * @param names further host names of the listeners, as `URL.hostname` spells them
   * @param scheme what clients speak to the listeners
   */
  constructor(names: readonly string[] = [], scheme: 'http' | 'https' = 'http') {
    this.#scheme = scheme
    this.#names = new Set([...loopbackNames, ...names])
  }

  /** What clients speak to the listeners. */
  get scheme(): 'http' | 'https' {
    return this.#scheme
  }

  get ports(): ReadonlyMap<string, number> {
    return this.#ports
  }

  add(origin: string, port: number): void {
    this.#ports.set(origin, port)
    this.#upstreams.set(port, origin)
  }

  /** A port of ours that stands for no upstream. */
  reserve(port: number): void {
    this.#reserved.add(port)
  }

  /** Shows this origin as one that does not exist. */
  disguise(origin: string): void {
    if (this.#disguises.has(origin)) return
    const { host, port } = canonical(origin)
    const label = `${host.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '')}${port === '' ? '' : `-${port}`}`
    let shown = `${label}${nowhere}`
    for (let n = 2; this.#disguised.has(shown); n++) shown = `${label}-${n}${nowhere}`
    this.#disguises.set(origin, shown)
    this.#disguised.set(shown, origin)
  }

  /** The origin is one of our own listeners: an upstream that names it would come out right by accident. */
  isOurs(origin: string): boolean {
    if (this.#ports.has(origin)) return false
    if (this.places.has(origin)) return true
    const { scheme, host, port } = canonical(origin)
    const number = port === '' ? (scheme === 'https' ? 443 : 80) : Number(port)
    if (!this.#upstreams.has(number) && !this.#reserved.has(number)) return false
    return this.#names.has(host) || isLoopback(host)
  }

  /** The public origin of the upstream that has this port. */
  originAt(port: number): string | undefined {
    return this.places.of(this.#upstreams.get(port) ?? '')?.origin
  }

  /** What a request to a public origin is for. */
  find(origin: string, target: string): Found | undefined {
    return this.places.find(origin, target)
  }

  /** The client comes from elsewhere: it knows what has a public name by that, and all else by its real one. */
  isPublic(name: string): boolean {
    return this.places.knows(name)
  }

  /** @param name the host name by which the client reached us, as `URL.hostname` spells it */
  toLocal(url: string, name: string): string {
    const parts = splitWebUrl(url)
    const origin = parts === undefined ? undefined : originOf(parts)
    if (parts === undefined || origin === undefined) return url
    const face = this.#face(origin, name)
    if (face !== undefined) {
      const spelling = this.#pairs(origin, face.canonical).toRight(parts)
      return respell({ ...parts, rest: placed(parts.rest, face.path) }, spelling) ?? url
    }
    if (this.isOurs(origin)) this.disguise(origin)
    const shown = this.#disguises.get(origin)
    if (shown === undefined) return url
    return respell(parts, this.#pairs(origin, disguise(origin, shown)).toRight(parts)) ?? url
  }

  /** The same for a reference that this upstream gives: one from its root begins where the client has that. */
  toLocalFrom(origin: string, reference: string, name: string): string {
    if (!/^\/(?![/\\])/.test(reference)) return this.toLocal(reference, name)
    return placed(reference, this.#face(origin, name)?.path ?? '')
  }

  toUpstream(url: string): string {
    const parts = splitWebUrl(url)
    const origin = parts === undefined ? undefined : originOf(parts)
    if (parts === undefined || origin === undefined) return url
    const client = canonical(origin)
    const found = this.places.find(origin, parts.rest)
    const upstream = found?.upstream ?? this.#upstreamOf(client)
    if (upstream === undefined) return url
    const spelling = this.#pairs(upstream, client).toLeft(parts)
    return respell({ ...parts, rest: found?.rest ?? parts.rest }, spelling) ?? url
  }

  /** The jar in which a client that reached us by this name keeps the cookies of an upstream. */
  jar(origin: string, name: string): Jar {
    const place = this.isPublic(name) ? this.places.of(origin) : undefined
    if (place === undefined) return { prefix: jarPrefix(origin), scheme: this.#scheme, path: '' }
    const prefix = this.places.sharesCookies(place) ? jarPrefix(origin) : ''
    return { prefix, scheme: 'https', path: place.path }
  }

  #face(origin: string, name: string): Face | undefined {
    const port = this.#ports.get(origin)
    if (port === undefined) return undefined
    if (!this.isPublic(name))
      return { canonical: canonical(`${this.#scheme}://${name}:${port}`), path: '' }
    const place = this.places.of(origin)
    return place && { canonical: canonical(place.origin), path: place.path }
  }

  #upstreamOf({ scheme, host, port }: Canonical): string | undefined {
    const hidden = this.#disguised.get(host)
    if (hidden !== undefined)
      return port === '' && canonical(hidden).scheme === scheme ? hidden : undefined
    if (scheme !== this.#scheme || !this.#names.has(host)) return undefined
    const own = scheme === 'https' ? 443 : 80
    return this.#upstreams.get(port === '' ? own : Number(port))
  }

  #pairs(origin: string, local: Canonical): Spellings {
    const key = `${origin} ${local.host}:${local.port}`
    const known = this.#spellings.get(key)
    if (known !== undefined) return known
    const pairs = new Spellings(canonical(origin), local)
    this.#spellings.set(key, pairs)
    return pairs
  }
}

function disguise(origin: string, shown: string): Canonical {
  return { scheme: canonical(origin).scheme, host: shown, port: '' }
}

function canonical(origin: string): Canonical {
  const url = new URL(origin)
  return { scheme: url.protocol.slice(0, -1), host: url.hostname, port: url.port }
}

function respell(
  parts: WebUrl,
  spelling: Pick<WebUrl, 'scheme' | 'host' | 'port'> | undefined,
): string | undefined {
  return spelling === undefined ? undefined : joinWebUrl({ ...parts, ...spelling })
}
