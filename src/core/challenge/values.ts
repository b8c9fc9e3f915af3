import { readToken, type AuthParam, type ChallengeProblem } from './grammar.ts'
import {
  isKnownScheme,
  quoteAt,
  quotedText,
  skipBlank,
  startsParam,
  type QuoteKind,
  type QuoteMark,
} from './quotes.ts'

export interface Problem {
  readonly problem: ChallengeProblem
  /** Index of the header line. */
  readonly line: number
  /** Offset in that line. */
  readonly at: number
  /** What stands there, shortened. */
  readonly text: string
}

/** A challenge being read. */
export interface Draft {
  readonly scheme: string
  token68?: string
  readonly params: AuthParam[]
  readonly line: number
  /** The grammar lets parameters follow. */
  takesParams: boolean
}

/** A header line being read. */
export interface Cursor {
  readonly text: string
  readonly line: number
  at: number
  /** A parameter or token68 stands before this place, and no separator behind it. */
  needsComma: boolean
  /** The field, or a part of it, is JSON that could not be parsed: braces mean nothing. */
  brokenJson: boolean
  /** The end of the unreadable text noted last. */
  junkEnd: number
  /** Kinds of quotation mark that are never closed from here on. */
  readonly lost: Set<QuoteKind>
  readonly challenges: Draft[]
  readonly problems: Problem[]
}

/** More would tell a reader nothing. */
const maxProblems = 50
const excerptLength = 40

/** Notes a departure from the grammar. */
export function note(cursor: Cursor, problem: ChallengeProblem, at: number): void {
  if (cursor.problems.length >= maxProblems) return
  cursor.problems.push({ problem, line: cursor.line, at, text: excerpt(cursor.text, at) })
}

/** What stands at a place, shortened. */
export function excerpt(text: string, at: number): string {
  return text.slice(at, at + excerptLength)
}

/** Reads the value at a place, in quotation marks of any kind or bare, and moves the cursor behind it. */
export function readValue(cursor: Cursor, start: number): { value: string; quoted: boolean } {
  const mark = quoteAt(cursor.text, start)
  if (mark === undefined) return { value: readBare(cursor, start), quoted: false }
  return { value: readQuoted(cursor, start, mark), quoted: true }
}

function readQuoted(cursor: Cursor, start: number, { kind, end: from }: QuoteMark): string {
  const { text } = cursor
  if (kind.problem !== undefined) note(cursor, kind.problem, start)
  const { end, next, unbalanced } = quotedText(text, from, kind, cursor.lost)
  if (unbalanced !== undefined) note(cursor, 'unbalanced-quotes', unbalanced)
  cursor.at = next
  const control = /[\0-\x08\v\f\x0e-\x1f\x7f]/.exec(text.slice(from, end))
  if (control !== null) note(cursor, 'other', from + control.index)
  const value = kind.decode(text.slice(from, end)).replace(/[\r\n]+[ \t]*/g, ' ')
  return unbalanced === from && value.startsWith('"') ? value.slice(1) : value
}

/** Reads a value that stands without quotation marks, further words included. */
function readBare(cursor: Cursor, start: number): string {
  const { text } = cursor
  const firstEnd = bareEnd(text, start)
  const end = firstEnd === start ? start : furtherWords(text, firstEnd)
  const written = text.slice(start, end)
  const value = withoutTrailing(written, cursor.brokenJson ? '"}]' : '"')
  const problem = written.includes('"') ? 'unbalanced-quotes' : bareProblem(value)
  if (problem !== undefined) note(cursor, problem, start)
  cursor.at = end
  return value
}

function bareProblem(value: string): ChallengeProblem | undefined {
  if (readToken(value, 0) === value) return undefined
  return /^(?:[a-z][a-z0-9+.-]*:\/)?\/\S*$/i.test(value) ? 'unquoted-url' : 'other'
}

/** Where a bare value ends: at white space, a comma, or a semicolon that separates. */
export function bareEnd(text: string, start: number): number {
  let end = start
  while (end < text.length && !/[ \t\r\n,]/.test(text[end] ?? '')) {
    if (text[end] === ';' && separates(text, end)) return end
    end++
  }
  return end
}

function separates(text: string, semicolon: number): boolean {
  if (text.endsWith('&amp', semicolon)) return false
  const next = skipBlank(text, semicolon + 1)
  return next >= text.length || startsParam(text, next)
}

/** Words that are neither parameters nor schemes go on with the value before them: `scope=read write`. */
function furtherWords(text: string, end: number): number {
  for (;;) {
    const start = skipBlank(text, end)
    wordText.lastIndex = start
    if (start === end || !wordText.test(text)) return end
    const wordEnd = wordText.lastIndex
    const word = text.slice(start, wordEnd)
    const follows = text[skipBlank(text, wordEnd)] ?? ''
    if (/[=:"]/.test(follows) || word.endsWith(':') || isKnownScheme(word)) return end
    end = wordEnd
  }
}

const wordText = /[^ \t\r\n,;="]+/y

/** The text up to the last character that is none of those given. */
export function withoutTrailing(text: string, characters: string): string {
  let end = text.length
  while (end > 0 && characters.includes(text[end - 1] ?? ' ')) end--
  return text.slice(0, end)
}
