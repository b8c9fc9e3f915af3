import { bareTest, type FilterKey, filterKey, filterKeys } from './keys.ts'
import type { RecordTest } from './record.ts'
import { type FilterWord, filterWords } from './words.ts'

/** A filter, or in a sentence what is wrong with its text. */
export type Filter = { readonly test: RecordTest } | { readonly error: string }

/**
 * Reads a filter: words that must all hold, `!` before one that must not, quotes around spaces, `key:value` or a bare
 * word, which is looked for in method, host and path.
 */
export function parseFilter(text: string): Filter {
  const cheap: RecordTest[] = []
  const costly: RecordTest[] = []
  for (const word of filterWords(text)) {
    const key = word.key === undefined ? undefined : filterKey(word.key)
    if (word.key !== undefined && key === undefined) return { error: unknownKey(word.key) }
    if (word.value === '') return { error: incomplete(word, key) }
    const test = (key?.read ?? bareTest)(word.value)
    if (test === undefined) return { error: wrongValue(word.value, key!) }
    const list = key?.costly === true ? costly : cheap
    list.push(word.negated ? (record, now) => !test(record, now) : test)
  }
  const tests = [...cheap, ...costly]
  return { test: (record, now) => tests.every((test) => test(record, now)) }
}

function unknownKey(name: string): string {
  const known = filterKeys.map(({ key }) => key).join(', ')
  return `There is no key ${name}. Use ${known} or jwt.CLAIM, or put quotes around it to search for it as text.`
}

function incomplete({ negated, key }: FilterWord, known: FilterKey | undefined): string {
  if (known !== undefined) return `${key}: needs a value, such as ${known.example}.`
  return negated ? 'Write a word after the !.' : 'Write something between the quotes.'
}

function wrongValue(value: string, { key, example, values }: FilterKey): string {
  const may = values === undefined ? `try ${example}` : `there are ${values.join(', ')}`
  return `${key}: cannot be ${value}; ${may}.`
}
