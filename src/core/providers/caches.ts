import { type Headers, header, headerValues } from '../wire/exchange.ts'
import { shortened } from '../wire/safe-text.ts'

/** What says that an answer was kept by a cache and given out again. */
export interface CacheMark {
  /** The field that says so, lower case. */
  readonly field: string
  readonly trace: string
  /** How long the answer had been kept, in seconds, where the answer says so. */
  readonly age: number | undefined
}

/** Fields in which caches say whether they had the answer, in their own words (RFC 9211 gives one to all). */
const fields = [
  'cf-cache-status',
  'cache-status',
  'x-cache',
  'x-cache-status',
  'x-proxy-cache',
  'x-vercel-cache',
  'x-nextjs-cache',
]

/** Whether an answer came out of a cache (RFC 9111 §5.1); undefined where nothing says so. */
export function cacheMark(headers: Headers): CacheMark | undefined {
  const age = Number(header(headers, 'age') ?? 0)
  const known = Number.isInteger(age) && age > 0 ? age : undefined
  const field = fields.find((name) => headerValues(headers, name).some(isHit))
  if (field === undefined && known === undefined) return undefined
  const name = field ?? 'age'
  return {
    field: name,
    trace: `${name}: ${shortened(header(headers, name) ?? '', 60)}`,
    age: known,
  }
}

/** `HIT`, `Hit from cloudfront`, `TCP_HIT`, `MISS, HIT`, `ExampleCache; hit` */
function isHit(value: string): boolean {
  return value
    .toLowerCase()
    .split(/[^a-z]+/)
    .includes('hit')
}
