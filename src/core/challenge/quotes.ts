import { unquote, type ChallengeProblem } from './grammar.ts'

/** One way people write quotation marks in a field where only `"` is one. */
export interface QuoteKind {
  /** What is wrong with it; undefined for the right one. */
  readonly problem?: ChallengeProblem
  /** Matches an opening mark at a place. */
  readonly open: RegExp
  /** Finds what may be a closing mark. For `"` it finds quoted-pairs too, which are none. */
  readonly close: RegExp
  /** Undoes the escapes that go with it. */
  readonly decode: (text: string) => string
}

function asWritten(text: string): string {
  return text
}

function htmlDecoded(text: string): string {
  return text
    .replace(/&(?:quot|#34);/gi, '"')
    .replace(/&(?:apos|#39);/gi, "'")
    .replace(/&lt;/gi, '<')
    .replace(/&gt;/gi, '>')
    .replace(/&(?:amp|#38);/gi, '&')
}

function typographic(open: RegExp, close: RegExp): QuoteKind {
  return { problem: 'smart-quotes', open, close, decode: asWritten }
}

function html(open: RegExp, close: RegExp): QuoteKind {
  return { problem: 'html-escaped', open, close, decode: htmlDecoded }
}

/**
 * Typographic marks come as themselves, as their UTF-8 bytes read as Latin-1 or Windows-1252, and as Windows-1252
 * bytes. These are kept apart, because the bytes of one occur within other characters of another.
 */
const kinds: readonly QuoteKind[] = [
  { open: /"/y, close: /\\[^]|"/g, decode: unquote },
  { problem: 'single-quotes', open: /'/y, close: /'/g, decode: asWritten },
  { problem: 'other', open: /\\"/y, close: /\\?"/g, decode: asWritten },
  html(/&(?:quot|#34|#x22);/iy, /&(?:quot|#34|#x22);/gi),
  html(/&(?:apos|#39|#x27);/iy, /&(?:apos|#39|#x27);/gi),
  typographic(/[\u201c-\u201f]/y, /["\u201c-\u201f]/g),
  typographic(/[\u2018-\u201b]/y, /['\u2018-\u201b]/g),
  typographic(/\xe2\x80[\x9c-\x9f]/y, /"|\xe2\x80[\x9c-\x9f]/g),
  typographic(/\xe2\x80[\x98-\x9b]/y, /'|\xe2\x80[\x98-\x9b]/g),
  typographic(/\xe2\u20ac[\u0153\x9d]/y, /"|\xe2\u20ac[\u0153\x9d]/g),
  typographic(/\xe2\u20ac[\u02dc\u2122]/y, /'|\xe2\u20ac[\u02dc\u2122]/g),
  typographic(/[\x93\x94]/y, /["\x93\x94]/g),
  typographic(/[\x91\x92]/y, /['\x91\x92]/g),
]

export interface QuoteMark {
  readonly kind: QuoteKind
  /** The offset behind the mark. */
  readonly end: number
}

/** Characters that a quotation mark begins with. */
const firstCharacter = /["'\\&\xe2\x91-\x94\u2018-\u201f]/

/** The quotation mark at a place, whichever way it is written. */
export function quoteAt(text: string, at: number): QuoteMark | undefined {
  if (!firstCharacter.test(text[at] ?? '')) return undefined
  for (const kind of kinds) {
    kind.open.lastIndex = at
    if (kind.open.test(text)) return { kind, end: kind.open.lastIndex }
  }
  return undefined
}

/** Names as servers write them: the characters of a token without those that quote or escape. */
const nameText = /[\w!#$%*+\-.^|~]+/y
const nameCharacter = /[\w!#$%*+\-.^|~]/

/** The offset behind the name at a place; the place itself when there is none. */
export function nameEnd(text: string, at: number): number {
  nameText.lastIndex = at
  return nameText.test(text) ? nameText.lastIndex : at
}

const blank = /[ \t\r\n]*/y

/** The offset behind spaces, tabs and line breaks. */
export function skipBlank(text: string, at: number): number {
  blank.lastIndex = at
  return blank.test(text) ? blank.lastIndex : at
}

/** A name and an equals sign stand here. */
export function startsParam(text: string, at: number): boolean {
  const end = nameEnd(text, at)
  return end > at && text[skipBlank(text, end)] === '='
}

const knownSchemes = new Set(
  'basic bearer digest dpop gnap hoba mutual negotiate ntlm oauth privatetoken vapid'.split(' '),
)

/** A scheme that is recognised where the grammar does not say that a word is one. */
export function isKnownScheme(name: string): boolean {
  return knownSchemes.has(name.toLowerCase())
}

export interface QuotedText {
  /** Offset of the end of the text. */
  readonly end: number
  /** Offset behind the closing mark, or where reading goes on when there is none. */
  readonly next: number
  /** Where quotation marks go wrong. */
  readonly unbalanced?: number
}

/**
 * Where quoted text ends that begins at a place. A closing mark is one that a separator, a further parameter or the
 * end of the field follows. A mark that opens the next parameter's value shows that this one was never closed; any
 * other stands within the text and should have been escaped. `lost` remembers that none closes up to the end, so
 * that the field is not searched again for each opening mark.
 */
export function quotedText(
  text: string,
  from: number,
  kind: QuoteKind,
  lost: Set<QuoteKind>,
): QuotedText {
  let inner: { at: number; next: number } | undefined
  kind.close.lastIndex = from
  for (let mark = kind.close.exec(text); mark !== null; mark = kind.close.exec(text)) {
    if (mark[0].startsWith('\\') && kind.problem === undefined) continue
    const at = mark.index
    const next = at + mark[0].length
    if (endsValue(text, next)) {
      return inner === undefined ? { end: at, next } : { end: at, next, unbalanced: inner.at }
    }
    const separator = separatorBefore(text, from, at)
    if (separator !== undefined) return { end: separator, next: separator, unbalanced: from }
    inner ??= { at, next }
    if (lost.has(kind)) break
  }
  lost.add(kind)
  if (inner !== undefined) return { end: inner.at, next: inner.next, unbalanced: inner.at }
  const separator = nextSeparator(text, from)
  return { end: separator, next: separator, unbalanced: from }
}

/** What stands here can follow a value: the end or a separator, if need be behind a second mark, a parameter, a scheme. */
function endsValue(text: string, at: number): boolean {
  const next = skipBlank(text, at)
  if (isEnd(text, next) || startsParam(text, next)) return true
  if (next > at && isKnownScheme(text.slice(next, nameEnd(text, next)))) return true
  const second = quoteAt(text, at)
  return second !== undefined && isEnd(text, skipBlank(text, second.end))
}

function isEnd(text: string, at: number): boolean {
  return at >= text.length || /[,;}]/.test(text[at] ?? '')
}

/** The separator before the `name=` that ends just before a mark; undefined when there is no such name. */
function separatorBefore(text: string, from: number, mark: number): number | undefined {
  let at = skipBlankBack(text, from, mark)
  if (text[at - 1] !== '=') return undefined
  at = skipBlankBack(text, from, at - 1)
  const behindName = at
  while (at > from && nameCharacter.test(text[at - 1] ?? '')) at--
  if (at === behindName) return undefined
  const behindSeparator = skipBlankBack(text, from, at)
  if (',;'.includes(text[behindSeparator - 1] ?? ' ')) return behindSeparator - 1
  return behindSeparator < at ? behindSeparator : undefined
}

function skipBlankBack(text: string, from: number, to: number): number {
  let at = to
  while (at > from && ' \t\r\n'.includes(text[at - 1] ?? '')) at--
  return at
}

/** The first comma or semicolon that a parameter follows; the end when there is none. */
function nextSeparator(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (',;'.includes(text[at] ?? '') && startsParam(text, skipBlank(text, at + 1))) return at
  }
  return text.length
}
