import { readFileSync } from 'node:fs'
import { type ClientRequest, type RequestOptions, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import {
  connect as connectTls,
  createSecureContext,
  type SecureContext,
  rootCertificates,
} from 'node:tls'
import { UserError } from '../../errors.ts'
import { proxyAuthorization } from './env-proxy.ts'
import { type Phase, phaseOf } from './failure.ts'

export interface TlsOptions {
  /** PEM certificates to trust in addition to the system's. */
  readonly ca?: string
  /** PEM client certificate and key. */
  readonly cert?: string
  readonly key?: string
  /** Accept any certificate. */
  readonly insecure?: boolean
}

/** One connection to an upstream and what opening it took, in milliseconds. */
export interface Link {
  address: string
  dns: number
  connect: number
  tls: number | undefined
  /** Requests sent over it so far. */
  uses: number
  /** The bytes that came last. */
  lastRead?: Buffer
}

export interface Endpoint {
  readonly hostname: string
  readonly port: number
  readonly secure: boolean
}

export type Connected = (error: Error | null, socket: Socket | null) => void

/** Opens sockets to upstreams and knows in which phase an attempt failed. */
export class Connector {
  readonly #secureContext: SecureContext
  readonly #insecure: boolean
  /** Whether servers that ask for a client certificate are shown one. */
  readonly showsCertificate: boolean
  readonly #phases = new WeakMap<Error, Phase>()
  readonly #opening = new Set<{ destroy(): unknown }>()

  constructor(options: TlsOptions) {
    this.#secureContext = secureContext(options)
    this.#insecure = options.insecure === true
    this.showsCertificate = options.cert !== undefined
  }

  /** The phase in which opening a connection failed; undefined for errors that came later. */
  phase(error: Error): Phase | undefined {
    return this.#phases.get(error)
  }

  /** Gives up every attempt that is under way. */
  close(): void {
    for (const attempt of this.#opening) attempt.destroy()
  }

  open(endpoint: Endpoint, proxy: URL | undefined, link: Link, done: Connected): void {
    if (proxy !== undefined) this.#openThrough(proxy, endpoint, link, done)
    else this.#watch(this.#dial(endpoint), endpoint.secure, link, done)
  }

  #dial({ hostname, port, secure }: Endpoint): Socket {
    const where = { host: hostname, port }
    const socket = secure
      ? connectTls({ ...where, ...this.#handshake(hostname) })
      : connectTcp(where)
    return socket.setNoDelay(true).setKeepAlive(true, 60_000)
  }

  #handshake(hostname: string) {
    return {
      secureContext: this.#secureContext,
      rejectUnauthorized: !this.#insecure,
      ALPNProtocols: ['http/1.1'],
      // RFC 6066 §3: a literal address is not a server name.
      ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
    }
  }

  #watch(socket: Socket, secure: boolean, link: Link, done: Connected): void {
    this.#opening.add(socket)
    socket.once('close', () => this.#opening.delete(socket))
    const startedAt = performance.now()
    let resolvedAt = startedAt
    let connectedAt: number | undefined
    let open = false
    socket.once('lookup', () => (resolvedAt = performance.now()))
    socket.once('connect', () => {
      connectedAt = performance.now()
      link.dns = resolvedAt - startedAt
      link.connect = connectedAt - resolvedAt
      link.address = socket.remoteAddress ?? ''
    })
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      open = true
      this.#opening.delete(socket)
      if (secure) link.tls = performance.now() - (connectedAt ?? startedAt)
      done(null, socket)
    })
    // Stays on the socket: a late error on a connection nobody uses any more must not end the process.
    socket.on('error', (error) => {
      if (open) return
      open = true
      this.#phases.set(error, connectedAt === undefined ? phaseOf(error, 'tcp') : 'tls')
      done(error, null)
    })
  }

  /** CONNECT through the proxy named by the environment (RFC 9110 §9.3.6). */
  #openThrough(proxy: URL, endpoint: Endpoint, link: Link, done: Connected): void {
    const startedAt = performance.now()
    const authority = `${endpoint.hostname.includes(':') ? `[${endpoint.hostname}]` : endpoint.hostname}:${endpoint.port}`
    const refuse = (error: Error, phase: Phase) => {
      this.#phases.set(error, phase)
      done(error, null)
    }
    const tunnel = this.#askProxy(proxy, authority)
    this.#opening.add(tunnel)
    tunnel.once('close', () => this.#opening.delete(tunnel))
    tunnel.once('connect', (response, socket) => {
      this.#opening.delete(tunnel)
      link.connect = performance.now() - startedAt
      link.address = socket.remoteAddress ?? ''
      socket.on('error', () => socket.destroy())
      if (response.statusCode !== 200) {
        socket.destroy()
        const status = `${response.statusCode} ${response.statusMessage ?? ''}`.trim()
        const message = `the proxy ${proxy.host} answered ${status} to CONNECT ${authority}`
        refuse(Object.assign(new Error(message), { code: 'EPROXYREFUSED' }), 'tcp')
      } else if (endpoint.secure) {
        const secured = connectTls({ socket, ...this.#handshake(endpoint.hostname) })
        this.#watchTls(secured, link, done)
      } else {
        done(null, socket)
      }
    })
    tunnel.on('error', (error) => refuse(error, phaseOf(error, 'tcp')))
    tunnel.end()
  }

  #watchTls(socket: Socket, link: Link, done: Connected): void {
    const startedAt = performance.now()
    let open = false
    socket.once('secureConnect', () => {
      open = true
      link.tls = performance.now() - startedAt
      done(null, socket)
    })
    socket.on('error', (error) => {
      if (open) return
      open = true
      this.#phases.set(error, 'tls')
      done(error, null)
    })
  }

  #askProxy(proxy: URL, authority: string): ClientRequest {
    const options: RequestOptions = {
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port === '' ? (proxy.protocol === 'https:' ? 443 : 80) : proxy.port,
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...proxyAuthorization(proxy) },
      agent: false,
    }
    return proxy.protocol === 'https:' ? requestHttps(options) : requestHttp(options)
  }
}

export function endpointOf(url: URL): Endpoint {
  const secure = url.protocol === 'https:'
  return {
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    secure,
  }
}

function secureContext({ ca, cert, key }: TlsOptions): SecureContext {
  try {
    return createSecureContext({
      ...(ca === undefined ? {} : { ca: [...rootCertificates, ...extraCertificates(), ca] }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new UserError(
      'ETLSOPTIONS',
      `the certificates cannot be used: ${reason}`,
      'give --ca, --cert and --key PEM files, and --cert and --key together',
      cause,
    )
  }
}

/** Naming a CA replaces Node's own list, NODE_EXTRA_CA_CERTS included, so that is added back. */
function extraCertificates(): string[] {
  const path = process.env['NODE_EXTRA_CA_CERTS']
  if (path === undefined || path === '') return []
  try {
    return [readFileSync(path, 'utf8')]
  } catch {
    return []
  }
}
