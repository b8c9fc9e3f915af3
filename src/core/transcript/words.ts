import { type Failure, type Trial, trialOf } from '../wire/exchange.ts'

/** What a `#` line says about the exchange below it. */
export interface Annotation {
  id?: string
  startedAt?: number
  endedAt?: number
  client?: string
  connection?: string
  address?: string
  scheme?: string
  missing?: string[]
  handedOver?: true
  repeats?: string
  /** As `bad-token:1`. */
  trial?: Trial
  complete?: boolean
  /** There is no end yet. */
  open?: true
  requestDropped?: number
  responseDropped?: number
}

/** 2026-01-01 12:00:00 UTC: the day and hour from which a transcript's times count. */
export const transcriptEpoch = Date.UTC(2026, 0, 1, 12)
const day = transcriptEpoch - 12 * 3_600_000

type Setter = (annotation: Annotation, value: string) => void

/** Words of a `#` line that take a value, as `word value` or `word=value`. */
const valued: ReadonlyMap<string, Setter> = new Map<string, Setter>([
  ['at', (a, value) => (a.startedAt = time(value))],
  ['until', (a, value) => (a.endedAt = time(value))],
  ['id', (a, value) => (a.id = value)],
  ['client', (a, value) => (a.client = value)],
  ['connection', (a, value) => (a.connection = value)],
  ['address', (a, value) => (a.address = value)],
  ['scheme', (a, value) => (a.scheme = value)],
  ['repeats', (a, value) => (a.repeats = value)],
  ['trial', (a, value) => (a.trial = trial(value))],
  ['missing', (a, value) => (a.missing = value.toLowerCase().split(',').filter(Boolean))],
  ['request-dropped', (a, value) => (a.requestDropped = count(value))],
  ['response-dropped', (a, value) => (a.responseDropped = count(value))],
])

const flags: ReadonlyMap<string, (annotation: Annotation) => void> = new Map<
  string,
  (annotation: Annotation) => void
>([
  ['handed-over', (a) => (a.handedOver = true)],
  ['complete', (a) => (a.complete = true)],
  ['incomplete', (a) => (a.complete = false)],
  ['open', (a) => (a.open = true)],
])

/** Whether a line's first word is one of ours, so that a `# Heading` in a body is not taken for an annotation. */
export function isAnnotation(words: string): boolean {
  const first = words.trim().split(/[\s=]/, 1)[0] ?? ''
  return valued.has(first) || flags.has(first)
}

/** Reads what stands behind `#` into the annotation. Throws an Error that names the word it does not know. */
export function annotate(annotation: Annotation, text: string): void {
  const words = text.trim().split(/\s+/)
  for (let next = words.shift(); next !== undefined; next = words.shift()) {
    const equals = next.indexOf('=')
    const word = equals === -1 ? next : next.slice(0, equals)
    const flag = flags.get(word)
    const setter = valued.get(word)
    if (flag !== undefined && equals === -1) flag(annotation)
    else if (setter === undefined) throw new Error(`"# ${next}" is not known`)
    else
      setter(annotation, decodeWord(equals === -1 ? (words.shift() ?? '') : next.slice(equals + 1)))
  }
}

function time(value: string): number {
  const clock = /^(\d\d):(\d\d):(\d\d)(\.\d{1,3})?$/.exec(value)
  if (clock !== null) {
    const [, hours, minutes, seconds, fraction] = clock
    const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)
    return day + whole * 1000 + Math.round(Number(fraction ?? 0) * 1000)
  }
  const parsed = /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : NaN
  if (Number.isNaN(parsed)) throw new Error(`"${value}" is not a time such as 12:00:01.250`)
  return parsed
}

/** The time of day when it is the transcripts' own day, else the date as well. */
export function formatTime(milliseconds: number): string {
  const iso = new Date(milliseconds).toISOString()
  const own = Math.floor(milliseconds / 86_400_000) * 86_400_000 === day
  return own ? iso.slice(11, 23) : iso
}

function trial(value: string): Trial {
  const [sort, of] = value.split(':', 2)
  const known = trialOf(sort, of)
  if (known === undefined) throw new Error(`"${value}" is not a trial such as bad-token:1`)
  return known
}

function count(value: string): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number) || number < 0)
    throw new Error(`"${value}" is not a number of bytes`)
  return number
}

/** A word without white space: what would break it is percent-encoded. */
export function encodeWord(text: string): string {
  const wellFormed = Buffer.from(text).toString()
  return wellFormed.replaceAll(/[\x00-\x20%\x7f-\u{10ffff}]/gu, encodeURIComponent)
}

function decodeWord(word: string): string {
  try {
    return decodeURIComponent(word)
  } catch {
    return word
  }
}

const phases: readonly Failure['phase'][] = ['dns', 'tcp', 'tls', 'http', 'client-gone']

/** `tcp ECONNREFUSED connect failed`: phase, code, and the rest as the message. */
export function readFailure(text: string): Failure | undefined {
  const [, phase = '', code = '', message = ''] = /^(\S+)(?: (\S+)(?: ([^]*))?)?$/.exec(text) ?? []
  const known = phases.find((name) => name === phase)
  return known === undefined ? undefined : { phase: known, code, message }
}

/** A label that stands in place of a secret, as characters of its UTF-8 bytes. */
const wireLabel = /\xe2\x80\xb9([a-z0-9_]{1,40}:[0-9a-f]{16})\xe2\x80\xba/g

/** Labels are no bytes of the wire: in fields they stay what they are. */
export function withLabels(text: string): string {
  return text.replaceAll(wireLabel, '\u2039$1\u203a')
}

/** Text of one character a byte, whose labels and other characters beyond a byte become their UTF-8 bytes. */
export function asBytes(text: string): Buffer {
  if (!/[^\x00-\xff]/.test(text)) return Buffer.from(text, 'latin1')
  return Buffer.concat(
    text
      .split(/([^\x00-\xff]+)/)
      .map((part, index) => Buffer.from(part, index % 2 === 1 ? 'utf8' : 'latin1')),
  )
}
