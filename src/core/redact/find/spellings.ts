import { undoings } from './layers.ts'
import { isEveryday, knownPrefix, looksRandom } from './words.ts'

/** Shorter values are replaced only where their name says what they are: anywhere else they would match by chance. */
export const anywhereLength = 12

export interface Spelling {
  readonly text: string
  /** The value's bytes in base64, as they stand inside something larger. */
  readonly base64: boolean
}

/** Longer values are too large to be carried in base64 inside a header, so they are not looked for there. */
const base64Limit = 4096

/** The same for hexadecimal digits, which take twice the room. */
const hexLimit = 256

/**
 * How a value may be spelled inside other text, where undoing escapes does not lead back to it: in base64 at any offset,
 * also of its escaped forms; as header text of one character a byte; as the parts of a JWT; in hexadecimal digits; and as part
 * of a host name, which knows no capitals (RFC 4343 §3).
 */
export function spellings(value: string): Spelling[] {
  const bytes = latin1(value)
  const plain = new Set([
    value,
    bytes,
    ...undoings(value),
    ...undoings(bytes),
    ...jwtParts(value),
    ...hex(value),
    ...hostLabel(value),
  ])
  const inner =
    value.length > base64Limit ? [] : new Set([value, jsonEscaped(value), formEncoded(value)])
  const coded = new Set([...inner].flatMap(base64Spellings))
  return [
    ...[...plain].map((text) => ({ text, base64: false })),
    ...[...coded].map((text) => ({ text, base64: true })),
  ].filter(({ text }) => text.length >= anywhereLength)
}

/** The payload and the signature give away what the whole does. The header does not. */
function jwtParts(value: string): string[] {
  if (!value.startsWith('eyJ')) return []
  return value.split('.', 6).slice(1)
}

function hex(value: string): string[] {
  if (value.length > hexLimit) return []
  const digits = Buffer.from(value).toString('hex')
  return [digits, digits.toUpperCase()]
}

function hostLabel(value: string): string[] {
  return /^[\w-]{12,63}$/.test(value) && looksRandom(value) ? [value.toLowerCase()] : []
}

/** UTF-8 bytes taken for Latin-1: what header fields make of them. */
function latin1(value: string): string {
  return Buffer.from(value).toString('latin1')
}

/** The one spelling by which a value is known: header text whose bytes are UTF-8 is that text. */
export function canonical(value: string): string {
  const whole = value.toWellFormed()
  if (!/[\x80-\xff]/.test(whole) || /[^\0-\xff]/.test(whole)) return whole
  const text = Buffer.from(whole, 'latin1').toString('utf8')
  return text.includes('\ufffd') ? whole : text
}

function jsonEscaped(value: string): string {
  return JSON.stringify(value).slice(1, -1)
}

/** As application/x-www-form-urlencoded has it (RFC 6749 Appendix B). */
function formEncoded(value: string): string {
  return new URLSearchParams([['', value]]).toString().slice(1)
}

/** The characters of a value's base64 that depend on the value alone, for each of the three ways its bytes may fall. */
function base64Spellings(value: string): string[] {
  const bytes = Buffer.from(value)
  return [0, 1, 2].map((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
    return whole.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6))
  })
}

/** `encodeURIComponent` that never throws: a lone surrogate becomes the replacement character, as in a URL. */
export function percentEncoded(value: string): string {
  return encodeURIComponent(value.toWellFormed())
}

/**
 * Whether what stands from `at` to `end`, a secret's beginning, is that secret cut short, and not something else that
 * begins alike. An ellipsis or the end of the text says so; elsewhere it must be one whole word that looks random.
 * @param value the secret; undefined when it is in base64
 */
export function isCutShort(
  text: string,
  at: number,
  end: number,
  value: string | undefined,
): boolean {
  const piece = text.slice(at, end)
  if (isEveryday(piece) || piece.includes('://')) return false
  const rest = text.slice(end, end + 12)
  if (
    /^(?:%(?:[0-9a-f]{2}%){0,2}[0-9a-f]{0,2}|\\(?:u[0-9a-f]{0,3})?|&#?\w{0,6})?(?:…|\.{3}|$)/i.test(
      rest,
    )
  )
    return true
  const prefix = knownPrefix(piece) ?? ''
  return (
    /^(?:[.:]?(?:[^\w.~+/=%:-]|$))/.test(rest) &&
    (value === undefined || /^[\w.~+/=-]+$/.test(value)) &&
    looksRandom(piece.slice(prefix.length))
  )
}
