type Compare = (found: number, wanted: number) => boolean

/** What may stand before a value; nothing is the same as `=`. */
const comparisons: Readonly<Record<string, Compare>> = {
  '': (found, wanted) => found === wanted,
  '=': (found, wanted) => found === wanted,
  '>=': (found, wanted) => found >= wanted,
  '<=': (found, wanted) => found <= wanted,
  '>': (found, wanted) => found > wanted,
  '<': (found, wanted) => found < wanted,
}

/** `>=warning` in its parts: how to compare, and with what. */
export function splitComparison(value: string): { compare: Compare; text: string } {
  const [, sign = '', text = ''] = /^(>=|<=|>|<|=|)(.*)$/s.exec(value)!
  return { compare: comparisons[sign]!, text }
}

/** `401`, `>=400`, `<500`: a test for numbers; undefined when what is to be compared with does not look like that. */
export function comparison(
  value: string,
  pattern: RegExp,
): ((found: number) => boolean) | undefined {
  const { compare, text } = splitComparison(value)
  if (!pattern.test(text)) return undefined
  const wanted = Number(text)
  return (found) => compare(found, wanted)
}
