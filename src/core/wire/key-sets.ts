import { BoundedMap } from './bounded-map.ts'
import { type JsonObject, isObject, member } from './json.ts'
import { withoutResponse } from './url.ts'
import { keysOf } from './verify.ts'

/** Fetches what a document names, where somebody asked for that; undefined when it cannot be had. */
export type FetchKeys = (url: string, namedBy: string) => Promise<JsonObject | undefined>

export interface KeySet {
  readonly keys: readonly JsonObject[]
  /** When they were read, in milliseconds since the epoch. */
  readonly at: number
}

/** Where somebody's keys stand, and the document that says so: with inline keys they are one. */
export interface KeySource {
  readonly metadata: string
  readonly keys: string
}

const sourceLimit = 200
/** Sets of keys that are fetched from one place: again only for a key id that was not in the last. */
const fetchLimit = 4

/** The sets of public keys that were seen, or fetched where that is allowed, by their URLs. */
export class KeySets {
  readonly #sets = new BoundedMap<KeySet>(sourceLimit)
  readonly #times = new BoundedMap<number>(sourceLimit)
  readonly #fetch: FetchKeys | undefined

  constructor(fetch: FetchKeys | undefined) {
    this.#fetch = fetch
  }

  learn(url: string, set: KeySet): void {
    this.#sets.set(withoutResponse(url), set)
  }

  get(url: string): KeySet | undefined {
    return this.#sets.get(withoutResponse(url))
  }

  /** A newer set than the one that was read before something was signed with a key that is not in it. */
  async newer(source: KeySource, seen: number): Promise<KeySet | undefined> {
    const known = this.get(source.keys)
    if (known !== undefined && known.at > seen) return undefined
    const document = await this.document(source.keys, source.metadata)
    const keys = keysOf(document) ?? keysOf(inlineKeys(document))
    if (keys === undefined) return undefined
    const set = { keys, at: Infinity }
    this.learn(source.keys, set)
    return set
  }

  /** What stands there now; undefined where nobody asked for that, or it was fetched often enough. */
  async document(url: string, namedBy: string): Promise<JsonObject | undefined> {
    const bare = withoutResponse(url)
    const times = this.#times.get(bare) ?? 0
    if (this.#fetch === undefined || times >= fetchLimit) return undefined
    this.#times.set(bare, times + 1)
    return this.#fetch(url, namedBy)
  }
}

/** The keys that client metadata holds itself (RFC 7591 §2, `jwks`). */
export function inlineKeys(document: JsonObject | undefined): JsonObject | undefined {
  const jwks = member(document, 'jwks')
  return isObject(jwks) ? jwks : undefined
}
