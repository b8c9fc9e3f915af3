import { type Place, kindOf } from '../find/appearance.ts'
import { isMessage, isPublicText, unknown, parameterMeaning } from '../find/names.ts'
import { type Replace, keepSpelling } from './replace.ts'
import { percentEncoded } from '../find/spellings.ts'
import { parseForm } from '../../wire/params.ts'

/** URLs in URLs in URLs: deeper ones are read as text. */
const maxNesting = 4

/** A raw URL, absolute or relative. What is not secret keeps its spelling. */
export function mapUrl(url: string, replace: Replace): string {
  // A secret may go across the parts that a URL has.
  return replace.known(mapParts(url, replace, 0), true)
}

/** A form as it was written. */
export function mapForm(text: string, replace: Replace): string {
  return replace.known(mapPairs(text, replace, 0), true)
}

/** User information, path, query and fragment. */
function mapParts(url: string, replace: Replace, depth: number): string {
  const [, beforeQuery = '', query = '', fragment = ''] =
    /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(url) ?? []
  return (
    mapPath(mapUserInfo(beforeQuery, replace), replace) +
    (query === '' ? '' : `?${mapPairs(query.slice(1), replace, depth)}`) +
    (fragment === '' ? '' : `#${mapFragment(fragment.slice(1), replace, depth)}`)
  )
}

/** `user:password@`: the password goes, and a name that stands alone may be a token. */
function mapUserInfo(text: string, replace: Replace): string {
  const match = /^([a-z][a-z0-9+.-]{0,30}:\/\/)([^/@]*)@/i.exec(text)
  if (match === null) return text
  const [whole, scheme, info] = match
  const colon = info!.indexOf(':')
  const [user, password] =
    colon < 0 ? [undefined, info!] : [info!.slice(0, colon), info!.slice(colon + 1)]
  const shown = percentEncoded(replace.secret('password', decoded(password)))
  const kept = decoded(shown) === decoded(password) ? password : shown
  return `${scheme}${user === undefined ? '' : `${replace.text(user, true)}:`}${kept}@${text.slice(whole.length)}`
}

/** Path parameters may carry a session (`;jsessionid=…`); the rest is text. */
function mapPath(path: string, replace: Replace): string {
  const named = path.replace(/(?<=;)([\w-]{1,40})=([^;/]+)/g, (pair) =>
    mapPair(pair, 'pairs', replace, maxNesting),
  )
  return replace
    .text(named, true)
    .split('/')
    .map((segment) => mapSegment(segment, replace))
    .join('/')
}

/** Services that are set up by address carry a key in it. */
function mapSegment(segment: string, replace: Replace): string {
  const kind = kindOf(unknown, segment, 'elsewhere')
  if (kind === undefined) return segment
  const label = replace.secret(kind, segment)
  return label === segment ? segment : percentEncoded(label)
}

/** A fragment is a list of parameters (RFC 6749 §4.2.2), a route with a query of its own, or text. */
function mapFragment(fragment: string, replace: Replace, depth: number): string {
  const mark = fragment.indexOf('?')
  if (mark < 0) return mapPairs(fragment, replace, depth)
  return `${replace.text(fragment.slice(0, mark), true)}?${mapPairs(fragment.slice(mark + 1), replace, depth)}`
}

/** The parameters of a query or a form as written. */
function mapPairs(text: string, replace: Replace, depth: number): string {
  // Without S256 the challenge is the verifier itself (RFC 7636 §4.2).
  const plain = text.includes('code_challenge=') && !/code_challenge_method=S256/i.test(text)
  const place = isMessage(text) ? 'message' : 'pairs'
  return text
    .split('&')
    .map((pair) =>
      plain && pair.startsWith('code_challenge=')
        ? mapSecretPair(pair, 'code_verifier', replace)
        : mapPair(pair, place, replace, depth),
    )
    .join('&')
}

function mapPair(pair: string, place: Place, replace: Replace, depth: number): string {
  const equals = pair.indexOf('=')
  if (equals < 0) return replace.text(pair, true)
  const name = decoded(pair.slice(0, equals))
  const raw = pair.slice(equals + 1)
  const value = decoded(raw)
  const meaning = parameterMeaning(name)
  const kind = kindOf(meaning, value, place)
  if (kind !== undefined) return mapSecretPair(pair, kind, replace)
  if (meaning.sort === 'open') replace.open(value)
  // A client id may look like a person's address, and is no secret all the same (RFC 6749 §2.2).
  const mapped = isPublicText(name) ? replace.known(value) : mapValue(value, replace, depth + 1)
  const shown =
    mapped === value
      ? raw
      : keepSpelling(raw, mapped, {
          decode: decoded,
          encode: percentEncoded,
          replace: (coded) => replace.known(coded, true),
        })
  return `${replace.text(pair.slice(0, equals), true)}=${shown}`
}

function mapSecretPair(pair: string, kind: string, replace: Replace): string {
  const equals = pair.indexOf('=')
  const raw = pair.slice(equals + 1)
  const value = decoded(raw)
  const label = replace.secret(kind, value)
  // What reads the URL or form decodes once, so the label is encoded like any other value.
  return label === value ? pair : `${pair.slice(0, equals)}=${percentEncoded(label)}`
}

const isUrl = /^(?:[a-z][a-z0-9+.-]{0,30}:\/\/|\/[^?#]*[?#])/i

/** The decoded value of a parameter may be a URL with parameters of its own, spaces and all. */
function mapValue(value: string, replace: Replace, depth: number): string {
  return depth < maxNesting && isUrl.test(value)
    ? mapParts(value, replace, depth)
    : replace.text(value)
}

/** Text that may be one URL with parameters of its own. */
export function mapNested(text: string, replace: Replace): string {
  return isUrl.test(text) && !/\s/.test(text) ? mapUrl(text, replace) : replace.text(text)
}

function decoded(text: string): string {
  return /[%+]/.test(text) ? (parseForm(`v=${text.replaceAll('&', '%26')}`)[0]?.[1] ?? '') : text
}
