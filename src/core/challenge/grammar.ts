export interface AuthParam {
  /** As written. */
  readonly name: string
  readonly value: string
  readonly quoted: boolean
  /** Index of the header line it stands in. */
  readonly line: number
}

export interface ParsedChallenge {
  /** As written; empty when the parameters stand without one. */
  readonly scheme: string
  readonly token68?: string
  readonly params: readonly AuthParam[]
  /** Index of the header line it begins in. */
  readonly line: number
}

export type ChallengeProblem =
  | 'unbalanced-quotes'
  | 'smart-quotes'
  | 'single-quotes'
  | 'unquoted-url'
  | 'missing-comma'
  | 'semicolon'
  | 'colon-after-scheme'
  | 'colon-for-equals'
  | 'no-scheme'
  | 'json'
  | 'html-escaped'
  | 'line-break'
  | 'other'

/** Where a line breaks the grammar. */
export interface GrammarError {
  readonly line: number
  readonly at: number
}

interface OpenChallenge extends ParsedChallenge {
  readonly params: AuthParam[]
  token68?: string
  /** Parameters may follow: the scheme has its space, or parameters already, and no token68. */
  takesParams: boolean
}

const token = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y
const token68Text = /[A-Za-z0-9\-._~+/]+=*/y
const notQuotable = /[^\t \x21-\x7e\x80-\uffff]/

/** The text that a sticky expression matches at a place. */
function read(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

/** The token at a place (RFC 9110 §5.6.2). */
export function readToken(text: string, at: number): string | undefined {
  return read(token, text, at)
}

/** The length of white space at a place: SP, HTAB or a folded line, which reads as space (RFC 9112 §5.2). */
function spaceLength(text: string, at: number): number {
  if (text[at] === ' ' || text[at] === '\t') return 1
  const newline = text[at] === '\r' ? at + 1 : at
  const folded = text[newline] === '\n' && (text[newline + 1] === ' ' || text[newline + 1] === '\t')
  return folded ? newline + 2 - at : 0
}

/** The offset behind white space, which may be none. */
export function skipSpace(text: string, at: number): number {
  let end = at
  for (let length = spaceLength(text, end); length > 0; length = spaceLength(text, end)) {
    end += length
  }
  return end
}

/**
 * Reads WWW-Authenticate fields by the grammar and nothing else (RFC 9110 §11.6.1): a list over one or many lines
 * (§5.3), empty elements allowed (§5.6.1.2), each element a challenge or one more parameter of the challenge before
 * it. Gives the place of the first violation instead when there is one.
 */
export function readStrictly(
  lines: readonly string[],
): { challenges: ParsedChallenge[] } | { error: GrammarError } {
  const challenges: OpenChallenge[] = []
  for (const [line, text] of lines.entries()) {
    const at = readLine(text, line, challenges)
    if (at !== undefined) return { error: { line, at } }
  }
  return { challenges: challenges.map(({ takesParams: _, ...challenge }) => challenge) }
}

/** The offset of a violation, or undefined. */
function readLine(text: string, line: number, challenges: OpenChallenge[]): number | undefined {
  let at = skipSpace(text, 0)
  while (at < text.length) {
    if (text[at] !== ',') {
      const end = readElement(text, at, line, challenges)
      if (end === undefined) return at
      at = skipSpace(text, end)
      if (at < text.length && text[at] !== ',') return at
    }
    at = skipSpace(text, at + 1)
  }
  return undefined
}

/** Reads a parameter of the last challenge or a new challenge up to its first parameter; the offset behind it. */
function readElement(
  text: string,
  at: number,
  line: number,
  challenges: OpenChallenge[],
): number | undefined {
  const last = challenges.at(-1)
  const found = readParam(text, at, line)
  if (found !== undefined) {
    if (last?.takesParams !== true) return undefined
    last.params.push(found.param)
    return found.end
  }
  const scheme = readToken(text, at)
  if (scheme === undefined) return undefined
  const challenge: OpenChallenge = { scheme, params: [], line, takesParams: false }
  challenges.push(challenge)
  return readCredentials(text, at + scheme.length, line, challenge)
}

/** What follows a scheme: nothing, a token68, or the first parameter. */
function readCredentials(
  text: string,
  at: number,
  line: number,
  challenge: OpenChallenge,
): number | undefined {
  const spaced = text[at] !== '\t' && spaceLength(text, at) > 0
  const start = skipSpace(text, at)
  if (!spaced || start >= text.length || text[start] === ',') {
    challenge.takesParams = spaced && start < text.length
    return at
  }
  const word = read(token68Text, text, start)
  if (word !== undefined) {
    const end = skipSpace(text, start + word.length)
    if (end >= text.length || text[end] === ',') {
      challenge.token68 = word
      return end
    }
  }
  const found = readParam(text, start, line)
  if (found === undefined) return undefined
  challenge.takesParams = true
  challenge.params.push(found.param)
  return found.end
}

/** `auth-param = token BWS "=" BWS ( token / quoted-string )` (RFC 9110 §11.2). */
function readParam(
  text: string,
  at: number,
  line: number,
): { param: AuthParam; end: number } | undefined {
  const name = readToken(text, at)
  if (name === undefined) return undefined
  const equals = skipSpace(text, at + name.length)
  if (text[equals] !== '=') return undefined
  const start = skipSpace(text, equals + 1)
  if (text[start] === '"') {
    const end = closingQuote(text, start)
    if (end === undefined) return undefined
    const value = unquote(text.slice(start + 1, end))
    return { param: { name, value, quoted: true, line }, end: end + 1 }
  }
  const value = readToken(text, start)
  if (value === undefined) return undefined
  return { param: { name, value, quoted: false, line }, end: start + value.length }
}

/** The offset of the quote that ends the quoted-string at a place (RFC 9110 §5.6.4). */
function closingQuote(text: string, open: number): number | undefined {
  let at = open + 1
  while (at < text.length && text[at] !== '"') {
    const escaped = text[at] === '\\' ? 1 : 0
    const length = spaceLength(text, at) || (notQuotable.test(text[at + escaped] ?? '\n') ? 0 : 1)
    if (length === 0) return undefined
    at += escaped + length
  }
  return at < text.length ? at : undefined
}

/** Undoes quoted-pairs and folded lines. */
export function unquote(text: string): string {
  return text.replace(/\r?\n[ \t]+/g, ' ').replace(/\\([^])/g, '$1')
}
