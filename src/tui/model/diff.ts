import { type Exchange, type Headers, bodyText, mediaType } from '../../core/wire/exchange.ts'
import { pointerPart } from '../../core/wire/json.ts'
import { parseForm, queryParams } from '../../core/wire/params.ts'
import { type DiffLine, diffLines } from './diff-lines.ts'
import { type Facts, carriedTokens } from './tokens.ts'

/** A named value that is not the same on both sides; undefined where it is not there. */
export interface Change {
  readonly name: string
  readonly left: string | undefined
  readonly right: string | undefined
}

/** A part of two exchanges beside each other. */
export interface DiffPart {
  readonly title: string
  readonly changes: readonly Change[]
  /** Names whose values are the same. */
  readonly same: readonly string[]
  /** Names whose values are hardly ever the same, and are not. */
  readonly noise: readonly string[]
  /** In place of names, where the content has none. */
  readonly lines?: readonly DiffLine[]
}

/** Fields that differ from call to call and tell nothing of it. */
const noisy: ReadonlySet<string> = new Set([
  'date',
  'age',
  'connection',
  'keep-alive',
  'content-length',
  'traceparent',
  'x-request-id',
])

type Members = readonly (readonly [name: string, value: string])[]

/** More members of a document than this are not looked at. */
const memberLimit = 2000

/** Two exchanges part by part, those of the request first. */
export function diffOf(left: Exchange, right: Exchange, facts: Facts): DiffPart[] {
  const members = (title: string, of: (exchange: Exchange) => Members) =>
    compare(title, of(left), of(right))
  return [
    members('Request', ({ request }) => [
      ['method', request.method],
      ['url', request.url.split(/[?#]/, 1)[0]!],
    ]),
    members('Query', ({ request }) => queryParams(request.url)),
    compare('Request headers', fields(left.request.headers), fields(right.request.headers), noisy),
    content('Request body', left.request, right.request),
    members('Outcome', outcome),
    compare(
      'Response headers',
      fields(left.response?.headers ?? []),
      fields(right.response?.headers ?? []),
      noisy,
    ),
    content('Response body', left.response, right.response),
    ...tokenParts(left, right, facts),
  ]
}

export function differs({ changes, lines }: DiffPart): boolean {
  return changes.length > 0 || (lines ?? []).some(({ side }) => side !== 'both')
}

function outcome({ response, failure, handedOver }: Exchange): Members {
  return [
    ...(response === undefined ? [] : [['status', String(response.status)] as const]),
    ...(failure === undefined ? [] : [['failure', `${failure.phase} ${failure.code}`] as const]),
    ...(handedOver === true ? [['answer', 'not visible here'] as const] : []),
  ]
}

function fields(headers: Headers): Members {
  return headers.map(([name, value]) => [name.toLowerCase(), value])
}

/** Values by name; a name that comes again is told apart by its place. */
function compare(
  title: string,
  left: Members,
  right: Members,
  noisy: ReadonlySet<string> = new Set(),
): DiffPart {
  const [one, other] = [numbered(left), numbered(right)]
  const names = [...new Set([...one.keys(), ...other.keys()])]
  const changes: Change[] = []
  const same: string[] = []
  const noise: string[] = []
  for (const name of names) {
    if (one.get(name) === other.get(name)) same.push(name)
    else if (noisy.has(name)) noise.push(name)
    else changes.push({ name, left: one.get(name), right: other.get(name) })
  }
  return { title, changes, same, noise }
}

function numbered(members: Members): Map<string, string> {
  const found = new Map<string, string>()
  for (const [name, value] of members) {
    let unique = name
    for (let number = 1; found.has(unique); number++) unique = `${name}[${number}]`
    found.set(unique, value)
  }
  return found
}

type Message = Parameters<typeof bodyText>[0]

/** Documents and forms by their members, anything else by its lines. */
function content(title: string, left: Message | undefined, right: Message | undefined): DiffPart {
  const texts = [left, right].map((message) => (message === undefined ? '' : bodyText(message)))
  const [one, other] = [left, right].map((message, place) => membersOf(message, texts[place]!))
  if (one !== undefined && other !== undefined) return compare(title, one, other)
  return { title, changes: [], same: [], noise: [], lines: diffLines(texts[0]!, texts[1]!) }
}

/** Undefined for what has no members; nothing at all goes with everything. */
function membersOf(message: Message | undefined, text: string): Members | undefined {
  if (message === undefined || text === '') return []
  if (mediaType(message.headers) === 'application/x-www-form-urlencoded') return parseForm(text)
  if (!/^\s*[{[]/.test(text)) return undefined
  try {
    const members: [string, string][] = []
    flatten(JSON.parse(text), '', members)
    return members
  } catch {
    return undefined
  }
}

function flatten(value: unknown, pointer: string, into: [string, string][]): void {
  if (into.length >= memberLimit) return
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
  // Nested deeper than any document of OAuth: told as it stands.
  if (entries.length === 0 || pointer.split('/').length > 32)
    into.push([pointer === '' ? '/' : pointer, JSON.stringify(value)])
  else for (const [name, one] of entries) flatten(one, `${pointer}/${pointerPart(name)}`, into)
}

/** What tokens say, where both exchanges carry one of the same name on the same side. */
function tokenParts(left: Exchange, right: Exchange, facts: Facts): DiffPart[] {
  const [one, other] = [left, right].map(
    (exchange) =>
      new Map(
        carriedTokens(exchange, facts)
          .filter(({ claims }) => claims !== undefined)
          .map((token) => [`${token.side} ${token.name}`, token] as const),
      ),
  )
  return [...one!.keys()]
    .filter((name) => other!.has(name))
    .map((name) => {
      const [before, after] = [one!, other!].map((tokens): Members => {
        const members: [string, string][] = []
        const token = tokens.get(name)
        if (token?.header !== undefined) flatten(token.header, 'header', members)
        if (token?.claims !== undefined) flatten(token.claims, 'claims', members)
        return members
      })
      return compare(`Token (${name})`, before!, after!)
    })
}
