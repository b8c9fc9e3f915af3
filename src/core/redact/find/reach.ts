import { unnamed } from './appearance.ts'
import type { Match } from './secret-index.ts'
import { anywhereLength, isCutShort } from './spellings.ts'
import { isAddress, isEveryday, isVocabulary } from './words.ts'

/** Shorter ones are looked for nowhere. */
export const shortest = 4

interface Valued {
  readonly kind: string
  readonly value: string
  readonly firm?: boolean
}

/** Kinds whose values are made up by applications, which put addresses of their own in them. */
export const loose = new Set([
  'state',
  'cookie',
  'session',
  'nonce',
  'personal',
  'username',
  unnamed,
])

/** Kinds that name somebody or something, and let nobody in. */
const names = new Set(['personal', 'username', unnamed])

/** Words in one case, such as `service-account`: an application's name for something, which stands elsewhere by itself. */
const plainWords = /^(?:[a-z]{1,14}(?:[ _:/-][a-z]{1,14})*|[A-Z]{1,14}(?:[ _:/-][A-Z]{1,14})*)$/

/** Whether a secret is looked for anywhere in text. */
export function isAnywhere({ kind, value, firm }: Valued): boolean {
  if (value.length < anywhereLength || isVocabulary(value)) return false
  if (firm === true || !loose.has(kind)) return true
  return !isAddress(value) && !(names.has(kind) && plainWords.test(value))
}

/** Whether it is looked for as a whole value. */
export function isWhole({ value }: Valued): boolean {
  return (
    value.length >= shortest &&
    value.length < anywhereLength &&
    !isEveryday(value) &&
    !isVocabulary(value)
  )
}

/** Where a secret ends that begins here; undefined when what begins here is something else. */
export function endOfHit(
  text: string,
  at: number,
  { owner, length, whole }: Match<{ readonly secret: Valued; readonly base64: boolean }>,
  hasty: boolean,
): number | undefined {
  const end = at + length
  if (whole) return owner.base64 ? endOfBase64(text, end) : end
  if (length < anywhereLength) return undefined
  if (hasty && length >= 32) return end
  return isCutShort(text, at, end, owner.base64 ? undefined : owner.secret.value) ? end : undefined
}

/** What rounds off the last bytes belongs to the secret as well. */
export function endOfBase64(text: string, end: number): number {
  const rest = /^[A-Za-z0-9+/_-]?={0,2}(?![A-Za-z0-9+/_=-])/.exec(text.slice(end, end + 4))
  return end + (rest?.[0].length ?? 0)
}
