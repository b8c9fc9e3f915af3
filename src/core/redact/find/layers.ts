import { isUtf8 } from 'node:buffer'

/**
 * Text with one layer of escapes undone, and the way back: a secret is found in the decoded text and replaced in the text
 * as it was written, so that everything around it keeps its spelling.
 */
export interface Layer {
  readonly text: string
  /** Where in the original text a position of this layer's text came from. */
  origin(position: number): number
}

/** How many layers are undone: a body in JSON, in an event stream, in a HAR, percent-encoded twice. */
const maxDepth = 6

/** The text itself, then with one layer of escapes undone after the other, for as long as there are any. */
export function* layers(text: string): Generator<Layer, void, void> {
  let layer: Layer = { text, origin: (position) => position }
  for (let depth = 0; ; depth += 1) {
    yield layer
    if (depth === maxDepth) return
    const next = undone(layer)
    if (next === undefined) return
    layer = next
  }
}

/** A value with all its escapes undone, layer by layer; what it is encoded in may look like this. */
export function undoings(value: string): string[] {
  if (!/[%\\&]/.test(value)) return []
  return [...layers(value)].slice(1).map((layer) => layer.text)
}

/** One layer less of percent-encoding, backslash escapes and character references; undefined when there is none. */
function undone(layer: Layer): Layer | undefined {
  const { text } = layer
  const parts: string[] = []
  // Places where the two texts run apart, in order: position here, position there.
  const here: number[] = []
  const there: number[] = []
  let length = 0
  let from = 0
  const marks = /[%\\&]/g
  while (marks.test(text)) {
    const at = marks.lastIndex - 1
    const escape = readEscape(text, at)
    if (escape === undefined) continue
    if (at > from) parts.push(text.slice(from, at))
    parts.push(escape.text)
    length += at - from
    here.push(length)
    there.push(at)
    length += escape.text.length
    from = at + escape.length
    here.push(length)
    there.push(from)
    marks.lastIndex = from
  }
  if (from === 0) return undefined
  parts.push(text.slice(from))
  return {
    text: parts.join('').toWellFormed(),
    origin: (position) => layer.origin(wayBack(here, there, position)),
  }
}

/** Positions between an escape's beginning and its end come from its beginning. */
function wayBack(here: readonly number[], there: readonly number[], position: number): number {
  let low = 0
  let high = here.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (here[middle]! <= position) low = middle + 1
    else high = middle
  }
  if (low === 0) return position
  const index = low - 1
  return index % 2 === 0 ? there[index]! : there[index]! + position - here[index]!
}

interface Escape {
  readonly text: string
  readonly length: number
}

function readEscape(text: string, at: number): Escape | undefined {
  const mark = text.charCodeAt(at)
  if (mark === 0x25) return readPercent(text, at)
  return mark === 0x5c ? readBackslash(text, at) : readReference(text, at)
}

/** One character, in as many percent-encoded bytes as it takes in UTF-8 (RFC 3986 §2.5). */
function readPercent(text: string, at: number): Escape | undefined {
  const first = byteAt(text, at)
  if (first === undefined) return undefined
  if (first < 0x80) return percents[first]
  const count = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
  if (first < 0xc2 || first > 0xf4) return undefined
  const bytes = [first]
  for (let next = 1; next < count; next += 1) {
    const byte = byteAt(text, at + 3 * next)
    if (byte === undefined) return undefined
    bytes.push(byte)
  }
  const character = Buffer.from(bytes)
  return isUtf8(character) ? { text: character.toString('utf8'), length: 3 * count } : undefined
}

function ascii(length: number): readonly Escape[] {
  return Array.from({ length: 128 }, (_, code) => ({ text: String.fromCharCode(code), length }))
}

const percents = ascii(3)

function byteAt(text: string, at: number): number | undefined {
  if (text.charCodeAt(at) !== 0x25) return undefined
  const high = hexDigit(text.charCodeAt(at + 1))
  const low = hexDigit(text.charCodeAt(at + 2))
  return high === undefined || low === undefined ? undefined : high * 16 + low
}

function hexDigit(code: number): number | undefined {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const letter = code | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : undefined
}

const pairs = ascii(2).map((pair, code) => {
  const letter = 'nrtbf'.indexOf(String.fromCharCode(code))
  return letter < 0 ? pair : { ...pair, text: '\n\r\t\b\f'[letter]! }
})

/** JSON's escapes (RFC 8259 §7), and the quoted pairs of header fields (RFC 9110 §5.6.4). */
function readBackslash(text: string, at: number): Escape | undefined {
  const next = text.charCodeAt(at + 1)
  if (next === 0x75) {
    const digits = text.slice(at + 2, at + 6)
    if (/^[0-9a-f]{4}$/i.test(digits))
      return { text: String.fromCharCode(parseInt(digits, 16)), length: 6 }
  }
  return pairs[next]
}

const references = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])

/** Character references, as error pages use them to quote what they were sent (HTML §13.5). */
function readReference(text: string, at: number): Escape | undefined {
  if (!/[#aglq]/i.test(text.charAt(at + 1))) return undefined
  const match = /^&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9a-f]{1,6}));/i.exec(
    text.slice(at, at + 10),
  )
  if (match === null) return undefined
  const [whole, name, decimal, hexadecimal] = match
  if (name !== undefined) return { text: references.get(name.toLowerCase())!, length: whole.length }
  const code = decimal === undefined ? parseInt(hexadecimal!, 16) : Number(decimal)
  return code > 0x10ffff ? undefined : { text: String.fromCodePoint(code), length: whole.length }
}
