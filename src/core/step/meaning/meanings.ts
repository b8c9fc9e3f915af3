import { ofCalls } from './of-calls.ts'
import { ofLogins } from './of-logins.ts'
import { PhraseBook, type Phrases, standing } from './phrases.ts'
import { type Word, sentencesOf } from './words.ts'

/** What a refusal may mean. */
export type Meaning = keyof typeof ofCalls | keyof typeof ofLogins

const meanings: Readonly<Record<Meaning, Phrases>> = { ...ofCalls, ...ofLogins }

/** A meaning that tells which check of a token failed: then the token was refused as well. */
const refusesToken: ReadonlySet<Meaning> = new Set([
  'expired',
  'not-yet-valid',
  'signature',
  'token-format',
])

/** Texts of libraries that name everything that may be wrong, word for word from RFC 6749 §5.2 and its like. */
const anything = [
  'authorization grant … authorization code … credentials or refresh',
  'grant … refresh token … is|are invalid expired revoked',
  'client authentication failed … unknown client no client',
  'unknown client no client authentication included',
  'token provided? is|was expired revoked malformed',
]

const phrases = new PhraseBook<Meaning>()
const exclusions = new PhraseBook<Meaning>()
const stock = new PhraseBook<'anything'>()
for (const [meaning, { names = [], says = [], not = [] }] of Object.entries(meanings) as [
  Meaning,
  Phrases,
][]) {
  phrases.add(meaning, names, true)
  phrases.add(meaning, says)
  exclusions.add(meaning, not)
}
stock.add('anything', anything)

/** Something that a text means, and the words that say it. */
export interface Reading {
  readonly meaning: Meaning
  readonly words: string
}

/** What the text of a refusal means, each meaning once, in the order of its words. */
export function readMeanings(text: string): Reading[] {
  const found = new Map<Meaning, string>()
  const add = (meaning: Meaning, words: string) => {
    if (!found.has(meaning)) found.set(meaning, words)
  }
  for (const sentence of sentencesOf(text)) {
    const excluded = new Set([...exclusions.in(sentence)].map(({ pattern }) => pattern.meaning))
    const isStock = !stock.in(sentence).next().done
    for (const { pattern, from, to } of phrases.in(sentence)) {
      const { meaning } = pattern
      if (excluded.has(meaning)) continue
      const words = wordsOf(text, sentence)
      const stands = isStock ? 'one-of-several' : standing(sentence, from, to)
      if (stands === 'said' || (pattern.isName && !isStock)) {
        add(meaning, words)
        if (refusesToken.has(meaning)) add('credential-refused', words)
      } else if (stands === 'one-of-several' && !isStock && Object.hasOwn(ofLogins, meaning)) {
        // Whichever of them it was: it was that code, that refresh token, that client.
        add(meaning, words)
      } else if (stands === 'one-of-several') {
        if (refusesToken.has(meaning)) add('credential-refused', words)
        else if (meaning === 'credential-refused') add(meaning, words)
        else if (meaning === 'credential-missing') add('unauthenticated', words)
      }
    }
  }
  return [...found].map(([meaning, words]) => ({ meaning, words }))
}

const quoteLimit = 200

/** What is quoted of a text: all of it where it is short, else the sentence that tells. */
function wordsOf(text: string, sentence: readonly Word[]): string {
  const whole = text.trim()
  if (whole.length <= quoteLimit) return whole
  return text.slice(sentence[0]!.from, sentence.at(-1)!.to).slice(0, quoteLimit)
}
