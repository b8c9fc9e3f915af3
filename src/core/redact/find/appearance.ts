import type { Meaning } from './names.ts'
import {
  isAddress,
  isEveryday,
  isVocabulary,
  knownPrefix,
  looksRandom,
  tellingPrefixes,
} from './words.ts'

/** The kind of what is a secret by its looks alone. */
export const unnamed = 'unnamed'

/** How sure the place is of a name that may mean a secret: in a message of OAuth it does, in a list of pairs likely, elsewhere hardly. */
export type Place = 'message' | 'pairs' | 'elsewhere'

/** The kind of secret that a value is, which is the whole value of a name. */
export function kindOf(meaning: Meaning, value: string, place: Place): string | undefined {
  switch (meaning.sort) {
    case 'secret':
      return meaning.kind
    case 'either': {
      const secret =
        place === 'message' || (place === 'pairs' ? !saysLittle(value) : looksIssued(value))
      return secret ? meaning.kind : undefined
    }
    case 'open':
      return undefined
    case 'unknown':
      return looksSecret(value) ? unnamed : undefined
  }
}

/** Shorter values are too often something else to be judged by their looks. */
const shortest = 20
const longest = 1024

/**
 * Whether a value is a key or a token by its looks alone, under a name that tells nothing. Ids and hashes are no less random,
 * but they are mostly written in a way of their own: UUIDs, ULIDs, hexadecimal digits, `usr_…`.
 */
function looksSecret(value: string): boolean {
  if (value.length < shortest || value.length > longest || !/^[\w~+/.=-]+$/.test(value))
    return false
  // Those have shapes of their own, by which they are found among other text as well.
  if (/^eyJ[\w-]*\./.test(value) || issued.test(value)) return false
  const text = value.slice(knownPrefix(value)?.length ?? 0)
  return !isNamed(text) && isMixed(text)
}

const issued = new RegExp(`^(?:${tellingPrefixes.join('|')})`)
const ids =
  /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-7][0-9A-HJKMNP-TV-Z]{25}|c[a-z0-9]{24})$/i
const prefixed =
  /^(?:user|usr|org|acct|acc|cus|req|msg|run|conv|proj|team|ws|app|client|chatcmpl|resp|thread|file|evt|sub|price|prod|trace|span|job|task|tenant|grp|group|inv|doc|page|item|obj|call|toolu|sess?ion)_/

/** Hexadecimal digits in groups, ids, hashes that say how they were made, and addresses. */
function isNamed(text: string): boolean {
  return (
    /^[0-9a-f]+(?:[-_.:][0-9a-f]+)*$/i.test(text) ||
    ids.test(text) ||
    prefixed.test(text) ||
    /^(?:(?:sha\d{1,3}|md5)[-:]|W\/)/i.test(text) ||
    // A digit's place in a network: 8f3c…-FRA.
    /^[0-9a-f]{12,}-[A-Z]{3}$/.test(text) ||
    /^[\w-]+(?:\.[\w-]+)*\.[a-z]{2,24}(?:\/|$)/.test(text) ||
    isAddress(text)
  )
}

interface Mixture {
  readonly lower: number
  readonly upper: number
  readonly digits: number
  /** The share of characters before which the sort changes: words keep to one for a while, and marks set them apart. */
  readonly changing: number
  /** The longest run of letters of one sort. */
  readonly word: number
}

function mixtureOf(text: string): Mixture {
  const counts: [number, number, number, number] = [0, 0, 0, 0]
  let changes = 0
  let before = 0
  let run = 0
  let word = 0
  for (let at = 0; at < text.length; at += 1) {
    const sort = sortOf(text.charCodeAt(at))
    counts[sort] += 1
    if (sort !== 0 && before !== 0 && sort !== before) changes += 1
    run = sort === before && sort !== 0 ? run + 1 : 1
    if (sort !== 3) word = Math.max(word, run)
    before = sort
  }
  const [, lower, upper, digits] = counts
  return { lower, upper, digits, changing: changes / (lower + upper + digits), word }
}

function isMixed(text: string): boolean {
  const { lower, upper, digits, changing, word } = mixtureOf(text)
  const size = lower + upper + digits
  if (size < shortest - 2 || word >= (size < 40 ? 10 : 14)) return false
  if (lower > 0 && upper > 0) return changing >= (digits > 0 ? 0.36 : 0.4)
  return size >= 24 && digits >= 4 && changing >= (size < 32 ? 0.24 : 0.18)
}

/** 1 for lower case, 2 for upper case, 3 for a digit, 0 for what sets words apart. */
function sortOf(code: number): 0 | 1 | 2 | 3 {
  if (code >= 0x61 && code <= 0x7a) return 1
  if (code >= 0x41 && code <= 0x5a) return 2
  return code >= 0x30 && code <= 0x39 ? 3 : 0
}

/**
 * Whether a value behind a name that may mean a secret is none: an error code, a state of the union, a number, a word.
 */
export function saysLittle(value: string): boolean {
  return value.length < 4
    ? !/\d/.test(value) || /^\d+$/.test(value)
    : isWords(value) || isVocabulary(value)
}

function isWords(value: string): boolean {
  return (
    /^-?\d{1,5}(?:\.\d+)*$/.test(value) ||
    /^[A-Z]?[a-z]{1,12}(?:[ _.:/-][A-Z]?[a-z]{1,12})*$/.test(value) ||
    (value.length < 12 && /^[a-z]+[A-Z][a-z]+$/.test(value)) ||
    /^[A-Z]{1,15}-?\d{0,7}(?:[_.-][A-Z]{1,15}\d{0,4})*$/.test(value)
  )
}

/** Whether a value behind such a name is one that a machine made, so that the name means the secret even in a sentence. */
export function looksIssued(value: string): boolean {
  return (
    value.length >= 12 &&
    looksRandom(value) &&
    isMade(value) &&
    !isEveryday(value) &&
    !isWords(value) &&
    !isVocabulary(value) &&
    !isAddress(value) &&
    !/:\/\//.test(value)
  )
}

function isMade(value: string): boolean {
  if (isMixed(value)) return true
  const { lower, upper, digits, changing } = mixtureOf(value)
  if (lower > 0 && upper > 0 && digits > 0 && changing >= 0.36) return true
  return (value.match(/[a-z](?=\d)|\d(?=[a-z])/gi)?.length ?? 0) >= 3
}
