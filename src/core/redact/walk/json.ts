import { mapHeader } from './headers.ts'
import { kindOf } from '../find/appearance.ts'
import {
  type Company,
  type Meaning,
  companyOf,
  isAuthorizationHeader,
  isPublicText,
  memberMeaning,
} from '../find/names.ts'
import { type Replace, keepSpelling } from './replace.ts'
import { anywhereLength } from '../find/spellings.ts'
import { mapNested } from './url.ts'
import { isAddress } from '../find/words.ts'

/** A string, a number or a long name of JSON text, and where it stands. */
interface Leaf {
  readonly from: number
  readonly to: number
  /** The name of the member it is, or is listed in. */
  readonly name: string
  /** Which object it belongs to. */
  readonly object: number
  /** The kind of a surrounding member whose whole value is about a person. */
  readonly inherited: string | undefined
  readonly sort: 'string' | 'number' | 'name'
}

/** Tells what a member's value is worth without knowing its object; used for whole objects that are personal. */
const whole = new Set(['address', 'contacts'])

/**
 * JSON text with labels in place of its secret strings, every other byte as it stood. It reads tokens, not structure, so
 * that broken and cut documents are covered too, and depth costs nothing.
 */
export function mapJsonText(text: string, replace: Replace): string {
  const leaves: Leaf[] = []
  const companies: (Company | undefined)[] = []
  readLeaves(text, leaves, companies)
  const parts: string[] = []
  let from = 0
  for (const leaf of leaves) {
    const raw = text.slice(leaf.from, leaf.to)
    const mapped = mapLeaf(raw, leaf, companies[leaf.object] ?? alone, replace)
    if (mapped === raw) continue
    parts.push(text.slice(from, leaf.from), mapped)
    from = leaf.to
  }
  return from === 0 ? text : parts.join('') + text.slice(from)
}

const alone: Company = { message: false, person: false, key: false }

function mapLeaf(raw: string, leaf: Leaf, company: Company, replace: Replace): string {
  if (leaf.sort === 'number') {
    const meaning = memberMeaning(leaf.name, company)
    const kind = leaf.inherited ?? (meaning.sort === 'secret' ? meaning.kind : undefined)
    const secret = kind !== undefined && numeric.has(kind) && /^\d{4,}$/.test(raw)
    return secret ? JSON.stringify(replace.secret(kind, raw)) : raw
  }
  const closed = raw.length > 1 && raw.endsWith('"')
  const inner = raw.slice(1, closed ? -1 : undefined)
  const value = unescaped(inner)
  const mapped =
    leaf.sort === 'name'
      ? replace.text(value)
      : mapMember(leaf.name, value, company, replace, leaf.inherited)
  if (mapped === value) return raw
  const shown = keepSpelling(inner, mapped, {
    decode: unescaped,
    encode: (text) => JSON.stringify(text).slice(1, -1),
    replace: (coded) => replace.known(coded),
  })
  return `"${shown}${closed ? '"' : ''}`
}

/** Kinds of secret that may be written as a number. */
const numeric = new Set([
  'password',
  'user_code',
  'device_code',
  'client_secret',
  'api_key',
  'personal',
  'session',
])

/** The value of a member of an object, by the company that the member keeps. */
export function mapMember(
  name: string,
  value: string,
  company: Company,
  replace: Replace,
  inherited?: string,
): string {
  if (value === '') return value
  const lower = name.toLowerCase()
  // Request fields that a server echoes.
  if (isAuthorizationHeader(lower) || lower === 'cookie' || lower === 'set-cookie')
    return mapHeader(lower, value, replace)
  const meaning = memberMeaning(name, company)
  const kind = inherited ?? kindOfMember(meaning, value)
  if (kind !== undefined) return replace.secret(kind, value)
  if (meaning.sort === 'open') replace.open(value)
  // Signed metadata is as public as the rest of it (RFC 9728 §2.2), and a client id is no secret (RFC 6749 §2.2).
  if (isPublicText(lower)) return replace.known(value)
  // What is quoted in what is quoted takes twice the room each time, so this does not go deep.
  return mapNested(document.test(value) ? mapJsonText(value, replace) : value, replace)
}

/** JSON in a string, such as the answer of another server: its members count by their names as well. */
const document = /^\s*[{[][^]*"\s*:/

/** Where `token` or `session` is the name of an address, it is the address of an endpoint. */
const addressable = new Set([
  'token',
  'session',
  'client_secret',
  'api_key',
  'password',
  'assertion',
])

function kindOfMember(meaning: Meaning, value: string): string | undefined {
  const kind = kindOf(meaning, value, 'elsewhere')
  if (kind === undefined) return undefined
  return addressable.has(kind) && /^https?:/i.test(value) && isAddress(value) ? undefined : kind
}

/** One pass over the text: every string and number with its name, and what each object is about. */
function readLeaves(text: string, leaves: Leaf[], companies: (Company | undefined)[]): void {
  const names: string[] = []
  const objects: number[] = []
  const kinds: (string | undefined)[] = []
  let name = ''
  let object = 0
  let count = 0
  let inherited: string | undefined
  const tokens = /["{}[\]]|(?<=[:[,]\s{0,4})-?\d[\d.eE+-]*/g
  for (let token = tokens.exec(text); token !== null; token = tokens.exec(text)) {
    const at = token.index
    const mark = token[0]
    if (mark === '{' || mark === '[') {
      names.push(name)
      objects.push(object)
      kinds.push(inherited)
      if (whole.has(name)) inherited = 'personal'
      // The strings of a list answer to the list's own name; an object's members have their own.
      if (mark === '{') {
        name = ''
        object = ++count
      }
    } else if (mark === '}' || mark === ']') {
      name = names.pop() ?? ''
      object = objects.pop() ?? 0
      inherited = kinds.pop()
    } else if (mark === '"') {
      const end = endOfString(text, at)
      if (isName(text, end)) {
        name = unescaped(text.slice(at + 1, end - 1))
        const sign = companyOf(name)
        if (sign !== undefined)
          companies[object] = { ...(companies[object] ?? alone), [sign]: true }
        if (name.length >= anywhereLength)
          leaves.push({ from: at, to: end, name: '', object, inherited: undefined, sort: 'name' })
      } else leaves.push({ from: at, to: end, name, object, inherited, sort: 'string' })
      tokens.lastIndex = end
    } else leaves.push({ from: at, to: at + mark.length, name, object, inherited, sort: 'number' })
  }
}

/** Behind the closing quote; the end of the text when the string is cut. */
function endOfString(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1)
  while (quote !== -1) {
    let before = quote
    while (text.charCodeAt(before - 1) === 0x5c) before -= 1
    if ((quote - before) % 2 === 0) return quote + 1
    quote = text.indexOf('"', quote + 1)
  }
  return text.length
}

const colon = /\s*:/y

function isName(text: string, at: number): boolean {
  colon.lastIndex = at
  return colon.test(text)
}

function unescaped(inner: string): string {
  if (!inner.includes('\\')) return inner
  try {
    return JSON.parse(`"${inner}"`) as string
  } catch {
    return inner
  }
}
