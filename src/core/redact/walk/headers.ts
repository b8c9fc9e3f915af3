import type { Headers } from '../../wire/exchange.ts'
import { basicCredentials } from './basic.ts'
import { kindOf } from '../find/appearance.ts'
import { headerMeaning, isPublicText, isAuthorizationHeader } from '../find/names.ts'
import { type Replace, isShownLabel } from './replace.ts'
import { mapNested, mapUrl } from './url.ts'
import { isPlaceholder } from '../find/words.ts'

/**
 * Header fields with labels in place of secrets; order and repeats stay, and names that are none. One that is known as a
 * secret from elsewhere is one as a name, too.
 */
export function mapHeaders(headers: Headers, replace: Replace): Headers {
  return headers.map((field) => {
    const [name, value] = field
    // A secret may go across the pairs of a cookie, or be what surrounds a credential.
    const map = () => replace.known(mapHeader(name, value, replace))
    const mapped = replace.again?.('field', name, value, map) ?? map()
    const shown = replace.known(name)
    return mapped === value && shown === name ? field : ([shown, mapped] as const)
  })
}

export function mapHeader(name: string, value: string, replace: Replace): string {
  const lower = name.toLowerCase()
  if (isAuthorizationHeader(lower)) return mapAuthorization(value, replace)
  if (lower === 'cookie')
    return value
      .split(';')
      .map((pair) => mapCookie(pair, replace))
      .join(';')
  if (lower === 'set-cookie') {
    const [pair = '', ...attributes] = value.split(';')
    return [mapCookie(pair, replace), ...attributes.map((text) => replace.text(text))].join(';')
  }
  const meaning = headerMeaning(name)
  const kind = kindOf(meaning, value.trim(), 'elsewhere')
  if (kind !== undefined) return mapWhole(value, (text) => replace.secret(kind, text))
  if (meaning.sort === 'open') replace.open(value)
  if (isPublicText(name)) return replace.known(value)
  if (urlHeaders.has(lower)) return mapUrl(value, replace)
  return mapNested(value, replace)
}

const urlHeaders = new Set(['location', 'content-location', 'referer', 'x-original-url'])

const pairs: Readonly<Record<string, string>> = { '"': '"', "'": "'", '{': '}', '<': '>', '[': ']' }

/** White space around a value, and quotes or brackets, are not part of the secret, and may be the fault. */
function mapWhole(value: string, map: (text: string) => string): string {
  let inner = value.trim()
  if (isPlaceholder(inner)) return value
  const before = value.length - value.trimStart().length
  let depth = 0
  while (depth < 3 && inner.length > 2 && pairs[inner[0]!] === inner.at(-1)) {
    inner = inner.slice(1, -1)
    depth += 1
  }
  const from = before + depth
  return value.slice(0, from) + map(inner) + value.slice(from + inner.length)
}

/** Several credentials in one field are each mapped (RFC 9110 §11.6.2 allows one). */
function mapAuthorization(value: string, replace: Replace): string {
  return value
    .split(/(,\s{0,4}(?=(?:bearer|basic|dpop)\s))/i)
    .map((part, index) => (index % 2 === 1 ? part : mapCredential(part, replace)))
    .join('')
}

/** The scheme stays, also one too many of them; the credential goes. */
function mapCredential(value: string, replace: Replace): string {
  const schemes = /^\s*(?:(?:bearer|dpop|basic|token|jwt|apikey)(?::\s*|\s+|$)){1,4}/i.exec(value)
  if (schemes !== null) {
    const rest = value.slice(schemes[0].length)
    const scheme = /(\w+):?\s*$/.exec(schemes[0])![1]!.toLowerCase()
    return (
      schemes[0] +
      mapWhole(rest, (credential) =>
        scheme === 'basic'
          ? mapBasic(credential, replace)
          : replace.secret(scheme === 'apikey' ? 'api_key' : 'access_token', credential),
      )
    )
  }
  const other = /^(\s*[\w-]{1,40}\s+)(?=\S)/.exec(value)?.[0] ?? ''
  return other + mapWhole(value.slice(other.length), (text) => mapUnknown(text, replace))
}

function mapUnknown(credential: string, replace: Replace): string {
  return replace.secret(
    /^eyJ[\w-]*\./.test(credential) ? 'access_token' : 'authorization',
    credential,
  )
}

/** The secret inside goes by its own label. Without a password there is nothing to hide but a name. */
function mapBasic(credential: string, replace: Replace): string {
  if (isShownLabel(credential)) return credential
  const pair = basicCredentials(credential)
  if (pair === undefined) return mapUnknown(credential, replace)
  return pair.password === '' ? credential : replace.secret('basic', credential)
}

/** The name stays. A value in quotes is what is between them (RFC 6265 §4.1.1). */
function mapCookie(pair: string, replace: Replace): string {
  const equals = pair.indexOf('=')
  if (equals < 0) return replace.text(pair)
  return (
    replace.known(pair.slice(0, equals)) +
    '=' +
    mapWhole(pair.slice(equals + 1), (value) => replace.secret('cookie', value))
  )
}
