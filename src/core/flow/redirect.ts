import { header } from '../wire/exchange.ts'
import type { Step } from '../step/step.ts'

/** Where an answer sends the client (RFC 9110 §15.4), as an absolute URL without fragment; undefined when nowhere. */
export function redirectOf({ exchange, status, url }: Step): string | undefined {
  if (status === undefined || ![301, 302, 303, 307, 308].includes(status)) return undefined
  const location = header(exchange.response?.headers ?? [], 'location')
  if (location === undefined || !URL.canParse(location, url)) return undefined
  return new URL(location, url).href.split('#', 1)[0]
}
