import type { ParsedChallenge } from './grammar.ts'
import { isKnownScheme, nameEnd, quoteAt, skipBlank, startsParam } from './quotes.ts'
import { bareEnd, note, readValue, type Cursor, type Draft, type Problem } from './values.ts'

export interface LenientReading {
  readonly challenges: readonly ParsedChallenge[]
  readonly problems: readonly Problem[]
}

/**
 * Reads WWW-Authenticate fields as a person would who wants to know what the server meant, and notes each departure
 * from the grammar. Legal fields give what a strict reading gives.
 */
export function readLeniently(lines: readonly string[]): LenientReading {
  const challenges: Draft[] = []
  const problems: Problem[] = []
  for (const [line, text] of lines.entries()) {
    const first = challenges.length
    readLine(startLine(text, line, challenges, problems))
    adoptOrphans(challenges, first)
  }
  problems.sort((a, b) => a.line - b.line || a.at - b.at)
  return { challenges: challenges.map(({ takesParams: _, ...challenge }) => challenge), problems }
}

function startLine(text: string, line: number, challenges: Draft[], problems: Problem[]): Cursor {
  const cursor: Cursor = {
    text,
    line,
    at: 0,
    needsComma: false,
    brokenJson: false,
    junkEnd: -1,
    lost: new Set(),
    challenges,
    problems,
  }
  // A line break that white space follows is folding, which RFC 9112 §5.2 allows to read as space.
  const lineBreak = /\r?\n(?![ \t])|\r(?!\n)/.exec(text)
  if (lineBreak !== null) note(cursor, 'line-break', lineBreak.index)
  return cursor
}

/** Parameters that stand before the scheme belong to it. */
function adoptOrphans(challenges: Draft[], first: number): void {
  const [orphan, owner] = challenges.slice(first, first + 2)
  if (orphan?.scheme !== '' || owner === undefined || owner.token68 !== undefined) return
  const params = [...orphan.params, ...owner.params]
  challenges.splice(first, 2, { ...owner, params })
}

function readLine(cursor: Cursor): void {
  skipFieldName(cursor)
  skipSeparators(cursor)
  while (cursor.at < cursor.text.length) {
    readElement(cursor)
    skipSeparators(cursor)
  }
}

/** The field's name written into its own value. */
function skipFieldName(cursor: Cursor): void {
  const name = /^[ \t]*www-authenticate[ \t]*:/i.exec(cursor.text)?.[0]
  if (name === undefined) return
  note(cursor, 'other', 0)
  cursor.at = name.length
}

function skipSeparators(cursor: Cursor): void {
  const { text } = cursor
  for (; cursor.at < text.length; cursor.at++) {
    const character = text[cursor.at]
    if (character === ';') note(cursor, 'semicolon', cursor.at)
    if (character === ',' || character === ';' || character === '\n') cursor.needsComma = false
    else if (character !== ' ' && character !== '\t' && character !== '\r') return
  }
}

/** Reads a parameter, a scheme with what may follow it, or skips what is neither. */
function readElement(cursor: Cursor): void {
  const { text, at } = cursor
  if (text[at] === '{' && readJson(cursor)) return
  const name = readName(cursor)
  if (name === undefined) return skipJunk(cursor)
  const next = skipBlank(text, name.end)
  if (text[next] === '=') {
    if (name.quoted) note(cursor, 'other', at)
    return readParam(cursor, name.text, next + 1)
  }
  if (text[next] === ':') return readColon(cursor, name, next)
  if (isScheme(cursor, name)) return readScheme(cursor, name.text, name.end)
  skipJunk(cursor, name.end)
}

interface Name {
  readonly text: string
  readonly end: number
  readonly quoted: boolean
}

/** A name at the cursor, bare or in quotation marks that an equals sign or a colon follows. */
function readName({ text, at }: Cursor): Name | undefined {
  const mark = quoteAt(text, at)
  const start = mark?.end ?? at
  const end = nameEnd(text, start)
  if (end === start) return undefined
  const name = text.slice(start, end)
  if (mark === undefined) return { text: name, end, quoted: false }
  const closing = quoteAt(text, end)
  if (closing === undefined || !/[=:]/.test(text[skipBlank(text, closing.end)] ?? '')) return
  return { text: name, end: closing.end, quoted: true }
}

/** After a scheme, a colon is too much; after a parameter's name it stands for the equals sign. */
function readColon(cursor: Cursor, name: Name, colon: number): void {
  const { text, at } = cursor
  const next = skipBlank(text, colon + 1)
  if (text.startsWith('//', colon + 1)) return skipJunk(cursor, bareEnd(text, colon))
  if (
    !name.quoted &&
    (isKnownScheme(name.text) || (!cursor.needsComma && startsParam(text, next)))
  ) {
    note(cursor, 'colon-after-scheme', colon)
    return readScheme(cursor, name.text, colon + 1)
  }
  note(
    cursor,
    name.quoted || cursor.brokenJson ? 'json' : 'colon-for-equals',
    name.quoted ? at : colon,
  )
  readParam(cursor, name.text, colon + 1)
}

/** A word is a scheme where an element of the list begins; elsewhere it has to be a scheme people know. */
function isScheme({ text, needsComma }: Cursor, { text: name, end, quoted }: Name): boolean {
  if (quoted) return false
  if (isKnownScheme(name)) return true
  return !needsComma && (end >= text.length || /[ \t\r\n,;]/.test(text[end] ?? ''))
}

function readScheme(cursor: Cursor, scheme: string, end: number): void {
  const { text, line } = cursor
  if (cursor.needsComma) note(cursor, 'missing-comma', cursor.at)
  if (text[end] === '\t') note(cursor, 'other', end)
  const start = skipBlank(text, end)
  const bare = start >= text.length || text[end] === ','
  const challenge: Draft = { scheme, params: [], line, takesParams: !bare }
  cursor.challenges.push(challenge)
  cursor.at = end
  cursor.needsComma = false
  const separate = start > end || text[end - 1] === ':'
  const word = separate && !bare ? token68At(text, start) : undefined
  if (word === undefined) return
  challenge.token68 = word
  challenge.takesParams = false
  cursor.at = start + word.length
  cursor.needsComma = true
}

const token68Text = /[A-Za-z0-9\-._~+/]+=*/y

/** A token68 that nothing but a separator follows. `realm=, error=…` is a parameter that lacks its value. */
function token68At(text: string, at: number): string | undefined {
  token68Text.lastIndex = at
  const word = token68Text.exec(text)?.[0]
  if (word === undefined) return undefined
  const next = skipBlank(text, at + word.length)
  if (next >= text.length) return word
  if (text[next] !== ',' && text[next] !== ';') return undefined
  return word.endsWith('=') && startsParam(text, skipBlank(text, next + 1)) ? undefined : word
}

/** The challenge that parameters at the cursor belong to. */
function owner(cursor: Cursor, noted = false): Draft {
  const last = cursor.challenges.at(-1)
  if (last === undefined || (last.token68 !== undefined && last.line !== cursor.line)) {
    if (!noted) note(cursor, 'no-scheme', cursor.at)
    const orphan: Draft = { scheme: '', params: [], line: cursor.line, takesParams: true }
    cursor.challenges.push(orphan)
    return orphan
  }
  if (!last.takesParams && !noted) {
    note(cursor, last.line === cursor.line ? 'other' : 'no-scheme', cursor.at)
  }
  last.takesParams = true
  return last
}

/** Reads what follows `name=`. */
function readParam(cursor: Cursor, name: string, behindEquals: number): void {
  const { text, line } = cursor
  if (cursor.needsComma) note(cursor, 'missing-comma', cursor.at)
  const challenge = owner(cursor)
  challenge.params.push({ name, ...readValue(cursor, skipBlank(text, behindEquals)), line })
  cursor.needsComma = true
}

/** Takes the members of a JSON object for parameters; false when this is none. */
function readJson(cursor: Cursor): boolean {
  if (cursor.brokenJson) return false
  const { text, at, line } = cursor
  note(cursor, 'json', at)
  const end = text.lastIndexOf('}') + 1
  const members = jsonMembers(text.slice(at, end))
  cursor.brokenJson = members === undefined
  cursor.at = members === undefined ? at + 1 : end
  cursor.junkEnd = cursor.at
  if (members === undefined) return true
  const { params } = owner(cursor, true)
  for (const [name, value] of members) {
    if (typeof value === 'object') continue
    params.push({ name, value: String(value), quoted: true, line })
  }
  cursor.needsComma = true
  return true
}

function jsonMembers(text: string): [string, unknown][] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? Object.entries(value) : undefined
  } catch {
    return undefined
  }
}

/** Steps over what cannot be read, and notes where it begins. */
function skipJunk(cursor: Cursor, to?: number): void {
  const { text, at } = cursor
  const mark = quoteAt(text, at)
  const brace = cursor.brokenJson && '{}[]'.includes(text[at] ?? '')
  if (at !== cursor.junkEnd && !brace) {
    note(cursor, mark === undefined ? 'other' : (mark.kind.problem ?? 'unbalanced-quotes'), at)
  }
  cursor.at = to ?? mark?.end ?? at + 1
  cursor.junkEnd = cursor.at
}
