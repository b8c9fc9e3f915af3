import { mapHeader } from './headers.ts'
import { type Replace, isShownLabel } from './replace.ts'
import { looksIssued, saysLittle } from '../find/appearance.ts'
import { type Meaning, parameterMeaning } from '../find/names.ts'
import {
  isAddress,
  isEveryday,
  isVocabulary,
  knownPrefix,
  looksRandom,
  tellingPrefixes,
} from '../find/words.ts'

/** @param byLooks nothing but the value's own looks tells that it is a secret */
type Label = (kind: string, value: string, byLooks?: boolean) => string

/**
 * Secrets that were never seen in their place, known by their shape or by the name that stands before them. Every
 * pattern is anchored where a word begins and bounded in what it looks back at, so that it is linear in the text.
 */
export function replaceShapes(text: string, label: Label): string {
  if (text.length < 8) return text
  let result = text
  if (text.includes('eyJ')) result = replaceTokens(result, label)
  if (text.includes('-----BEGIN'))
    result = result.replace(privateKeys, (key) => label('private_key', key, true))
  if (result.includes('://')) result = replaceHooks(result, label)
  if (hint.test(result)) {
    result = replaceHeaderLines(result, label)
    result = replaceCredentials(result, label)
  }
  if (/[=:]|%3d/i.test(result)) result = replaceNamed(result, label)
  if (/@|%40/.test(result)) result = replacePeople(result, label)
  return result
}

/** Where a word begins, in plain or in percent-encoded text. */
const start = '(?<=^|[^\\w.+%-]|%[0-9a-f]{2})'

const jwts = new RegExp(
  `${start}eyJ[\\w-]{10,}\\.(?:[\\w-]{4,}|(?=\\.))(?:\\.[\\w-]+|\\.(?=\\.)){0,3}`,
  'gi',
)

function replaceTokens(text: string, label: Label): string {
  return text.replace(jwts, (value) =>
    value.startsWith('eyJ') ? label('jwt', value, true) : value,
  )
}

const privateKeys =
  /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----(?:[^-]|-(?!----)){1,20000}(?:-----END [A-Z ]{0,30}-----)?/g

/** Addresses that whoever knows them may post to, or ask as somebody. */
const hooks =
  /(?<=:\/\/(?:hooks\.slack\.com\/(?:services|workflows|triggers)|(?:\w{1,20}\.)?discord(?:app)?\.com\/api\/webhooks|[\w.-]{1,60}\.webhook\.office\.com\/webhookb2|outlook\.office\.com\/webhook|hooks\.zapier\.com\/hooks\/catch|maker\.ifttt\.com\/use|api\.telegram\.org)\/)[\w@:.-]+(?:\/[\w@:.-]+){0,8}/gi

function replaceHooks(text: string, label: Label): string {
  return text.replace(hooks, (path) => (path.length < 20 ? path : label('webhook', path, true)))
}

const hint = new RegExp(
  `bearer|dpop|basic|authorization|cookie|key|session|${tellingPrefixes.join('|')}`,
  'i',
)

const headerLines =
  /^([<>*] ?)?((?:proxy-)?authorization|cookie|set-cookie|x-api-key|mcp-session-id|dpop)(: ?)([^\r\n]+)$/gim

function replaceHeaderLines(text: string, label: Label): string {
  if (!text.includes(': ')) return text
  return text.replace(
    headerLines,
    (_, mark: string | undefined, name: string, colon: string, value: string) =>
      `${mark ?? ''}${name}${colon}${mapHeader(name, value, byPlace(label))}`,
  )
}

function byPlace(label: Label): Replace {
  return { secret: label, text: (text) => text, known: (text) => text, open: () => {} }
}

const issued = new RegExp(`${start}(?:${tellingPrefixes.join('|')})[\\w.-]{10,}`, 'g')
/** A credential, and not the name of a challenge's parameter. */
const presented =
  /(?<![\w-])(bearer|dpop)(\s{1,4}|%20|\+)([\w.~+/-]{16,}(?:={1,2}(?!["'\w=])|(?![=\w.~+/-])))/gi
const basic = /(?<![\w-])(basic)(\s{1,4}|%20|\+)([A-Za-z0-9+/_-]{8,}={0,2})(?![\w="])/gi

function replaceCredentials(text: string, label: Label): string {
  return text
    .replace(presented, (whole, scheme: string, gap: string, value: string) =>
      looksRandom(value) && !isVocabulary(value)
        ? `${scheme}${gap}${label('access_token', value, true)}`
        : whole,
    )
    .replace(basic, (whole, scheme: string, gap: string, value: string) => {
      if (!looksRandom(value)) return whole
      const shown = mapHeader('authorization', `Basic ${value}`, byPlace(label))
      return `${scheme}${gap}${shown.slice('Basic '.length)}`
    })
    .replace(issued, (value) => {
      const token = value.replace(/[.-]+$/, '')
      return looksRandom(token.slice(knownPrefix(token)?.length ?? 0))
        ? label('token', token, true) + value.slice(token.length)
        : value
    })
}

/** What a value may consist of; its beginning is enough to tell whether it is one. */
const unit = '(?!%(?:25)?(?:26|22|27|20|3c|3e|0a))[^\\s"\'`&<>;,\\\\‹›()]'
const beginning = new RegExp(`(?!%E2%80%B9)(?:${unit}){4,256}`, 'iy')
const rest = new RegExp(`(?:${unit})*`, 'iy')
const inQueries =
  /(?<=^|[?&#;\s"'`(>|,]|%(?:25)?(?:3f|26|23|22)|u0026)([a-z][\w.-]{1,50})(=|%(?:25)?3d)/gi
const inText =
  /(?<![\w‹-])([a-z][\w-]{1,50})((?:\\{0,3}["'`]|&quot;)?\s{0,3}[:=]\s{0,3}(?:\\{0,3}["'`]|&quot;)?)/gi

/** Names that mean a secret in a query, and anything at all in a sentence. */
const ambiguous =
  /^(?:nonce|user|username|login|email|mail|contacts|token|secret|sid|sub|session|signature|sig|otp|jwt|bearer|assertion|pat|pin|verifier|dpop|csrf)$/i

function isAmbiguous({ name, meaning }: Named): boolean {
  return meaning.sort === 'either' || ambiguous.test(name)
}

function replaceNamed(text: string, label: Label): string {
  const queries = replaceValues(text, inQueries, isQueryValue, unescaped, label)
  return replaceValues(queries, inText, isTextValue, (value) => value, label)
}

/** A name, what stands before it and between it and its value, and how the value begins. */
interface Named {
  readonly name: string
  readonly meaning: Meaning
  readonly before: string
  readonly between: string
  readonly value: string
}

function isQueryValue(named: Named): boolean {
  const { meaning, before, value } = named
  // Error pages have numbers.
  if (meaning.sort === 'either' && (saysLittle(value) || /^\d{1,7}$/.test(value))) return false
  if (/[?&#]/.test(before)) return true
  return isAmbiguous(named) ? looksRandom(value) : !isEveryday(value)
}

function isTextValue(named: Named): boolean {
  const { between, value } = named
  if (isAddress(value)) return false
  if (isAmbiguous(named)) return looksIssued(value)
  return /["'`;]$/.test(between) ? !isEveryday(value) : looksRandom(value)
}

/** Replaces the values behind names. What is no secret is searched for names in its turn. */
function replaceValues(
  text: string,
  names: RegExp,
  isSecret: (named: Named) => boolean,
  read: (value: string) => string,
  label: Label,
): string {
  const parts: string[] = []
  let from = 0
  names.lastIndex = 0
  for (let match = names.exec(text); match !== null; match = names.exec(text)) {
    const [, name = '', between = ''] = match
    const meaning = parameterMeaning(name)
    if (meaning.sort !== 'secret' && meaning.sort !== 'either') continue
    const at = names.lastIndex
    const before = text.charAt(match.index - 1)
    const value = matchAt(beginning, text, at)
    if (value === '' || isHarmless(value) || !isSecret({ name, meaning, before, between, value }))
      continue
    const whole = value + matchAt(rest, text, at + value.length)
    const meant = read(whole)
    const shown = label(meaning.kind, meant)
    names.lastIndex = at + whole.length
    if (shown === meant) continue
    parts.push(text.slice(from, at), shown)
    from = names.lastIndex
  }
  return from === 0 ? text : parts.join('') + text.slice(from)
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}

function isHarmless(value: string): boolean {
  return isVocabulary(value) || isShownLabel(value) || /^[{[]/.test(value)
}

function unescaped(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '))
  } catch {
    return value
  }
}

const credentials = /(?<=:\/\/[^\s/:@?#‹]{0,100}:)([^\s/@?#‹]{1,200})(?=@)/g
const addresses = new RegExp(
  `${start}(?<!:\\/\\/)[\\w.+-]{1,64}(?:@|%40)(?:[\\w-]{1,63}\\.){1,8}[a-z]{2,24}(?![\\w@-])`,
  'gi',
)

/** Passwords in URLs, and addresses of people. */
function replacePeople(text: string, label: Label): string {
  return text
    .replace(credentials, (password) =>
      isShownLabel(password) ? password : label('password', unescaped(password)),
    )
    .replace(addresses, (address) =>
      /^(?:git|noreply|no-reply)@/.test(address)
        ? address
        : label('personal', address.replace('%40', '@'), true),
    )
}
