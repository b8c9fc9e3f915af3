/** Where clients from elsewhere find an upstream origin. */
export interface PublicPlace {
  /** An https origin, as `URL.origin` spells it. */
  readonly origin: string
  /** What its paths begin with: empty, or as in `/~1` where several origins share a name. */
  readonly path: string
}

/** An upstream origin, and what is asked of it. */
export interface Found {
  readonly upstream: string
  /** What follows the authority, as the upstream has it. */
  readonly rest: string
}

/** Well-known paths stand before the path of what they describe (RFC 8414 §3.1, RFC 9728 §3.1). */
const wellKnown = /^\/\.well-known\/[^/?#]+/

/** The names under which upstream origins are known outside of this machine: the part of the map for clients elsewhere. */
export class PublicPlaces {
  /** Whether servers hear what a tunnel says of itself. */
  keepsForwarded = false
  readonly #places = new Map<string, PublicPlace>()
  /** Host names, as `URL.hostname` spells them, and how many of the places each has. */
  readonly #names = new Map<string, number>()
  /** The name that further origins stand below, each at a path of its own. */
  #shared: string | undefined
  #below = 0

  /** Whether anything has a public name. */
  get isUsed(): boolean {
    return this.#places.size > 0
  }

  /** The public origin that was given first: the target's. */
  get main(): string | undefined {
    const [first] = this.#places.values()
    return first?.origin
  }

  /** Whether clients from elsewhere know one of our origins by this host name, as `URL.hostname` spells it. */
  knows(name: string): boolean {
    return this.#names.has(name)
  }

  /** Whether this is one of our public origins, as `URL.origin` spells it. */
  has(origin: string): boolean {
    return [...this.#places.values()].some((place) => place.origin === origin)
  }

  of(upstream: string): PublicPlace | undefined {
    return this.#places.get(upstream)
  }

  /** Gives an upstream origin a name of its own. */
  name(upstream: string, origin: string): void {
    this.#put(upstream, { origin, path: '' })
  }

  /** From now on, each origin without a name of its own gets a path below this one. */
  share(origin: string): void {
    this.#shared = origin
  }

  /** An origin is mapped: it gets a path where names are shared. */
  take(upstream: string): PublicPlace | undefined {
    const known = this.#places.get(upstream)
    if (known !== undefined || this.#shared === undefined) return known
    const place = { origin: this.#shared, path: `/~${++this.#below}` }
    this.#put(upstream, place)
    return place
  }

  /** Whether browsers keep cookies of other origins for the same host: they do not tell ports apart (RFC 6265 §8.5). */
  sharesCookies({ origin }: PublicPlace): boolean {
    return this.#shared !== undefined || (this.#names.get(new URL(origin).hostname) ?? 0) > 1
  }

  /**
   * What a client from elsewhere means.
   * @param origin a public one
   * @param rest path, query and fragment as the client has them
   */
  find(origin: string, rest: string): Found | undefined {
    let root: Found | undefined
    for (const [upstream, place] of this.#places) {
      if (place.origin !== origin) continue
      if (place.path === '') root = { upstream, rest }
      else {
        const bare = without(rest, place.path)
        if (bare !== undefined) return { upstream, rest: bare }
      }
    }
    return root
  }

  #put(upstream: string, place: PublicPlace): void {
    const name = new URL(place.origin).hostname
    this.#places.set(upstream, place)
    this.#names.set(name, (this.#names.get(name) ?? 0) + 1)
  }
}

/** What is left without the path, which stands first or behind a well-known one; undefined when it stands in neither place. */
function without(rest: string, path: string): string | undefined {
  const before = wellKnown.exec(rest)?.[0] ?? ''
  const after = rest.slice(before.length)
  if (!after.startsWith(path)) return undefined
  const end = after.slice(path.length)
  return /^(?:$|[/?#])/.test(end) ? before + end : undefined
}

/** The path and query of an upstream URL at its place, as a client that builds it would. */
export function placed(rest: string, path: string): string {
  if (path === '') return rest
  const before = wellKnown.exec(rest)?.[0] ?? ''
  return before + path + rest.slice(before.length)
}
