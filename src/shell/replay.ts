import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { type Exchange, type Request, bodyText, header, mediaType } from '../core/wire/exchange.ts'
import { param, parseForm } from '../core/wire/params.ts'
import { BoundedMap } from '../core/wire/bounded-map.ts'
import type { StepKind } from '../core/step/step.ts'
import { asClientSent } from './replay-request.ts'
import { hopFields } from '../tap/wire/headers.ts'
import type { Replay } from '../tui/command/stage.ts'

/** Requests that are held: calls of the MCP endpoints, of which there may be any number, and the rest. */
const limits = { calls: 100, others: 500 }
/** Bytes of the bodies of either. */
const byteLimit = 4 * 1024 * 1024
/** An answer that goes on is left after this long, in milliseconds. */
const patience = 30_000

/** What is known of an exchange that somebody wants to send again. */
export interface Wanted {
  readonly id: string
  readonly kind: StepKind
  readonly status: number | undefined
}

interface Awaited {
  readonly id: string
  readonly via: string
  readonly method: string
  found: string | undefined
}

/**
 * Holds the newest requests as they were, so that one can be sent again through the proxy itself. It is recorded there as
 * any other: nothing goes past the proxy. They never leave this process in any other way.
 */
export class Replays {
  readonly #calls = new Shelf(limits.calls)
  readonly #others = new Shelf(limits.others)
  readonly #targets: readonly string[]
  #awaited: Awaited[] = []
  /** What was sent again, by the id that it was recorded under. */
  readonly #repeated = new BoundedMap<string>(1000)

  constructor(targets: readonly string[]) {
    this.#targets = targets
  }

  /** Keeps what may be sent again. Returns the exchange, marked when it is what was sent again. */
  see(exchange: Exchange): Exchange {
    this.#keep(exchange)
    const repeats = this.#repeated.get(exchange.id)
    return repeats === undefined ? exchange : { ...exchange, repeats }
  }

  #keep(exchange: Exchange): void {
    const { id, request } = exchange
    const shelf = this.#targets.some((target) => request.url.startsWith(target))
      ? this.#calls
      : this.#others
    const isNew = shelf.keep(exchange)
    if (!isNew || this.#awaited.length === 0) return
    const sent = this.#awaited.find(
      ({ via, method, found }) =>
        found === undefined &&
        via === request.via &&
        method === request.method &&
        header(request.headers, 'connection') === 'close',
    )
    if (sent === undefined) return
    sent.found = id
    this.#repeated.set(id, sent.id)
  }

  /**
   * How to send it again and what to know before, or a sentence that says why it cannot be. `listening`: a URL of the
   * proxy; the name that the client used for it may mean something to its own machine alone.
   */
  plan(wanted: Wanted, listening: string): Replay | string {
    const exchange = this.#calls.get(wanted.id) ?? this.#others.get(wanted.id)
    if (exchange === undefined)
      return 'authtap no longer holds this request: too many have come since.'
    const { request } = exchange
    const refusal = refusalOf(request, wanted.kind)
    if (refusal !== undefined) return refusal
    return {
      warnings: warningsOf(request, wanted),
      send: () => this.#send(wanted.id, exchange, new URL(listening).hostname),
    }
  }

  async #send(
    id: string,
    exchange: Sent,
    host: string,
  ): Promise<{ status: number; exchange: string | undefined }> {
    const { via, method } = exchange.request
    const awaited: Awaited = { id, via: via!, method, found: undefined }
    this.#awaited.push(awaited)
    try {
      const status = await send(exchange, host)
      // It is recorded behind the forwarding, a moment after the answer.
      for (let turn = 0; turn < 50 && awaited.found === undefined; turn += 1)
        await new Promise((resolve) => setTimeout(resolve, 10))
      return { status, exchange: awaited.found }
    } finally {
      this.#awaited = this.#awaited.filter((one) => one !== awaited)
    }
  }
}

/** Where exchanges go when requests are to be sent again later. */
export function seenBy(
  replays: Replays | undefined,
  { take }: { take(exchange: Exchange): void },
): (exchange: Exchange) => void {
  if (replays === undefined) return take
  return (exchange) => take(replays.see(exchange))
}

/** Of an exchange, what the client sent and what was changed of it. */
type Sent = Pick<Exchange, 'request' | 'touched'>

class Shelf {
  readonly #exchanges = new Map<string, Sent>()
  readonly #limit: number
  #bytes = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get(id: string): Sent | undefined {
    return this.#exchanges.get(id)
  }

  /** True when it was not known. */
  keep({ id, request, touched }: Exchange): boolean {
    const before = this.#exchanges.get(id)
    this.#exchanges.set(id, { request, touched })
    this.#bytes += request.body.bytes.length - (before?.request.body.bytes.length ?? 0)
    while (this.#exchanges.size > this.#limit || this.#bytes > byteLimit) {
      const [oldest, gone] = this.#exchanges.entries().next().value!
      this.#exchanges.delete(oldest)
      this.#bytes -= gone.request.body.bytes.length
    }
    return before === undefined
  }
}

function refusalOf(request: Request, kind: StepKind): string | undefined {
  const { via, method, headers, body } = request
  if (via === undefined || !/^https?:/.test(via)) return 'It did not come through the proxy.'
  if (body.dropped > 0) return 'Its body was recorded only in part: raise --body-limit.'
  if (header(headers, 'upgrade') !== undefined)
    return 'It switches to a protocol that only its client speaks.'
  switch (kind) {
    case 'authorize':
      return 'It belongs in a browser, with its cookies: copy the URL and open it there.'
    case 'callback':
      return 'It brings the code to the client, which takes a code only once: log in again.'
    case 'client-metadata':
      return 'The authorization server sends it, to read the metadata of the client.'
    default:
      return method === 'GET' && /event-stream/i.test(header(headers, 'accept') ?? '')
        ? 'It opens a stream that only the client can read.'
        : undefined
  }
}

/** What sending it again may do, in sentences. */
function warningsOf(request: Request, { id, kind, status }: Wanted): string[] {
  const fine = status !== undefined && status < 300
  const proof =
    header(request.headers, 'dpop') === undefined
      ? []
      : ['It holds a DPoP proof, which servers accept only once (RFC 9449 §11.1).']
  return [...warningsOfKind(request, kind, fine, id), ...proof]
}

function warningsOfKind(request: Request, kind: StepKind, fine: boolean, id: string): string[] {
  switch (kind) {
    case 'token':
      return tokenWarnings(request, fine, id)
    case 'registration':
      return ['It registers another client.']
    case 'revocation':
      return ['It revokes the token: the client has to log in again.']
    case 'mcp':
    case 'challenge':
      if (request.method === 'DELETE') return ["It ends the client's session."]
      return request.method === 'POST' ? ['The server does once more what the call asks for.'] : []
    default:
      return []
  }
}

function tokenWarnings(request: Request, fine: boolean, id: string): string[] {
  const isForm = mediaType(request.headers) === 'application/x-www-form-urlencoded'
  const grant = isForm ? param(parseForm(bodyText(request)), 'grant_type') : undefined
  if (grant === 'authorization_code')
    return [
      fine
        ? `Its code is spent: #${id} redeemed it. The server will refuse it, and may revoke the tokens it issued for this code (RFC 6749 §4.1.2).`
        : 'Its code may be spent: a server takes a code only once, even when it refuses the request.',
    ]
  if (grant === 'refresh_token')
    return [
      fine
        ? `Its refresh token may be spent: #${id} redeemed it. A server that rotates refresh tokens may take this for theft and revoke all tokens of the login (RFC 9700 §4.14.2).`
        : 'The answer does not reach the client: if the server issues a new refresh token, the client still has the old one.',
    ]
  return ['The tokens in the answer do not reach the client.']
}

/** Resolves with the status once the answer is whole, or has gone on for long. */
function send(exchange: Sent, host: string): Promise<number> {
  const { request } = exchange
  const via = new URL(request.via!)
  const asSent = asClientSent(exchange)
  const { bytes } = asSent
  // Those of one connection are written anew.
  const own = hopFields(asSent.headers, 'request')
  const headers = asSent.headers.filter(([name]) => !own.has(name.toLowerCase()))
  const length = bytes.length > 0 || request.method !== 'GET' ? [String(bytes.length)] : []
  return new Promise((resolve, reject) => {
    const secure = via.protocol === 'https:'
    const sent = (secure ? httpsRequest : httpRequest)({
      agent: false,
      host: host.replace(/^\[|\]$/g, ''),
      port: via.port === '' ? (secure ? 443 : 80) : via.port,
      // It goes to a listener of this very process.
      rejectUnauthorized: false,
      method: request.method,
      path: /^[^:]+:\/\/[^/?#]*(\/?[^#]*)/.exec(request.via!)?.[1] || '/',
      headers: [
        ...['Host', via.host],
        ...headers.flat(),
        ...length.flatMap((value) => ['Content-Length', value]),
        ...['Connection', 'close'],
      ],
    })
    const limit = setTimeout(() => sent.destroy(new Error('no answer came')), patience)
    sent.on('response', (response) => {
      const done = () => resolve(response.statusCode ?? 0)
      response
        .on('data', () => {})
        .on('close', done)
        .on('error', done)
      setTimeout(() => response.destroy(), patience).unref()
    })
    sent.on('close', () => clearTimeout(limit)).on('error', reject)
    sent.end(bytes)
  })
}
