import type { Headers, Touch } from '../../core/wire/exchange.ts'
import { upstreamCookie } from './cookies.ts'
import { FieldPlaces, hopFields } from '../wire/headers.ts'
import type { Visit } from '../wire/gate.ts'
import { isTunnelField } from '../wire/tunnel-fields.ts'
import type { OriginMap } from './map.ts'
import type { Site } from './origins.ts'

export interface RequestContext {
  readonly site: Pick<Site, 'origin' | 'authority'>
  readonly headers: Headers
  readonly map: OriginMap
  /** How the client reached us. */
  readonly visit: Pick<Visit, 'name' | 'through'>
  /** The answer is a document that has to be read and changed. */
  readonly document: boolean
  /** The proof to send in place of the client's; undefined leaves it. */
  readonly proof: string | undefined
}

export interface RequestHead {
  /** What the upstream gets, without the fields of the hop. */
  readonly wire: string[]
  /** What is recorded: all the client's fields, values as the upstream got them. */
  readonly recorded: Headers
  readonly touches: readonly Touch[]
}

/** Codings that we can read. */
const readable = 'gzip, deflate, br'

/** Undefined removes the field. */
type Change = { readonly value: string | undefined; readonly why: string }

const ofTunnel: Change = { value: undefined, why: 'added by what brought the request here' }

export function changeRequestHead(context: RequestContext): RequestHead {
  const { headers } = context
  const hop = hopFields(headers, 'request')
  const places = new FieldPlaces('request')
  const browser = fromBrowser(headers)
  const tunnelled = context.visit.through !== undefined && !context.map.places.keepsForwarded
  const wire: string[] = []
  const recorded: (readonly [string, string])[] = []
  const touches: Touch[] = []
  for (const field of headers) {
    const [name, value] = field
    const lower = name.toLowerCase()
    const change =
      tunnelled && isTunnelField(lower) ? ofTunnel : changeField(lower, value, context, browser)
    if (change === undefined || change.value === value) {
      recorded.push(field)
      if (!hop.has(lower)) wire.push(name, value)
      if (change !== undefined) places.next(lower)
      continue
    }
    touches.push({
      at: places.next(lower),
      client: value,
      upstream: change.value ?? '',
      why: change.why,
    })
    if (change.value === undefined) continue
    recorded.push([name, change.value])
    if (!hop.has(lower)) wire.push(name, change.value)
  }
  return { wire, recorded, touches }
}

function changeField(
  lower: string,
  value: string,
  context: RequestContext,
  browser: boolean,
): Change | undefined {
  switch (lower) {
    case 'host':
      return { value: context.site.authority, why: 'origin mapped' }
    case 'origin':
    case 'referer':
      return { value: context.map.toUpstream(value), why: 'origin mapped' }
    case 'cookie':
      return {
        value: upstreamCookie(value, jarOf(context), browser),
        why: 'this server gets back its own cookies under their own names, and no others',
      }
    case 'dpop':
      return context.proof === undefined
        ? undefined
        : { value: context.proof, why: 'proof bound to the upstream URL' }
    case 'accept-encoding':
      return context.document
        ? { value: readableCodings(value), why: 'authtap has to read the document' }
        : undefined
    case 'if-none-match':
    case 'if-modified-since':
      return context.document
        ? { value: undefined, why: 'authtap has to read the document' }
        : undefined
    default:
      return undefined
  }
}

function jarOf({ site, map, visit }: RequestContext): string {
  return map.jar(site.origin, visit.name).prefix
}

/** Only narrowed: a coding that the client did not ask for is not asked for. */
function readableCodings(value: string): string {
  const known = new Set(['gzip', 'x-gzip', 'deflate', 'br', 'identity', ''])
  const all = value
    .split(',')
    .every((coding) => known.has(coding.split(';', 1)[0]!.trim().toLowerCase()))
  return all ? value : readable
}

/** Browsers say so, to loopback too (Fetch Metadata Request Headers §2.2); programs with a fetch of their own do not. */
function fromBrowser(headers: Headers): boolean {
  return headers.some(([name]) => name.length === 14 && name.toLowerCase() === 'sec-fetch-site')
}
