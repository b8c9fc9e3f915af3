import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { JsonObject } from '../core/wire/json.ts'
import { UserError } from '../errors.ts'
import { reportLost } from './arrival.ts'
import { contact } from './first-contact.ts'
import { refuseLoop } from './loop.ts'
import { emptyState, StateFile } from '../state.ts'
import { receiveCallback } from './browser/callback.ts'
import { PortDoubts } from './browser/port-doubts.ts'
import { Circling } from './circling.ts'
import { Connector } from './wire/connect.ts'
import { Connections } from './wire/connections.ts'
import { proxyFor } from './wire/env-proxy.ts'
import { fetchDocument } from './wire/fetch-document.ts'
import { tellTooManyFiles } from './wire/failure.ts'
import { Gate, checkHost } from './wire/gate.ts'
import {
  type Handlers,
  type Identity,
  checkIdentity,
  listen,
  type Listener,
} from './wire/listener.ts'
import { enterNames } from './public-names.ts'
import type { ReverseOptions } from './reverse-options.ts'
import { Strangers } from './strangers.ts'
import { Sources } from './wire/sources.ts'
import { OriginMap } from './identity/map.ts'
import { Notices } from './notices.ts'
import { Origins, type Site } from './identity/origins.ts'
import { Ports } from './wire/ports.ts'
import { Proofs } from './identity/proof.ts'
import { tellRefusedTls } from './refused-tls.ts'
import { receive, receiveUpgrade } from './request.ts'
import { Recorder } from './wire/recorder.ts'
import { Registrations } from './identity/registrations.ts'
import { Relay } from './identity/relay.ts'
import { readOrigin, readTarget, type Target } from './target.ts'
import { Transport } from './wire/transport.ts'
import { Upgrades } from './wire/upgrade.ts'

export interface Listening {
  /** The targets in the order given, and where each is now reached. */
  readonly urls: readonly { readonly upstream: string; readonly url: string }[]
  /** The same where clients from elsewhere reach them; empty without public names. */
  readonly publicUrls: readonly { readonly upstream: string; readonly url: string }[]
  /** Port of each mapped upstream origin. */
  readonly ports: Readonly<Record<string, number>>
  readonly relayPort: number
}

export interface ReverseTap {
  /** Read anew, it includes the origins mapped since. */
  readonly listening: Listening
  /** Stops accepting, closes streams, records what was in flight as ended. */
  stop(): Promise<void>
  /** A JSON object that the document at `from` names, where a client would be let through to it; undefined else. */
  fetch(url: string, from: string): Promise<JsonObject | undefined>
  /** The local spelling of an upstream URL; the URL itself when its origin is not mapped. */
  url(upstreamUrl: string): string
}

/** Starts the reverse proxy. Throws UserError when it cannot start. */
export async function startReverse(options: ReverseOptions): Promise<ReverseTap> {
  const targets = options.targets.map(readTarget)
  checkHost(options)
  if (options.identity !== undefined) checkIdentity(options.identity)
  // Says at once what would otherwise fail with every request.
  for (const { origin } of targets) proxyFor(new URL(origin))
  const proxy = new Reverse(options, targets)
  try {
    await proxy.start()
  } catch (error) {
    await proxy.stop()
    throw error
  }
  return proxy
}

/** What the listeners do with what arrives. */
interface Serving {
  readonly relayPort: number
  readonly doubts: PortDoubts
  request(site: Site, request: IncomingMessage, response: ServerResponse): void
  upgrade(site: Site, request: IncomingMessage, socket: Socket, head: Buffer): void
  callback(request: IncomingMessage, response: ServerResponse): void
}

class Reverse implements ReverseTap {
  readonly #options: ReverseOptions
  readonly #targets: readonly Target[]
  readonly #notices: Notices
  readonly #gate: Gate
  readonly #connections = new Connections()
  readonly #recorder: Recorder
  readonly #map: OriginMap
  readonly #origins: Origins
  readonly #ports: Ports
  readonly #file: StateFile | undefined
  readonly #transport: Transport
  readonly #connector: Connector
  readonly #upgrades: Upgrades
  readonly #listeners: Listener[] = []
  readonly #strangers: Strangers
  /** Origins to map from the start, beside those of the targets. */
  readonly #also: readonly string[]
  /** Undefined in the moment before everything stands. */
  #serving: Serving | undefined

  constructor(options: ReverseOptions, targets: readonly Target[]) {
    const notices = new Notices((notice) => options.notice(notice))
    const ephemeral = options.port === 0
    this.#options = options
    this.#targets = targets
    this.#notices = notices
    const scheme = options.identity === undefined ? 'http' : 'https'
    this.#gate = new Gate({ ...options, scheme })
    this.#recorder = new Recorder(
      options.bodyLimit ?? 1024 * 1024,
      (exchange) => {
        options.interception?.interceptor.see(exchange)
        options.emit(exchange)
        tellTooManyFiles(exchange, notices)
      },
      (error) => reportLost(notices, error),
    )
    this.#map = new OriginMap(this.#gate.names, scheme)
    this.#strangers = new Strangers(notices, () => this.#publicUrls().map(({ url }) => url))
    const { publicly, also = [] } = options
    const named = publicly === undefined ? [] : enterNames(publicly, targets, this.#map.places)
    this.#also = [...also.map(readOrigin), ...named]
    this.#origins = new Origins(this.#map, (origin) => this.#listen(origin), notices)
    this.#file =
      options.stateDir === undefined || ephemeral
        ? undefined
        : new StateFile(options.stateDir, (one) =>
            notices.tell('warning', `state-${one.kind}`, one.text),
          )
    this.#ports = new Ports({ file: this.#file, ephemeral, notices })
    this.#connector = new Connector(options)
    this.#transport = new Transport(this.#connector)
    this.#upgrades = new Upgrades(this.#connector)
  }

  async start(): Promise<void> {
    const [first] = this.#targets
    if (first === undefined) throw new UserError('ENOTARGET', 'no MCP server URL was given')
    for (const { origin } of this.#targets) await this.#origins.add(origin, 'target')
    for (const { url } of this.#targets) {
      this.#origins.named.add(url)
      await refuseLoop(url, [...this.#map.ports.values()])
    }
    this.#serving = this.#serve(await this.#openRelay(first.origin))
    for (const origin of this.#also) await this.#origins.add(origin, 'also')
    if (this.#options.firstContact === true) contact(this.#targets, this.#connector, this.#notices)
  }

  get listening(): Listening {
    return {
      urls: this.#targets.map(({ url }) => ({ upstream: url, url: this.url(url) })),
      publicUrls: this.#publicUrls(),
      ports: Object.fromEntries(this.#map.ports),
      relayPort: this.#serving?.relayPort ?? 0,
    }
  }

  #publicUrls(): Listening['urls'] {
    const { main } = this.#map.places
    if (main === undefined) return []
    const { hostname } = new URL(main)
    return this.#targets
      .map(({ url }) => ({ upstream: url, url: this.#map.toLocal(url, hostname) }))
      .filter(({ upstream, url }) => upstream !== url)
  }

  url(upstreamUrl: string): string {
    return this.#map.toLocal(upstreamUrl, this.#gate.name)
  }

  async fetch(url: string, from: string): Promise<JsonObject | undefined> {
    return this.#origins.reaches(url, from) ? fetchDocument(this.#transport, url) : undefined
  }

  async stop(): Promise<void> {
    const closing = this.#listeners.map((listener) => listener.close())
    this.#upgrades.closeAll()
    this.#serving?.doubts.stop()
    this.#strangers.tell()
    // Clients first: then what was under way ends because of us, not because of the upstream.
    await this.#connections.closeAll()
    await Promise.all(closing)
    await this.#transport.close()
    this.#recorder.flush()
  }

  async #openRelay(firstOrigin: string): Promise<Relay> {
    const mode = this.#options.relay ?? 'auto'
    const state = mode === 'never' ? emptyState : ((await this.#file?.read()) ?? emptyState)
    const port = mode === 'never' ? 0 : await this.#listenForCallbacks(firstOrigin)
    if (port !== 0) this.#map.reserve(port)
    const registrations = new Registrations(this.#file, state.registrations)
    return new Relay(mode, port, { registrations, map: this.#map, notices: this.#notices })
  }

  #serve(relay: Relay): Serving {
    const map = this.#map
    const doors = map.places.isUsed ? map : undefined
    const { from = [], fromField } = this.#options.publicly ?? {}
    const recorder = this.#recorder
    const [origins, notices] = [this.#origins, this.#notices]
    const admission = {
      gate: this.#gate,
      connections: this.#connections,
      doors,
      origins,
      strangers: this.#strangers,
      sources: from.length === 0 ? undefined : new Sources(from, fromField),
      notices,
    }
    const doubts = new PortDoubts(this.#transport, relay)
    const { interception } = this.#options
    interception?.desk.tellBy(notices)
    const forwarding = {
      ...admission,
      interception,
      recorder,
      transport: this.#transport,
      circling: new Circling(recorder, notices),
      origins,
      relay,
      doubts,
      proofs: this.#options.dpop === 'rebind' ? new Proofs(map) : undefined,
    }
    const upgrading = { ...admission, recorder, upgrades: this.#upgrades }
    // Browsers bring authorization responses without TLS (RFC 8252 §7.3).
    const plain = { gate: new Gate(this.#options), connections: this.#connections }
    const callbacks = { ...plain, interception, recorder, map, relay, notices }
    return {
      relayPort: relay.port,
      doubts,
      request: (site, request, response) => receive(forwarding, site, request, response),
      upgrade: (site, request, socket, head) =>
        receiveUpgrade(upgrading, site, request, socket, head),
      callback: (request, response) => receiveCallback(callbacks, request, response),
    }
  }

  async #listen(origin: string): Promise<number> {
    const { port } = this.#options
    const handlers: Handlers = {
      request: (request, response) => {
        const site = this.#origins.site(origin)
        if (this.#serving === undefined || site === undefined) response.destroy()
        else this.#serving.request(site, request, response)
      },
      upgrade: (request, socket, head) => {
        const site = this.#origins.site(origin)
        if (this.#serving === undefined || site === undefined) socket.destroy()
        else this.#serving.upgrade(site, request, socket, head)
      },
      refused: (error) => tellRefusedTls(this.#notices, error),
    }
    const wanted = origin === this.#targets[0]?.origin && port !== 0 ? port : undefined
    return this.#keep(
      await this.#ports.open(
        'ports',
        origin,
        (one) => this.#bind(one, handlers, this.#options.identity),
        wanted,
      ),
    )
  }

  async #listenForCallbacks(firstOrigin: string): Promise<number> {
    const handlers: Handlers = {
      request: (request, response) => {
        if (this.#serving === undefined) response.destroy()
        else this.#serving.callback(request, response)
      },
      upgrade: (_request, socket) => socket.destroy(),
    }
    return this.#keep(
      await this.#ports.open('relays', firstOrigin, (one) => this.#bind(one, handlers)),
    )
  }

  #bind(port: number, handlers: Handlers, identity?: Identity) {
    const { host } = this.#options
    const addresses = host === undefined || host === 'localhost' ? ['127.0.0.1', '::1'] : [host]
    return listen(port, { addresses, handlers, connections: this.#connections, identity })
  }

  #keep(listener: Listener): number {
    this.#listeners.push(listener)
    return listener.port
  }
}
