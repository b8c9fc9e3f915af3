import type { Word } from './words.ts'

/**
 * A phrase as the table writes it: words one after the other, `a|b` for either, `a?` for a word that may be left out, `…` for
 * up to eight words that neither deny nor offer another, `^` and `$` for the beginning and the end of a sentence.
 */
type Slot =
  | { readonly is: 'word'; readonly words: ReadonlySet<string>; readonly optional: boolean }
  | { readonly is: 'gap' | 'start' | 'end' }

export interface Pattern<Meaning> {
  readonly meaning: Meaning
  readonly slots: readonly Slot[]
  /** It blames by being named: to deny it, or to name another beside it, changes nothing. */
  readonly isName: boolean
}

export interface Phrases {
  /** What it is called: in a refusal, what is named is blamed. */
  readonly names?: readonly string[]
  /** What is said when this is meant. */
  readonly says?: readonly string[]
  /** A sentence with one of these is about something else. */
  readonly not?: readonly string[]
}

/** Phrases of one sort, found by the word that they begin with. */
export class PhraseBook<Meaning extends string> {
  readonly #byWord = new Map<string, Pattern<Meaning>[]>()

  add(meaning: Meaning, phrases: readonly string[], isName = false): void {
    for (const phrase of phrases) {
      const slots = slotsOf(phrase)
      const pattern = { meaning, slots, isName }
      for (const word of openingWords(slots)) {
        const known = this.#byWord.get(word)
        if (known === undefined) this.#byWord.set(word, [pattern])
        else known.push(pattern)
      }
    }
  }

  /** Every phrase that stands in a sentence, with the places of its first word and of what follows its last. */
  *in(
    sentence: readonly Word[],
  ): Generator<{ pattern: Pattern<Meaning>; from: number; to: number }> {
    for (let from = 0; from < sentence.length; from++)
      for (const pattern of this.#byWord.get(sentence[from]!.text) ?? []) {
        const to = matched(pattern.slots, 0, sentence, from)
        if (to !== undefined) yield { pattern, from, to }
      }
  }
}

function slotsOf(phrase: string): Slot[] {
  return phrase.split(' ').map((part): Slot => {
    if (part === '…') return { is: 'gap' }
    if (part === '^') return { is: 'start' }
    if (part === '$') return { is: 'end' }
    const optional = part.endsWith('?')
    const words = new Set((optional ? part.slice(0, -1) : part).split('|'))
    return { is: 'word', words, optional }
  })
}

/** Words that a phrase may begin with. */
function openingWords(slots: readonly Slot[]): Set<string> {
  const words = new Set<string>()
  for (const slot of slots) {
    if (slot.is === 'start') continue
    if (slot.is !== 'word') break
    for (const word of slot.words) words.add(word)
    if (!slot.optional) break
  }
  return words
}

const gapLimit = 8
const breaks = new Set(
  'not never no without cannot or nor unless if isnt wasnt hasnt arent'.split(' '),
)

/** Where a phrase ends that begins here; undefined when it does not stand here. */
function matched(
  slots: readonly Slot[],
  slot: number,
  words: readonly Word[],
  at: number,
): number | undefined {
  const wanted = slots[slot]
  if (wanted === undefined) return at
  const word = words[at]?.text
  switch (wanted.is) {
    case 'start':
      return at === 0 ? matched(slots, slot + 1, words, at) : undefined
    case 'end':
      return word === undefined ? matched(slots, slot + 1, words, at) : undefined
    case 'gap':
      for (let skipped = 0; skipped <= gapLimit; skipped++) {
        const end = matched(slots, slot + 1, words, at + skipped)
        if (end !== undefined) return end
        const next = words[at + skipped]?.text
        if (next === undefined || breaks.has(next)) return undefined
      }
      return undefined
    case 'word': {
      const isHere = word !== undefined && wanted.words.has(word)
      const end = isHere ? matched(slots, slot + 1, words, at + 1) : undefined
      return end ?? (wanted.optional ? matched(slots, slot + 1, words, at) : undefined)
    }
  }
}

const denials = new Set('not never no without isnt wasnt hasnt arent non'.split(' '))
const conditions = new Set('if whether unless until when once before after ensure'.split(' '))
/** What may be wrong with something, as one of several things. */
const states = new Set(
  'invalid expired revoked malformed missing unknown inactive disabled tampered incorrect wrong bad absent provided used consumed unsupported stale unauthorized corrupted'.split(
    ' ',
  ),
)

/** How a phrase stands in its sentence: said, denied or supposed, or one of several things of which only one is so. */
export function standing(
  words: readonly Word[],
  from: number,
  to: number,
): 'said' | 'denied' | 'one-of-several' {
  const word = (at: number) => words[at]?.text ?? ''
  if (denials.has(word(from - 1))) return 'denied'
  if ([1, 2, 3].some((back) => conditions.has(word(from - back)))) return 'denied'
  if (word(from - 1) === 'or' && states.has(word(from - 2))) return 'one-of-several'
  if (words.slice(from, to).some(({ text }) => text === 'or')) return 'said'
  let after = to
  while (states.has(word(after))) after++
  return word(after) === 'or' && states.has(word(after + 1)) ? 'one-of-several' : 'said'
}
