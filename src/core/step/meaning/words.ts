/** A word of a text, in lower case, and where it stands. */
export interface Word {
  readonly text: string
  readonly from: number
  readonly to: number
}

/** What a refusal has to say it says at its beginning; what follows is a page, a stack or an attack. */
const readLimit = 2000

const piece =
  /([a-z][a-z0-9+.-]{0,20}:\/\/[^\s"'<>)]+)|([\p{L}\p{N}]+(?:['’]\p{L}+)?)|([.:!?;](?=\s|$))|(?<=[\p{L}\p{N}])(\/)(?=\p{L})/giu

/**
 * The sentences of a text as words: `camelCase`, `snake_case` and `kebab-case` come apart, quotation marks do not count, and
 * a URL is one word, so that its path says nothing. Takes time linear in the part that is read.
 */
export function sentencesOf(text: string): Word[][] {
  const sentences: Word[][] = [[]]
  for (const match of text.slice(0, readLimit).matchAll(piece)) {
    const [whole, url, word, end] = match
    const from = match.index
    const to = from + whole.length
    const sentence = sentences.at(-1)!
    if (end !== undefined) sentences.push([])
    else if (url !== undefined) sentence.push({ text: 'url', from, to })
    else if (word !== undefined) sentence.push(...partsOf(word, from))
    else sentence.push({ text: 'or', from, to })
  }
  return sentences.filter((sentence) => sentence.length > 0)
}

const humps = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u
/** `URIs`, `JWTs`. */
const plural = /^\p{Lu}+s$/u

function partsOf(word: string, from: number): Word[] {
  let at = from
  const parts = plural.test(word) ? [word] : word.split(humps)
  return parts.map((part) => {
    const start = at
    at += part.length
    return { text: part.toLowerCase().replace(/['’]/, ''), from: start, to: at }
  })
}
