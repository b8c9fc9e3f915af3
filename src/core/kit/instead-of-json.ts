import type { ResourceMetadata, ServerMetadata } from '../step/step.ts'
import { bodyText } from '../wire/exchange.ts'
import { type PageKind, htmlPage } from '../wire/html.ts'

const pages: Readonly<Record<PageKind, { variant: string; name: string }>> = {
  'bot-check': { variant: 'html-bot-check', name: 'the page of a bot check' },
  login: { variant: 'html-login', name: 'a login page' },
  page: { variant: 'html-spa', name: 'an HTML page' },
}

const kinds: Readonly<Record<string, { variant: string; name: string }>> = {
  empty: { variant: 'empty', name: 'an empty body' },
  'not-json': { variant: 'malformed-json', name: 'text that is not JSON' },
  'not-an-object': { variant: 'not-an-object', name: 'JSON that is not an object' },
}

const byteOrderMark = { variant: 'byte-order-mark', name: 'JSON behind a byte order mark' }

/** What the body of a metadata answer is instead of a JSON object; undefined when it is one. */
export function insteadOfJson(
  step: ResourceMetadata | ServerMetadata,
): { variant: string; name: string } | undefined {
  const response = step.exchange.response
  if (response === undefined) return undefined
  const text = bodyText(response)
  if (step.document.kind === 'object') return text.startsWith('\ufeff') ? byteOrderMark : undefined
  const page = htmlPage(response.headers, text)
  return page === undefined ? kinds[step.document.kind] : pages[page]
}
