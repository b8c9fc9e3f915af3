import type { Headers, Timings } from '../wire/exchange.ts'
import type { JsonObject } from '../wire/json.ts'
import { isObject, member, stringMember } from '../wire/json.ts'

/** A message with more fields than this is no HTTP that anybody speaks; the rest is not looked into. */
const fieldLimit = 2000

/**
 * The header fields of a message: as objects with name and value, as pairs (Slack) or as one object (some scripts). HTTP/2
 * pseudo-fields are left out, and values that a browser joined with line ends are several again. Values come out as
 * Latin-1, as they stand on the wire: characters beyond it as the bytes of their UTF-8.
 */
export function readHeaders(list: unknown): Headers {
  const headers: (readonly [string, string])[] = []
  for (const [name, value] of entriesOf(list).slice(0, fieldLimit)) {
    if (name === '' || name.startsWith(':')) continue
    const text = textOf(value)
    const lines = text.includes('\n') ? text.split('\n').map(withoutReturn) : [withoutReturn(text)]
    for (const line of lines) headers.push([wireText(name), wireText(line)])
  }
  return headers
}

function entriesOf(list: unknown): [name: string, value: unknown][] {
  if (Array.isArray(list)) return list.map(entryOf)
  if (!isObject(list)) return []
  return Object.entries(list).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one): [string, unknown] => [name, one]),
  )
}

function entryOf(item: unknown): [name: string, value: unknown] {
  if (Array.isArray(item)) return [textOf(item[0]), item[1]]
  return isObject(item) ? [textOf(member(item, 'name')), member(item, 'value')] : ['', undefined]
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}

/** A label of a redacted capture is no text of the wire, and stays what it is. */
function wireText(text: string): string {
  if (!/[^\x00-\xff]/.test(text)) return text
  return text
    .split(/(‹[a-z0-9_]{1,40}:[0-9a-f]{16}›)/)
    .map((part, index) =>
      index % 2 === 0 && /[^\x00-\xff]/.test(part) ? Buffer.from(part).toString('latin1') : part,
    )
    .join('')
}

/** Text or a number as text; nothing else is taken for a value. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

/** A number of bytes or milliseconds; undefined for HAR's -1 and for what is no number. */
export function amountOf(value: unknown): number | undefined {
  const number = numberOf(value)
  return number === undefined || number < 0 ? undefined : number
}

/**
 * Milliseconds since the epoch out of a date in ISO 8601 (any number of digits of a second, which are kept to the
 * microsecond; UTC when there is no zone), any other date that Date knows, or a number of seconds or milliseconds.
 */
export function timeOf(value: unknown): number | undefined {
  if (typeof value === 'number') return epochTime(value)
  if (typeof value !== 'string' || value.length > 100) return undefined
  const iso =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))? ?(Z|[+-]\d\d:?\d\d)?$/i.exec(
      value.trim(),
    )
  const [, date, clock, digits = '', zone = 'Z'] = iso ?? []
  const whole = Date.parse(iso === null ? value : `${date}T${clock}${zone}`)
  if (Number.isNaN(whole)) return undefined
  return whole + Math.round(Number(`0.${digits || '0'}`) * 1e6) / 1000
}

function epochTime(value: number): number | undefined {
  // A number of seconds this large lies beyond the year 5138, a number of milliseconds this small in 1973.
  const milliseconds = value < 1e11 ? value * 1000 : value
  return Number.isNaN(new Date(milliseconds).getTime()) || value <= 0 ? undefined : milliseconds
}

/** `HTTP/1.1`, `http/2.0`, `h2` as `1.1`, `2`, `2`; nothing for `unknown` and the like. */
export function versionOf(message: JsonObject): { httpVersion?: string } {
  const named = stringMember(message, 'httpVersion') ?? ''
  if (named === 'HTTP/1.1') return { httpVersion: '1.1' }
  const match = /^(?:HTTP\/|h)(\d(?:\.\d)?)$/i.exec(named)
  const version = match?.[1]?.replace(/^([23])\.0$/, '$1')
  return version === undefined ? {} : { httpVersion: version }
}

/** The phases that another tool saw. */
export function foreignTimings(timings: JsonObject | undefined): Timings | undefined {
  if (timings === undefined) return undefined
  const phase = (name: string) => amountOf(member(timings, name))
  const tls = phase('ssl')
  const connect = phase('connect')
  return someTimings({
    dns: phase('dns'),
    // HAR counts ssl within connect; mitmproxy does not, which shows where ssl is the longer.
    connect:
      connect === undefined || tls === undefined || connect < tls
        ? connect
        : Math.round((connect - tls) * 1000) / 1000,
    tls,
    send: phase('send'),
    wait: phase('wait'),
    receive: phase('receive'),
  })
}

const phases = ['dns', 'connect', 'tls', 'send', 'wait', 'receive'] as const

/** The phases as we recorded them. */
export function ownTimings(timings: JsonObject | undefined): Timings | undefined {
  if (timings === undefined) return undefined
  return someTimings(
    Object.fromEntries(phases.map((phase) => [phase, numberOf(member(timings, phase))])),
  )
}

function someTimings(timings: { readonly [phase in keyof Timings]: number | undefined }): Timings {
  const some: { -readonly [phase in keyof Timings]: number } = {}
  for (const phase of phases) if (timings[phase] !== undefined) some[phase] = timings[phase]
  return some
}

/** How long the exchange took, by its phases when the tool gives no sum. */
export function durationOf(entry: JsonObject): number {
  const time = amountOf(member(entry, 'time'))
  const timings = member(entry, 'timings')
  if (time !== undefined || !isObject(timings)) return time ?? 0
  return ['blocked', 'dns', 'connect', 'send', 'wait', 'receive'].reduce(
    (sum, name) => sum + (amountOf(member(timings, name)) ?? 0),
    0,
  )
}
