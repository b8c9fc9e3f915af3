import { isLoopback } from '../../core/wire/url.ts'
import { joinWebUrl, originOf, splitWebUrl, type WebUrl } from './authority.ts'
import { type Canonical, Spellings } from './origin-spelling.ts'

/** Under this name stand origins that must not be reached: nothing resolves it (RFC 2606 §2). */
const nowhere = '.this-proxy.invalid'

const loopbackNames = ['localhost', '127.0.0.1', '[::1]']

/**
 * The bijection between upstream origins and local ones. A string is translated by replacing its authority; path, query
 * and fragment are never looked at.
 */
export class OriginMap {
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
    const { scheme, host, port } = canonical(origin)
    const number = port === '' ? (scheme === 'https' ? 443 : 80) : Number(port)
    if (!this.#upstreams.has(number) && !this.#reserved.has(number)) return false
    return this.#names.has(host) || isLoopback(host)
  }

  /** @param name the local host name to use, as `URL.hostname` spells it */
  toLocal(url: string, name: string): string {
    const parts = splitWebUrl(url)
    const origin = parts === undefined ? undefined : originOf(parts)
    if (parts === undefined || origin === undefined) return url
    const port = this.#ports.get(origin)
    if (port !== undefined) {
      const local = canonical(`${this.#scheme}://${name}:${port}`)
      return respell(parts, this.#pairs(origin, local).toRight(parts)) ?? url
    }
    if (this.isOurs(origin)) this.disguise(origin)
    const shown = this.#disguises.get(origin)
    if (shown === undefined) return url
    return respell(parts, this.#pairs(origin, disguise(origin, shown)).toRight(parts)) ?? url
  }

  toUpstream(url: string): string {
    const parts = splitWebUrl(url)
    const origin = parts === undefined ? undefined : originOf(parts)
    if (parts === undefined || origin === undefined) return url
    const local = canonical(origin)
    const upstream = this.#upstreamOf(local)
    if (upstream === undefined) return url
    return respell(parts, this.#pairs(upstream, local).toLeft(parts)) ?? url
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
    const key = `${origin} ${local.host}`
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
