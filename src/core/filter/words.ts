/** One word of a filter. */
export interface FilterWord {
  readonly negated: boolean
  /** What stands before the colon, in lower case; undefined for a bare word. */
  readonly key: string | undefined
  readonly value: string
}

/**
 * The words of a filter's text: separated by spaces, with `!` before, quotes around what has spaces in it. A quote that
 * is not closed runs to the end, since it may still be being typed.
 */
export function filterWords(text: string): FilterWord[] {
  return [...text.matchAll(/(?:[^\s"]|"[^"]*(?:"|$))+/g)].map(([raw]) => wordOf(raw))
}

function wordOf(raw: string): FilterWord {
  const body = raw.replace(/^!+/, '')
  const negated = (raw.length - body.length) % 2 === 1
  // A URL is a bare word, and so is anything whose colon stands in quotes.
  const [, key, rest] = /^([a-z][\w.-]*):(?!\/\/)(.*)$/is.exec(body) ?? []
  const value = (rest ?? body).replaceAll('"', '')
  return { negated, key: key?.toLowerCase(), value }
}
