import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { hostname as machineName } from 'node:os'
import { isIP } from 'node:net'
import { isLoopback } from '../../core/wire/url.ts'
import { parseUrl } from '../../core/wire/parse-url.ts'

export interface LiveGateOptions {
  /** What `Authorization: Bearer` must carry. */
  readonly token: string
  /** The address listened on, when it is not loopback. */
  readonly host?: string
  /** Listening for other machines was asked for: IP addresses are names of ours, too. */
  readonly allowRemote?: boolean
  /** Origins whose pages may watch; their hosts are names of ours (a TLS terminator keeps the Host field). */
  readonly allowOrigin?: readonly string[]
}

/** What a page offers in `Sec-WebSocket-Protocol`, before the token: a browser cannot set other fields. */
export const liveProtocol = 'authtap'

/** What a token may consist of: all of it may stand in `Sec-WebSocket-Protocol` (RFC 6455 §4.1, RFC 9110 §5.6.2). */
export const tokenPattern = /^[A-Za-z0-9._~-]{32,256}$/

/** Lets viewers in: by a name of ours, from no foreign page, with the token. */
export class LiveGate {
  readonly #digest: Buffer
  readonly #names: ReadonlySet<string>
  readonly #origins: ReadonlySet<string>
  readonly #anyAddress: boolean

  constructor({ token, host, allowRemote, allowOrigin }: LiveGateOptions) {
    this.#digest = digest(token)
    this.#anyAddress = allowRemote === true
    this.#origins = new Set(allowOrigin?.map((origin) => origin.toLowerCase()))
    this.#names = new Set([
      ...(host === undefined ? [] : [hostName(host)]),
      ...(allowRemote === true ? [machineName().toLowerCase(), 'host.docker.internal'] : []),
      ...[...this.#origins].flatMap((origin) => hostName(origin) ?? []),
    ] as string[])
  }

  /** The status to refuse with; undefined lets the viewer in. */
  refuses(request: IncomingMessage): 401 | 403 | 421 | undefined {
    const hosts = fieldValues(request, 'host')
    if (hosts.length !== 1 || !this.#isOwn(hosts[0]!)) return 421
    if (!fieldValues(request, 'origin').every((origin) => this.#maySee(origin))) return 403
    return timingSafeEqual(digest(givenToken(request)), this.#digest) ? undefined : 401
  }

  /** The port is not compared: ssh and containers map ports, and a name that was bound anew is foreign on any port. */
  #isOwn(host: string): boolean {
    if (!/^(\[[0-9a-f:.]+\]|[^:@/?#\\\s[\]]+)(:\d{1,5})?$/i.test(host)) return false
    const name = hostName(host)
    if (name === undefined) return false
    if (isLoopback(name) || this.#names.has(name)) return true
    return this.#anyAddress && isIP(name.replace(/^\[|\]$/g, '')) !== 0
  }

  #maySee(origin: string): boolean {
    if (this.#origins.has(origin.toLowerCase()) || this.#origins.has('*')) return true
    return /^https?:\/\//i.test(origin) && parseUrl(origin) !== undefined && isLoopback(origin)
  }
}

/** Digests have one length, so that comparing takes the same time whatever was given. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

function givenToken(request: IncomingMessage): string {
  const [field] = fieldValues(request, 'authorization')
  if (field !== undefined) return /^bearer +(\S{1,512})$/i.exec(field)?.[1] ?? ''
  const [first, second] = fieldValues(request, 'sec-websocket-protocol')
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
  return first === liveProtocol ? (second ?? '') : ''
}

function fieldValues(request: IncomingMessage, name: string): string[] {
  return request.rawHeaders.filter(
    (_, index) => index % 2 === 1 && request.rawHeaders[index - 1]!.toLowerCase() === name,
  )
}

/** The host of a Host field, an address or an origin, as URLs spell it. */
function hostName(text: string): string | undefined {
  const authority = text.includes('://') ? text : `http://${isIP(text) === 6 ? `[${text}]` : text}`
  return parseUrl(authority)?.hostname
}
