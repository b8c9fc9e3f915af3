import { BlockList, isIP } from 'node:net'
import { type Headers, headerValues } from '../../core/wire/exchange.ts'

/** The last entry is the one that the nearest hop has written; those before it anybody can make up (RFC 7239 §8.1). */
const usualField = 'x-forwarded-for'

/** The addresses from which clients elsewhere may come, as what brings them here tells. */
export class Sources {
  readonly #list = new BlockList()
  readonly #field: string

  /**
   * @param ranges addresses, or ranges in the notation of RFC 4632 §3.1
   * @param field where the tunnel writes the address
   */
  constructor(ranges: readonly string[], field = usualField) {
    this.#field = field
    for (const range of ranges) this.#add(range)
  }

  /** The address that a request comes from; undefined where nothing tells. */
  addressOf(headers: Headers): string | undefined {
    return bareAddress(headerValues(headers, this.#field).at(-1)?.split(',').at(-1) ?? '')
  }

  /** Who cannot be seen is not let in. */
  admits(headers: Headers): boolean {
    const address = this.addressOf(headers)
    return address !== undefined && this.#list.check(address, familyOf(address))
  }

  #add(range: string): void {
    const [address = '', prefix] = range.split('/', 2)
    if (prefix === undefined) this.#list.addAddress(address, familyOf(address))
    else this.#list.addSubnet(address, Number(prefix), familyOf(address))
  }
}

/** Whether a text is an address or a range of addresses. */
export function isRange(text: string): boolean {
  const match = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text)
  const family = isIP(match?.[1] ?? '')
  return family !== 0 && Number(match?.[2] ?? 0) <= (family === 4 ? 32 : 128)
}

/** Without the port that some write behind it, and an IPv4 address as one. */
function bareAddress(text: string): string | undefined {
  const trimmed = text.trim()
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(trimmed)?.[1] ?? /^([\d.]+):\d+$/.exec(trimmed)?.[1]
  const address = (bare ?? trimmed).replace(/^::ffff:(?=[\d.]+$)/i, '')
  return isIP(address) === 0 ? undefined : address
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}
