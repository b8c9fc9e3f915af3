import { type Headers, header } from '../../core/wire/exchange.ts'
import { type JsonObject, isObject, parseJson } from '../../core/wire/json.ts'
import type { Answer, Asker, Question } from './asker.ts'
import { parseUrl } from '../../core/wire/parse-url.ts'

const redirects = 2

/** The JSON object of a successful answer. */
export function documentOf(answer: Answer | undefined): JsonObject | undefined {
  const value = answer?.status === 200 ? parseJson(answer.text) : undefined
  return isObject(value) ? value : undefined
}

/** Where an answer sends on to, as an absolute URL. */
export function sentOnTo({ status = 0, headers, url }: Answer): string | undefined {
  const location = header(headers, 'location')
  const isRedirect = status >= 300 && status < 400 && location !== undefined
  return isRedirect ? parseUrl(location, url)?.href : undefined
}

/** Reads a document as clients do: with GET, redirects followed. */
export async function readDocumentAt(
  asker: Asker,
  url: string,
  trial?: Question['trial'],
): Promise<Answer | undefined> {
  const headers: Headers = [['Accept', 'application/json']]
  let answer: Answer | undefined
  let next: string | undefined = url
  for (let hops = 0; next !== undefined && isWeb(next) && hops <= redirects; hops += 1) {
    const asked = await asker.ask({
      method: 'GET',
      url: next,
      headers,
      ...(trial === undefined ? {} : { trial }),
    })
    if (asked === undefined) return answer
    answer = asked
    next = sentOnTo(asked)
  }
  return answer
}

export function isWeb(url: string): boolean {
  return /^https?:$/.test(parseUrl(url)?.protocol ?? '')
}
