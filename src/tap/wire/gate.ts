import { isIP } from 'node:net'
import { hostname as machineName } from 'node:os'
import { type Headers, headerValues } from '../../core/wire/exchange.ts'
import { UserError } from '../../errors.ts'
import { isLoopback } from '../../core/wire/url.ts'
import { parseUrl } from '../../core/wire/parse-url.ts'

/** What clients speak to us. */
export type Scheme = 'http' | 'https'

/** How the client reached us. */
export interface Visit {
  /** The host name it used, as `URL.hostname` spells it. */
  readonly name: string
  readonly scheme: Scheme
  /** Host and port as it spelled them. */
  readonly authority: string
  /** The request target in origin form (RFC 9112 §3.2.1), as the upstream has it. */
  readonly target: string
  /** Where the client came by a public name. */
  readonly through?: Through
}

/** What a public name stands for. */
export interface Through {
  /** Origin of the upstream that the request is for. */
  readonly upstream: string
  /** The request target as the client has it. */
  readonly asked: string
}

export interface Refusal {
  readonly status: 400 | 403 | 404 | 421
  readonly text: string
}

export interface GateOptions {
  /** The address listened on, when it was chosen. */
  readonly host?: string
  readonly allowRemote?: boolean
  readonly allowOrigin?: readonly string[]
  /** Default: http. */
  readonly scheme?: Scheme
}

const knownLimit = 100
const defaultPort = { http: 80, https: 443 } as const

/**
 * Lets in who addresses us by a name of ours, and pages of this machine only: a web page elsewhere must not reach an MCP
 * server through us, neither directly nor by DNS rebinding.
 */
export class Gate {
  /** Host names that are ours, as `URL.hostname` spells them. */
  readonly names: readonly string[]
  /** The name to tell clients. */
  readonly name: string
  readonly #scheme: Scheme
  readonly #anyAddress: boolean
  readonly #origins: ReadonlySet<string>
  /** Names that were ours before, by port and Host. */
  readonly #known = new Map<string, string>()

  constructor({ host, allowRemote, allowOrigin, scheme }: GateOptions) {
    const remote = allowRemote === true
    this.#scheme = scheme ?? 'http'
    this.#anyAddress = remote
    this.name = host === undefined || isWildcard(host) ? 'localhost' : urlHost(host)
    this.names = [
      'localhost',
      '127.0.0.1',
      '[::1]',
      this.name,
      ...(remote
        ? [machineName().toLowerCase(), 'host.docker.internal', 'host.containers.internal']
        : []),
    ]
    this.#origins = new Set(allowOrigin?.map((origin) => origin.toLowerCase()))
  }

  /**
   * @param requestTarget as in the request line
   * @param origins whether to look at the Origin field: what arrives from an authorization server has a foreign one
   */
  check(requestTarget: string, headers: Headers, port: number, origins: boolean): Visit | Refusal {
    const fields = headerValues(headers, 'host')
    const target = splitTarget(requestTarget, this.#scheme)
    const host = target.authority ?? fields[0]
    if (fields.length > 1) return { status: 400, text: 'the request has several Host fields' }
    const name = host === undefined ? undefined : this.#ownName(host, port)
    if (host === undefined || name === undefined) {
      const what = host === undefined ? 'a request without Host' : 'that host name'
      return {
        status: 421,
        text: `this is authtap on port ${port}, which does not serve ${what}${this.#advice(host)}`,
      }
    }
    if (origins) {
      const named = headerValues(headers, 'origin')
      const foreign = this.#foreignOrigin(named)
      if (foreign !== undefined) return { status: 403, text: refusedOrigin(foreign) }
      if (named.length === 0 && isEmbedded(headers))
        return { status: 403, text: refusedOrigin('elsewhere') }
    }
    return { name, scheme: this.#scheme, authority: host, target: target.path }
  }

  #advice(host: string | undefined): string {
    if (
      this.#anyAddress ||
      host === undefined ||
      !/^host\.(?:docker|containers)\.internal(?::|$)/i.test(host)
    )
      return ''
    return '; for a client in a container start it with --host 0.0.0.0 --allow-remote'
  }

  #ownName(host: string, port: number): string | undefined {
    const key = `${port} ${host}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const name = this.#readName(host, port)
    if (name !== undefined && this.#known.size < knownLimit) this.#known.set(key, name)
    return name
  }

  #readName(host: string, port: number): string | undefined {
    const match = /^(\[[0-9a-f:.]+\]|[^:@/?#\\\s[\]]+)(?::(\d{1,5}))?$/i.exec(host)
    if (match === null || Number(match[2] ?? defaultPort[this.#scheme]) !== port) return undefined
    const name = urlHost(match[1]!)
    if (this.names.includes(name)) return name
    return this.#anyAddress && isIP(name.replace(/^\[|\]$/g, '')) !== 0 ? name : undefined
  }

  #foreignOrigin(values: readonly string[]): string | undefined {
    return values.find((value) => {
      const origin = value.toLowerCase()
      if (this.#origins.has(origin) || this.#origins.has('*')) return false
      return !isLoopback(parseUrl(origin)?.hostname ?? '')
    })
  }
}

function refusedOrigin(origin: string): string {
  return origin === 'null'
    ? 'a web page without an origin may not call authtap'
    : 'a web page from another machine may not call authtap; --allow-origin ORIGIN lets it'
}

/** The host as URLs have it: lower case, IPv6 in brackets and short. */
function urlHost(host: string): string {
  const bracketed = isIP(host) === 6 ? `[${host}]` : host
  return parseUrl(`http://${bracketed}`)?.hostname ?? bracketed
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

/** Part of a page from elsewhere, such as a picture: browsers send no Origin with it, but say so (Fetch Metadata §2). */
export function isEmbedded(headers: Headers): boolean {
  const value = (name: string) => headerValues(headers, name)[0]?.toLowerCase()
  return value('sec-fetch-site') === 'cross-site' && value('sec-fetch-mode') !== 'navigate'
}

/** A server has to take the absolute form, too (RFC 9112 §3.2.2); its authority replaces Host. */
export function splitTarget(
  target: string,
  scheme: Scheme,
): { authority: string | undefined; path: string } {
  const match = /^(https?):\/\/([^/?#]*)([^]*)$/i.exec(target)
  if (match === null || match[1]!.toLowerCase() !== scheme) {
    const other = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(target)?.[0]
    return { authority: other, path: target }
  }
  const [, , authority = '', rest = ''] = match
  return { authority, path: rest.startsWith('/') ? rest : `/${rest}` }
}

/** Throws UserError when the address is one that other machines reach, and nobody said that they may. */
export function checkHost({ host, allowRemote }: GateOptions): void {
  if (host === undefined || isLoopback(host) || allowRemote === true) return
  throw new UserError(
    'EREMOTEHOST',
    `--host ${host} lets other machines use this proxy, and the tokens that go through it`,
    'add --allow-remote if you want that',
  )
}
