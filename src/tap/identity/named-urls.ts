import { parseUrl } from '../../core/wire/parse-url.ts'

/** A hostile server cannot make it grow for ever; the oldest goes first. */
const limit = 1000

/** The URLs that servers name, without their query: what a client may ask for that does not make up addresses. */
export class NamedUrls {
  readonly #keys = new Set<string>()

  add(url: string): void {
    const key = keyOf(url)
    if (key === undefined) return
    this.#keys.delete(key)
    this.#keys.add(key)
    const [oldest] = this.#keys
    if (this.#keys.size > limit && oldest !== undefined) this.#keys.delete(oldest)
  }

  /** A slash at the end is no other address: whoever mistakes one for the other has to be seen. */
  has(url: string): boolean {
    const key = keyOf(url)
    return key !== undefined && this.#keys.has(key)
  }
}

function keyOf(url: string): string | undefined {
  const parsed = parseUrl(url)
  if (parsed === undefined) return undefined
  const { origin, pathname } = parsed
  let end = pathname.length
  while (end > 0 && pathname[end - 1] === '/') end--
  return origin + pathname.slice(0, end)
}
