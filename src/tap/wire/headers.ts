import type { Headers } from '../../core/wire/exchange.ts'
import type { FlatHeaders } from './transport.ts'

/** Fields that belong to one connection (RFC 9110 §7.6.1, RFC 9112 §6), and that each hop writes for itself. */
const hopRequest = new Set([
  'host',
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'content-length',
  'expect',
  'te',
  'upgrade',
])
const hopResponse = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
])

export function toPairs(flat: FlatHeaders): Headers {
  const pairs: [string, string][] = []
  for (let i = 0; i + 1 < flat.length; i += 2) pairs.push([flat[i]!, flat[i + 1]!])
  return pairs
}

export type Side = 'request' | 'response'

/** Lower-case names of the fields that stay on this hop: the usual ones, and those that Connection nominates. */
export function hopFields(headers: Headers, side: Side): ReadonlySet<string> {
  const usual = side === 'request' ? hopRequest : hopResponse
  let all: Set<string> | undefined
  for (const [name, value] of headers) {
    if (name.length !== 10 || name.toLowerCase() !== 'connection') continue
    for (const option of value.toLowerCase().split(',')) {
      const nominated = option.trim()
      if (nominated === '' || nominated === 'close' || usual.has(nominated)) continue
      all ??= new Set(usual)
      all.add(nominated)
    }
  }
  return all ?? usual
}

/** `request.header.origin[1]`: the place of a field's nth line, in the notation of evidence. */
export class FieldPlaces {
  readonly #side: Side
  readonly #seen = new Map<string, number>()

  constructor(side: Side) {
    this.#side = side
  }

  next(lowerName: string): string {
    const count = this.#seen.get(lowerName) ?? 0
    this.#seen.set(lowerName, count + 1)
    return `${this.#side}.header.${lowerName}[${count}]`
  }
}
