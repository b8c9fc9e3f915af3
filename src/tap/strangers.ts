import { header, type Headers, mediaType } from '../core/wire/exchange.ts'
import { type Notices, quoted } from './notices.ts'

/** Why somebody who came by a public name was turned away. */
type Reason = 'host' | 'path' | 'address'

const kinds: Readonly<Record<Reason, string>> = {
  host: 'for a name that is none of ours',
  path: 'for what no server names',
  address: 'from addresses that --from does not let in',
}

/** So many wrong addresses of what may be a client are told of; a scanner makes no more noise than that. */
const toldLimit = 5

interface Request {
  readonly method?: string | undefined
  readonly headers: Headers
}

/**
 * Those who come by a public name for something that is not there, most of them scanners. They are counted, and neither
 * recorded nor passed on; who may be a client with a wrong address is told of at once.
 */
export class Strangers {
  readonly #notices: Notices
  readonly #endpoints: () => readonly string[]
  readonly #counts = new Map<Reason, number>()
  #told = 0

  /** @param endpoints what clients are to ask for */
  constructor(notices: Notices, endpoints: () => readonly string[]) {
    this.#notices = notices
    this.#endpoints = endpoints
  }

  turnAway(reason: Reason): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1)
  }

  /** @param url as it was asked for */
  wrongPath(request: Request, url: string): void {
    this.turnAway('path')
    if (!speaksMcp(request) || this.#told >= toldLimit) return
    this.#told++
    const text = `a client asks for ${request.method} ${quoted(url)}, which is not the MCP endpoint, and was answered 404 by authtap: give it ${this.#endpoints().join(' or ')}`
    this.#notices.tell('warning', 'public-wrong-endpoint', text, url)
  }

  /** @param address where the tunnel says that it comes from */
  wrongAddress(address: string | undefined): void {
    this.turnAway('address')
    if (this.#told >= toldLimit) return
    this.#told++
    const who =
      address === undefined
        ? 'a client was refused (403), because no field of the tunnel says where it comes from: name the one that does with --from-field'
        : `a client at ${address} was refused (403), because --from does not let that address in`
    this.#notices.tell('warning', 'public-address-refused', who, address)
  }

  /** How many there were; nothing where there were none. */
  tell(): void {
    const counts = [...this.#counts].map(([reason, count]) => `${count} ${kinds[reason]}`)
    if (counts.length === 0) return
    const text = `requests that came by a public name and that authtap answered itself, unrecorded: ${counts.join(', ')}`
    this.#notices.tell('info', 'public-strangers', text)
  }
}

/** A call, or the opening of a stream: other programs ask for neither. */
function speaksMcp({ method, headers }: Request): boolean {
  const streams = header(headers, 'accept')?.includes('text/event-stream') === true
  return streams || (method === 'POST' && mediaType(headers) === 'application/json')
}
